// The life of one interrupt: from the device's signal to its end and what follows, hop by hop, as far as the recording shows it.

import type { Event } from '../event.js';

/** In the order of an interrupt's way; a life has some of them, each at most once. */
export const HOPS = [
  'raised',
  'fired',
  'signalled',
  'asserted',
  'sent',
  'delivered',
  'accepted',
  'listed',
  'taken',
  'dropped',
  'ended',
  'deactivated',
  'folded',
  'acknowledged',
  'lowered',
  'resampled',
  'unmasked',
] as const;
export type HopName = (typeof HOPS)[number];

interface Hop {
  readonly name: HopName;
  readonly event: Event;
}

/**
 * `open`: no further when the recording, or the machine, ended. `ended`: it went its way to the end. `merged`: it met an interrupt that was
 * pending already and became part of it. `vanished`: its line fell before anything took it, where that would be recorded. `unseen`: what became
 * of it is not recorded (events lost, deliveries not traced, too many open at once).
 */
export type Fate = 'open' | 'ended' | 'merged' | 'vanished' | 'unseen';

export class Life {
  /** 0-based, in the order of the first hop. */
  readonly id: number;
  readonly hops: Hop[] = [];
  /** What it passed: `gsi:10`, `pin:ioapic/10`, `irqfd:9`, `msix:0000:00:04.0/2`, `vector:65@cpu1`, `intid:27`. */
  readonly marks: string[] = [];
  /** Later interrupts that merged into this one while it was pending. */
  merged = 0;
  fate: Fate = 'open';
  /** Until when it was waited for, where its end was not seen. */
  until = Number.NaN;

  constructor(id: number) {
    this.id = id;
  }

  get last(): HopName | undefined {
    return this.hops.at(-1)?.name;
  }

  has(name: HopName): boolean {
    return this.hops.some((hop) => hop.name === name);
  }

  /** Notes a hop; a second one of a name is a repetition and changes nothing. */
  pass(name: HopName, event: Event): void {
    if (!this.has(name)) this.hops.push({ name, event });
  }

  mark(what: string): void {
    if (!this.marks.includes(what)) this.marks.push(what);
  }
}
