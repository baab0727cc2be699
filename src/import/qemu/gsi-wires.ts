// Where a line of the machine ends: QEMU's handler of it sets the pins that are wired to it, one after the other, before it returns
// (hw/i386/x86.c gsi_handler: of the 8259 pair those below 16, of the first IOAPIC those below 24).

import { gsi as asGsi, pin } from '../../ids.js';
import type { Journal } from '../kvm/journal.js';
import { IOAPIC_PINS, PAIR_PINS } from './limits.js';

type Wired = 'pic' | 'ioapic';
const PINS = { pic: PAIR_PINS, ioapic: IOAPIC_PINS } as const;
/** Of an 8259 pair and an IOAPIC, as KVM numbers chips: the pair's second is 1. */
const CHIPS = { pic: 0, ioapic: 2 } as const;

interface Passage {
  readonly gsi: number;
  readonly level: 0 | 1;
  readonly told: Set<Wired>;
}

export class GsiWires {
  readonly #journal: Journal;
  /** By thread, the line that it has set last. */
  readonly #open = new Map<number, Passage>();
  /** Chips that have shown to be QEMU's own, with lines: those of the kernel have none. */
  readonly #shown = new Set<Wired>();
  /** By chip, the first line that did not reach it since it was told of one: if that was the last, its lines may not be recorded any more. */
  readonly #missed = new Map<Wired, Passage>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Lines may be missing. */
  forget(): void {
    this.#open.clear();
    this.#shown.clear();
    this.#missed.clear();
  }

  /** x86_gsi_interrupt: what its thread has set before is done. */
  line(gsi: number, level: 0 | 1): void {
    const { tid } = this.#journal;
    if (tid < 0) return;
    const passage = this.#open.get(tid);
    if (passage !== undefined) for (const chip of this.#shown) if (passage.gsi < PINS[chip] && !passage.told.has(chip) && !this.#missed.has(chip)) this.#missed.set(chip, passage);
    this.#open.set(tid, { gsi, level, told: new Set() });
  }

  /** pic_set_irq or ioapic_set_irq, by the input as the chip numbers it. */
  told(chip: Wired, input: number, level: 0 | 1): void {
    const passage = this.#open.get(this.#journal.tid);
    if (passage?.gsi !== input || passage.level !== level) return;
    passage.told.add(chip);
    this.#shown.add(chip);
    const missed = this.#missed.get(chip);
    if (missed === undefined) return;
    this.#missed.delete(chip);
    this.#say(missed, chip);
  }

  #say({ gsi, level }: Passage, chip: Wired): void {
    const second = chip === 'pic' && gsi >= PAIR_PINS / 2 ? 1 : 0;
    this.#journal.say({ kind: 'gsi.void', gsi: asGsi(gsi), level, chip: CHIPS[chip] + second, pin: pin(gsi) });
  }
}
