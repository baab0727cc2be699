// PIRQ[A-H]_ROUT of ICH9's LPC bridge: which 8259 pin takes GSI 16 to 23 as well. Intel ICH9 Family Datasheet, D31:F0 60h-63h, 68h-6Bh; QEMU
// hw/isa/lpc_ich9.c. A write of a configuration space is logged without its length.

import { pin } from '../../ids.js';
import type { Journal } from '../kvm/journal.js';
import { FIRST_HIGH } from './open-levels.js';

const FIRST = 0x60;
const FIFTH = 0x68;
const LONGEST = 4;
/** The register switches its route off, and the pins that it can name are no others than these. */
const OFF = 0x80;
const PINS: ReadonlySet<number> = new Set([3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15]);

export class PirqRegisters {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  written(offset: number, value: number): void {
    for (let byte = 0; byte < LONGEST; byte++) {
      const pirq = pirqAt(offset + byte);
      if (pirq === undefined) continue;
      const route = byte < bytesOf(value) ? (value >>> (8 * byte)) & 0xff : OFF;
      this.#journal.say({ kind: 'intx.route', line: String(FIRST_HIGH + pirq), pin: (route & OFF) === 0 && PINS.has(route & 0xf) ? pin(route & 0xf) : undefined });
    }
  }
}

/** The bytes that the write has at least. */
const bytesOf = (value: number): number => (value > 0xffff ? LONGEST : value > 0xff ? 2 : 1);

function pirqAt(offset: number): number | undefined {
  if (offset >= FIRST && offset < FIRST + 4) return offset - FIRST;
  return offset >= FIFTH && offset < FIFTH + 4 ? offset - FIFTH + 4 : undefined;
}
