// A call that both its own log and a kernel trace show is one event: it stands where the trace has it, and has what the call returned.
// KVM_IRQ_LINE enters kvm_set_irq(), KVM_SIGNAL_MSI kvm_set_msi_irq(); both are traced between the call's two times.

import type { Event, EventOf } from '../event.js';
import type { Bracket } from '../import/ioctl/bracket.js';
import { STAMP_ERROR } from './input.js';

type Shared = EventOf<'kvm.set_irq'> | EventOf<'kvm.msi'>;

interface OpenCall {
  readonly event: Shared;
  readonly bracket: Bracket;
  /** Its place in the queue, which it leaves if the trace shows the call; undefined once it had to give it up. */
  slot: number | undefined;
}

/** Events held back while a call waits for its trace line. */
const LONGEST_QUEUE = 4096;

export const isShared = (event: Event): event is Shared => event.kind === 'kvm.set_irq' || event.kind === 'kvm.msi';

export class SharedCalls {
  readonly #queue: (Event | undefined)[] = [];
  #open: OpenCall[] = [];

  /** Nothing is held back. */
  get idle(): boolean {
    return this.#open.length === 0;
  }

  /** Every event, in order; `due` is a time that no later event comes before. */
  put(event: Event, bracket: Bracket | undefined, due: number, out: Event[]): void {
    this.#expire(due);
    if (isShared(event)) {
      if (bracket === undefined) this.#match(event);
      else this.#open.push({ event, bracket, slot: this.#queue.length });
    }
    this.#queue.push(event);
    if (this.#queue.length > LONGEST_QUEUE) this.#giveUpPlace();
    this.#flush(out);
  }

  end(out: Event[]): void {
    this.#expire(Infinity);
    this.#flush(out);
  }

  /** A trace that has not shown a call by now does not hold it. */
  #expire(now: number): void {
    if (this.#open.length === 0) return;
    for (const { event, bracket, slot } of this.#open) {
      if (bracket.t1 + STAMP_ERROR >= now || slot !== undefined) continue;
      event.ns = bracket.t1;
      this.#queue.push(event);
    }
    this.#open = this.#open.filter(({ bracket }) => bracket.t1 + STAMP_ERROR >= now);
  }

  #match(traced: Shared): void {
    const call = this.#open.find(({ event, bracket }) => isWithin(traced.ns, bracket) && isSame(event, traced));
    if (call === undefined) return;
    if (call.slot !== undefined) this.#queue[call.slot] = undefined;
    this.#open.splice(this.#open.indexOf(call), 1);
    complete(traced, call.event);
  }

  /** The oldest call takes too long: what stands behind it goes on, and its own place will be its return. */
  #giveUpPlace(): void {
    const oldest = this.#open.find(({ slot }) => slot !== undefined);
    if (oldest?.slot === undefined) return;
    this.#queue[oldest.slot] = undefined;
    oldest.slot = undefined;
  }

  /** Gives out what stands before the first place still waited for. */
  #flush(out: Event[]): void {
    const until = this.#open.find(({ slot }) => slot !== undefined)?.slot ?? this.#queue.length;
    for (const event of this.#queue.splice(0, until)) if (event !== undefined) out.push(event);
    for (const call of this.#open) if (call.slot !== undefined) call.slot -= until;
  }
}

export const isWithin = (ns: number, { t0, t1 }: Bracket): boolean => ns >= t0 - STAMP_ERROR && ns <= t1 + STAMP_ERROR;

function isSame(call: Shared, traced: Shared): boolean {
  if (call.kind === 'kvm.set_irq') return traced.kind === 'kvm.set_irq' && sameLine(call, traced);
  return traced.kind === 'kvm.msi' && sameMessage(call, traced);
}

function sameLine(call: EventOf<'kvm.set_irq'>, traced: EventOf<'kvm.set_irq'>): boolean {
  return traced.gsi === call.gsi && traced.level === call.level && traced.source === call.source;
}

/** Decoded fields: a trace has no others. The destination is not known where the width of ids is not. */
function sameMessage(call: EventOf<'kvm.msi'>, traced: EventOf<'kvm.msi'>): boolean {
  if (call.dst !== undefined && call.dst !== traced.dst) return false;
  return call.vec === traced.vec && call.dm === traced.dm && call.logical === traced.logical && call.trig === traced.trig;
}

/** Accept lines do not count who took a message: an APIC in its INIT state shows one and takes nothing. The return value does. */
function complete(traced: Shared, call: Shared): void {
  if (traced.kind === 'kvm.set_irq' && call.kind === 'kvm.set_irq') traced.ret = call.ret;
  if (traced.kind !== 'kvm.msi' || call.kind !== 'kvm.msi') return;
  traced.addr = call.addr;
  traced.data = call.data;
  traced.taken = call.taken;
}
