// The IOAPIC's registers as the guest reaches them: a select register and a window, 82093AA 3.0; the trace shows both
// accesses, so the entry meant is known only while the select register is.

import { bitOf } from '../../bit-of.js';
import { pin as asPin, vector } from '../../ids.js';
import type { Journal } from './journal.js';
import type { Pins } from './pins.js';
import type { Threads } from './threads.js';

const SELECT = 0x00;
const WINDOW = 0x10;
const EOI = 0x40;
const FIRST_ENTRY = 0x10;
const PINS = 24;
const IOAPIC = 2;

/** Low half of a redirection entry. */
export function entryLow(value: number): { vec: number; dm: number; logical: 0 | 1; pol: 0 | 1; rirr: 0 | 1; trig: 'edge' | 'level'; mask: 0 | 1 } {
  return {
    vec: value & 0xff,
    dm: (value >>> 8) & 7,
    logical: bitOf(value, 11),
    pol: bitOf(value, 13),
    rirr: bitOf(value, 14),
    trig: bitOf(value, 15) === 1 ? 'level' : 'edge',
    mask: bitOf(value, 16),
  };
}

export class IoapicWindow {
  readonly #journal: Journal;
  readonly #threads: Threads;
  readonly #pins: Pins;
  /** Register selected and the thread that did it: of another thread's selection the order is not certain. -1 unknown. */
  #selected = -1;
  #selectedBy = -1;

  constructor(journal: Journal, threads: Threads, pins: Pins) {
    this.#journal = journal;
    this.#threads = threads;
    this.#pins = pins;
  }

  /** kvm_mmio write at an offset of the IOAPIC's page; `len` bytes. */
  wrote(offset: number, value: number, len: number): void {
    const j = this.#journal;
    const thread = this.#threads.guest();
    thread.leave(j);
    if (offset === SELECT) {
      this.#selected = value & 0xff;
      this.#selectedBy = j.tid;
    } else if (offset === EOI) {
      j.say({ kind: 'ioapic.eoi', vec: vector(value & 0xff) });
    } else if (offset === WINDOW) {
      const register = this.#register();
      if (register < 0 || len > 4) j.say({ kind: 'kvm.set_irqchip', chip: IOAPIC });
      else if (pinOfRegister(register) >= 0) thread.writtenPin = this.#wroteEntry(pinOfRegister(register), (register & 1) === 1, value);
    }
  }

  #wroteEntry(pin: number, high: boolean, value: number): number {
    const j = this.#journal;
    const { ns, on, tid, stream, line, name } = j;
    if (high) {
      j.tell({
        seq: 0,
        ns,
        on,
        tid,
        stream,
        at: line,
        name,
        kind: 'ioapic.rte',
        pin: asPin(pin),
        vec: undefined,
        dm: undefined,
        trig: undefined,
        mask: undefined,
        rirr: undefined,
        dst: value >>> 24,
        logical: undefined,
        pol: undefined,
      });
      return pin;
    }
    const { vec, dm, trig, mask, rirr, logical, pol } = entryLow(value);
    this.#pins.vectors.set(pin, vec);
    j.tell({ seq: 0, ns, on, tid, stream, at: line, name, kind: 'ioapic.rte', pin: asPin(pin), vec: vector(vec), dm, trig, mask, rirr, dst: undefined, logical, pol });
    return pin;
  }

  /** kvm_mmio read with the value the guest got. */
  read(offset: number, value: number): void {
    const j = this.#journal;
    if (offset !== WINDOW) return;
    const register = this.#register();
    if (register < 0 || pinOfRegister(register) < 0) return;
    const pin = asPin(pinOfRegister(register));
    if ((register & 1) === 1) {
      j.say({ kind: 'ioapic.dst.read', pin, dst: value >>> 24 });
      return;
    }
    const { vec, rirr, mask, trig, dm, logical, pol } = entryLow(value);
    const { ns, on, tid, stream, line, name } = j;
    j.tell({ seq: 0, ns, on, tid, stream, at: line, name, kind: 'ioapic.rte.read', pin, rirr, mask, trig, vec: vector(vec), dm, logical, pol });
  }

  #register(): number {
    return this.#selectedBy === this.#journal.tid ? this.#selected : -1;
  }

  forget(): void {
    this.#selected = -1;
  }
}

/** Pin of a redirection register, -1 for any other. */
export function pinOfRegister(register: number): number {
  const pin = (register - FIRST_ENTRY) >> 1;
  return pin >= 0 && pin < PINS ? pin : -1;
}
