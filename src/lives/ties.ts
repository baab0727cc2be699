// What must come to the same on both sides of a run: the list registers that KVM fills and those that are written, the maintenance
// interrupts and the acknowledges that KVM tells of, the messages to an ITS and what became of them. Arm IHI 0069 (LPIs have no active
// state: one that comes while it is pending is merged); Linux vgic_v3_fold_lr_state, kvm_notify_acked_irq.

import type { Event, EventOf } from '../event.js';
import { FIRST_LPI } from '../model/intids.js';

/** The GIC's maintenance interrupt by the Base System Architecture, and in QEMU's machines. */
const MAINTENANCE = 25;
/** `chip` of KVM's virtual GIC. */
const GIC = 3;

/** Of one stream, what was counted. */
interface Count {
  readonly what: string;
  readonly n: number;
  readonly stream: number;
}

export interface Tie {
  readonly one: Count;
  /** Adds up to the same. */
  readonly others: readonly Count[];
  /** Events were lost in one of the streams: the difference may be that. */
  readonly lossy: boolean;
}

class Counter {
  readonly #counts = new Map<number, number>();

  add({ stream }: Event): void {
    this.#counts.set(stream, this.of(stream) + 1);
  }

  of(stream: number): number {
    return this.#counts.get(stream) ?? 0;
  }

  /** The first of some streams that has any. */
  first(wanted: (stream: number) => boolean): number | undefined {
    return [...this.#counts.keys()].sort((a, b) => a - b).find(wanted);
  }
}

/** LPIs of one log. */
class Messages {
  readonly #pending = new Set<number>();
  written = 0;
  merged = 0;
  acknowledged = 0;
  /** A command to the ITS may have taken it away, or have sent it anew. */
  changed = 0;

  get left(): number {
    return this.#pending.size;
  }

  pend({ id, msi }: EventOf<'gic.pend'> | EventOf<'pgic.pend'>): void {
    if (msi !== 1) {
      if (this.#pending.delete(id)) this.changed++;
      return;
    }
    this.written++;
    if (this.#pending.has(id)) this.merged++;
    else this.#pending.add(id);
  }

  acknowledge(id: number): void {
    this.#pending.delete(id);
    this.acknowledged++;
  }
}

export class Ties {
  /** Streams that show the physical side: a log of the hardware that a hypervisor runs on. */
  readonly #hardware = new Set<number>();
  readonly #lossy = new Set<number>();
  readonly #filled = new Counter();
  readonly #raised = new Counter();
  readonly #acked = new Counter();
  readonly #messages = new Map<number, Messages>();

  feed(events: readonly Event[]): void {
    for (const event of events) this.#take(event);
  }

  /** Those of which the recording shows both sides. */
  get all(): readonly Tie[] {
    return [...this.#registers(), ...this.#maintenance(), ...[...this.#messages].filter(([, { written }]) => written > 0).map(([stream, of]) => this.#doorbell(stream, of))];
  }

  #take(e: Event): void {
    switch (e.kind) {
      case 'gic.physical':
        this.#hardware.add(e.stream);
        break;
      case 'meta.lost':
        this.#lossy.add(e.stream);
        break;
      case 'vgic.flush':
        if (e.st !== 'I') this.#filled.add(e);
        break;
      case 'pgic.in':
        if (e.id === MAINTENANCE && e.level === 1) this.#raised.add(e);
        break;
      case 'kvm.ack':
        if (e.chip === GIC) this.#acked.add(e);
        break;
      case 'gic.pend':
      case 'pgic.pend':
        if (e.id >= FIRST_LPI) this.#messagesOf(e).pend(e);
        break;
      case 'gic.iar':
      case 'pgic.iar':
        // Under a hypervisor those of the guest are the list registers' LPIs.
        if (e.id >= FIRST_LPI && (e.kind === 'pgic.iar') === this.#hardware.has(e.stream)) this.#messagesOf(e).acknowledge(e.id);
        break;
      default:
    }
  }

  #messagesOf({ stream }: Event): Messages {
    let messages = this.#messages.get(stream);
    if (messages === undefined) this.#messages.set(stream, (messages = new Messages()));
    return messages;
  }

  #registers(): Tie[] {
    const host = this.#filled.first((stream) => !this.#hardware.has(stream));
    const hardware = this.#filled.first((stream) => this.#hardware.has(stream));
    if (host === undefined || hardware === undefined) return [];
    const written = { what: 'list registers written', n: this.#filled.of(hardware), stream: hardware };
    return [this.#tie({ what: 'list registers populated by KVM', n: this.#filled.of(host), stream: host }, [written])];
  }

  #maintenance(): Tie[] {
    const host = this.#acked.first(() => true);
    const hardware = this.#raised.first(() => true);
    if (host === undefined || hardware === undefined) return [];
    const acked = { what: 'ends of SPIs that KVM notifies of', n: this.#acked.of(host), stream: host };
    return [this.#tie({ what: 'maintenance interrupts', n: this.#raised.of(hardware), stream: hardware }, [acked])];
  }

  #doorbell(stream: number, { written, acknowledged, merged, changed, left }: Messages): Tie {
    const count = (what: string, n: number): Count => ({ what, n, stream });
    const parts = [count('LPIs acknowledged', acknowledged), count('merged into one that was pending', merged), count('changed by a command', changed), count('left pending', left)];
    return this.#tie(count('doorbell writes', written), parts.filter(({ what, n }) => n > 0 || what === 'LPIs acknowledged'));
  }

  #tie(one: Count, others: readonly Count[]): Tie {
    return { one, others, lossy: [one, ...others].some(({ stream }) => this.#lossy.has(stream)) };
  }
}
