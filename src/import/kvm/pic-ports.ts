// The 8259 pair as the guest reaches it: ports 0x20, 0x21, 0xa0, 0xa1 and the ELCR at 0x4d0, 0x4d1. What a byte means depends
// on those before it. 8259A data sheet, ICW1 to ICW4 and OCW1 to OCW3; KVM i8259.c, QEMU hw/intc/i8259.c.

import { bitOf } from '../../bit-of.js';
import { pin as asPin, type Pin } from '../../ids.js';
import type { Journal } from './journal.js';

/** Initialization words that may still follow one that was not seen. */
const MOST_WORDS = 3;
const MASTER = 0x20;
const SLAVE = 0xa0;
const ELCR = 0x4d0;
/** Of each chip. */
const PINS = 8;

/** What one chip has been told of the meaning of the bytes to come. */
class Chip {
  readonly number: number;
  /** Initialization word expected at the upper port, 0 for none. */
  next: 0 | 2 | 3 | 4 = 0;
  icw4 = false;
  /** There is no ICW3. */
  isSingle = false;
  /** Writes of the upper port that may belong to an initialization before the recording. */
  doubt = MOST_WORDS;
  /** The next read is the answer to a poll command; undefined: may be. */
  poll: boolean | undefined;
  /** What the lower port reads; undefined while unknown. */
  select: 'irr' | 'isr' | undefined;

  constructor(number: number) {
    this.number = number;
  }

  forget(): void {
    this.next = 0;
    this.doubt = MOST_WORDS;
    this.poll = undefined;
    this.select = undefined;
  }
}

interface Options {
  /** The pair is QEMU's: a poll's answer tells what was acknowledged, and single mode and level triggering are heeded. KVM does none of it. */
  readonly isQemus: boolean;
}

export class PicPorts {
  readonly #journal: Journal;
  readonly #isQemus: boolean;
  readonly #chips = [new Chip(0), new Chip(1)] as const;

  constructor(journal: Journal, { isQemus }: Options) {
    this.#journal = journal;
    this.#isQemus = isQemus;
  }

  /** True if the port is one of the pair's. */
  static has(port: number): boolean {
    return (port & ~1) === MASTER || (port & ~1) === SLAVE || (port & ~1) === ELCR;
  }

  /** The pin that a byte written there ends by its number, in service or not: OCW2, specific. */
  static endedPin(port: number, val: number): Pin | undefined {
    const isOcw2 = (port === MASTER || port === SLAVE) && (val & 0x18) === 0;
    return isOcw2 && ((val >> 5) & 3) === 3 ? asPin((port === SLAVE ? PINS : 0) + (val & 7)) : undefined;
  }

  /** Events were lost. */
  forget(): void {
    for (const chip of this.#chips) chip.forget();
  }

  wrote(port: number, val: number): void {
    const j = this.#journal;
    if ((port & ~1) === ELCR) j.say({ kind: 'pic.elcr', val, chip: port & 1 });
    else this.command(port >= SLAVE ? 1 : 0, port & 1, val);
  }

  wasRead(port: number, val: number): void {
    const j = this.#journal;
    if ((port & ~1) === ELCR) j.say({ kind: 'pic.read', chip: port & 1, reg: 'elcr', val });
    else this.answer(port >= SLAVE ? 1 : 0, port & 1, val);
  }

  /** A byte written to the lower (0) or upper (1) port of chip 0 or 1. */
  command(number: 0 | 1, port: number, val: number): void {
    const chip = this.#chips[number];
    if (port === 1) this.#upper(chip, val);
    else if ((val & 0x10) !== 0) this.#initialize(chip, val);
    else if ((val & 0x08) !== 0) this.#ocw3(chip, val);
    else this.#ocw2(chip, val);
  }

  /** A byte read there. */
  answer(number: 0 | 1, port: number, val: number): void {
    const j = this.#journal;
    const chip = this.#chips[number];
    const { poll } = chip;
    chip.poll = false;
    if (poll !== false) {
      j.say({ kind: 'pic.poll', chip: number, val: poll === true && this.#isQemus ? val : undefined });
      return;
    }
    const reg = port === 1 ? 'imr' : chip.select;
    if (reg !== undefined) j.say({ kind: 'pic.read', chip: number, reg, val });
  }

  #initialize(chip: Chip, val: number): void {
    const j = this.#journal;
    chip.icw4 = bitOf(val, 0) === 1;
    chip.next = 2;
    chip.isSingle = bitOf(val, 1) === 1;
    // Single mode leaves ICW3 out, which KVM does not know.
    chip.doubt = chip.isSingle && !this.#isQemus ? MOST_WORDS : 0;
    chip.select = 'irr';
    if (chip.poll === true) chip.poll = undefined;
    const ltim = this.#isQemus && bitOf(val, 3) === 1 ? 1 : undefined;
    j.say({ kind: 'pic.init', chip: chip.number, icw4: bitOf(val, 0), ltim });
  }

  #upper(chip: Chip, val: number): void {
    const j = this.#journal;
    if (chip.doubt > 0) {
      chip.doubt--;
      chip.next = 0;
      j.say({ kind: 'pic.imr', chip: chip.number, val: undefined });
    } else if (chip.next === 0) {
      j.say({ kind: 'pic.imr', chip: chip.number, val });
    } else this.#initializing(chip, val);
  }

  #initializing(chip: Chip, val: number): void {
    const j = this.#journal;
    const word = chip.next;
    const isLast = word === 3 || chip.isSingle;
    chip.next = word === 2 && !isLast ? 3 : word !== 4 && chip.icw4 ? 4 : 0;
    if (word === 3) return;
    const set = word === 2 ? { base: val & 0xf8 } : { aeoi: bitOf(val, 1), sfnm: bitOf(val, 4) };
    j.say({ kind: 'pic.mode', chip: chip.number, ...set });
  }

  /** Bits 7:5: rotate, specific, end of interrupt. */
  #ocw2(chip: Chip, val: number): void {
    const j = this.#journal;
    const rotate = bitOf(val, 7);
    const level = val & 7;
    const base = chip.number * 8;
    switch ((val >> 5) & 3) {
      case 0:
        j.say({ kind: 'pic.mode', chip: chip.number, raeoi: rotate });
        break;
      case 1:
        j.say({ kind: 'pic.eoi', pin: 'ns', chip: chip.number, rotate });
        break;
      case 2:
        if (rotate === 1) j.say({ kind: 'pic.mode', chip: chip.number, prio: (level + 1) & 7 });
        break;
      default:
        j.say({ kind: 'pic.eoi', pin: base + level, chip: chip.number, rotate });
    }
  }

  #ocw3(chip: Chip, val: number): void {
    const j = this.#journal;
    const poll = bitOf(val, 2) === 1 ? 1 : undefined;
    const smm = bitOf(val, 6) === 1 ? bitOf(val, 5) : undefined;
    if (poll === 1) chip.poll = true;
    if (bitOf(val, 1) === 1) chip.select = bitOf(val, 0) === 1 ? 'isr' : 'irr';
    if (poll === 1 || smm !== undefined) j.say({ kind: 'pic.mode', chip: chip.number, smm, poll });
  }
}
