// Calls that replace a whole state while others go on: inside such a call the old and the new state are both possible.
// KVM_SET_GSI_ROUTING swaps the table before it returns (kvm_set_irq_routing); KVM_SET_IRQCHIP and KVM_SET_LAPIC replace a chip.

import type { Event, EventOf } from '../event.js';
import type { Bracket } from '../import/ioctl/bracket.js';

type Replacing = EventOf<'kvm.routes'> | EventOf<'kvm.set_irqchip'> | EventOf<'kvm.set_lapic'>;

interface Replacement {
  readonly event: Replacing;
  readonly bracket: Bracket;
  disturbed: boolean;
}

/** A routing table of which nothing is known. */
const UNKNOWN_TABLE = '...';

export function replaces(event: Event): event is Replacing {
  if (event.kind === 'kvm.routes') return event.ret === undefined || event.ret >= 0;
  return event.kind === 'kvm.set_irqchip' || event.kind === 'kvm.set_lapic';
}

export class UnderWay {
  /** In the order of their beginnings. */
  #replacements: Replacement[] = [];
  /** Nothing happens to events before this time. */
  quietUntil = Infinity;

  add(event: Replacing, bracket: Bracket): void {
    let at = this.#replacements.length;
    for (let before = this.#replacements[at - 1]; before !== undefined && before.bracket.t0 > bracket.t0; before = this.#replacements[at - 1]) at--;
    this.#replacements.splice(at, 0, { event, bracket, disturbed: false });
    this.#settle();
  }

  /** What must be given out before `event`. */
  before(event: Event): readonly Event[] {
    const extra: Event[] = [];
    for (const replacement of this.#replacements) {
      if (replacement.bracket.t0 >= event.ns) break;
      if (replacement.bracket.t1 <= event.ns) end(replacement, extra);
      else disturb(replacement, event, extra);
    }
    this.#replacements = this.#replacements.filter(({ bracket }) => bracket.t1 > event.ns);
    this.#settle();
    return extra;
  }

  #settle(): void {
    this.quietUntil = this.#replacements[0]?.bracket.t0 ?? Infinity;
  }
}

/** What was learned of the chip while it was being replaced may be of the old one: the replacement is told again at the return. */
function end({ event, bracket, disturbed }: Replacement, extra: Event[]): void {
  if (disturbed && event.kind !== 'kvm.routes') extra.push({ ...event, ns: bracket.t1 });
}

function disturb(replacement: Replacement, event: Event, extra: Event[]): void {
  if (replacement.disturbed || !disturbs(event, replacement.event)) return;
  replacement.disturbed = true;
  if (replacement.event.kind === 'kvm.routes') extra.push({ ...replacement.event, ns: event.ns, map: UNKNOWN_TABLE });
}

/** A thread that is inside the call does nothing else; what a chip's replacement itself sets off bears its thread. */
function disturbs(event: Event, call: Replacing): boolean {
  if (event === call || event.kind.startsWith('meta.')) return false;
  if (call.kind !== 'kvm.routes') return event.stream !== call.stream && (event.tid !== call.tid || event.tid < 0);
  return event.kind === 'kvm.set_irq' || event.kind === 'efd.signal' || (event.kind === 'kvm.msi' && event.taken !== 0);
}
