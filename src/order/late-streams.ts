// A recorder that begins while another already shows the machine at work: what it is there to show has happened before, unseen. It may have been on
// all the time; but then what happened was none of its business, and there is little to forget.

import type { Event } from '../event.js';
import type { Input } from './input.js';
import { isSnapshot } from './snapshots.js';

/** What is done before a machine is at work: it is made and wired. */
const SET_UP = /^(?:meta|vm|fd|kvm\.routes$|kvm\.irqfd|kvm\.set_irqchip$|kvm\.set_lapic$)/;
/** Formats that hold what a chip was at one time. */
const STATES: ReadonlySet<string> = new Set(['qemu-monitor', 'vgic-state']);

const isRecorder = ({ info }: Input): boolean => !STATES.has(info.format);

export class LateStreams {
  readonly #begun = new Set<Input>();
  /** The streams that have shown the machine at work. */
  readonly #busy = new Set<Input>();
  #isSettled = false;
  readonly #count: number;

  constructor(inputs: readonly Input[]) {
    this.#count = inputs.filter(isRecorder).length;
  }

  /** Is the event the first of a stream that begins late? */
  begins(event: Event, input: Input): boolean {
    if (this.#isSettled || this.#busy.has(input) || event.kind.startsWith('meta.') || isSnapshot(event) || !isRecorder(input)) return false;
    const isFirst = !this.#begun.has(input);
    this.#begun.add(input);
    if (!SET_UP.test(event.kind)) this.#busy.add(input);
    this.#isSettled = this.#begun.size === this.#count;
    return isFirst && [...this.#busy].some((other) => other !== input);
  }
}
