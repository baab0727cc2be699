// Puts the events of an ioctl log into the order of their times: calls of several threads are logged when they return.

import type { Event, EventOf } from '../../event.js';
import { bracketOf } from './bracket.js';

/** Rows that may be logged while one call is under way. */
const DEPTH = 64;

export class Window {
  readonly #held: Event[] = [];

  add(event: Event, out: Event[]): void {
    if (event.kind === 'efd.signal') this.#delay(event);
    this.#insert(event);
    if (event.kind === 'kvm.irqfd.deassign') this.#delaySignals(event);
    if (this.#held.length > DEPTH) out.push(...this.#held.splice(0, this.#held.length - DEPTH));
  }

  end(out: Event[]): void {
    out.push(...this.#held.splice(0));
  }

  #insert(event: Event): void {
    let at = this.#held.length;
    for (let before = this.#held[at - 1]; before !== undefined && before.ns > event.ns; before = this.#held[at - 1]) at--;
    this.#held.splice(at, 0, event);
  }

  /** A signal of another thread while its irqfd is taken away injects or does not: it counts as one that came after. */
  #delaySignals(deassign: EventOf<'kvm.irqfd.deassign'>): void {
    for (const signal of this.#held.filter((event) => event.kind === 'efd.signal')) {
      if (!isRace(signal, deassign)) continue;
      this.#held.splice(this.#held.indexOf(signal), 1);
      this.#delay(signal);
      this.#insert(signal);
    }
  }

  #delay(signal: EventOf<'efd.signal'>): void {
    for (const event of this.#held) if (event.kind === 'kvm.irqfd.deassign' && isRace(signal, event)) signal.ns = event.ns;
  }
}

function isRace(signal: EventOf<'efd.signal'>, deassign: EventOf<'kvm.irqfd.deassign'>): boolean {
  const [a, b] = [bracketOf(signal), bracketOf(deassign)];
  return signal.fd === deassign.fd && a !== undefined && b !== undefined && a.t0 < b.t1 && b.t0 < a.t1;
}
