// QEMU's IOAPIC (hw/intc/ioapic.c): which of the messages that its thread sends belong to which pin. ioapic_service goes through
// the pins in order; it prints a line for a level pin and none for an edge pin, then the message as a write of `apic-msi`.

import { pin as asPin, vector, type Vector } from '../../ids.js';
import { entryLow, pinOfRegister } from '../kvm/ioapic-window.js';
import type { Journal } from '../kvm/journal.js';
import type { QemuApics } from './apic.js';
import { IOAPIC_PINS } from './limits.js';

const WINDOW = 0x10;
const EOI = 0x40;
/** Register 1, and the first version that has an EOI register. */
const VERSION = 1;
const DIRECT_SINCE = 0x20;
/** Input 0 is the timer, wired to pin 2. */
const TIMER_PIN = 2;
const LEVEL_TRIGGERED = 0x8000;
/** Delivery mode of an 8259's interrupt. */
const EXTINT = 7;

export interface RegisterAccess {
  readonly write: boolean;
  readonly address: number;
  /** The register selected. */
  readonly register: number;
  readonly size: number;
  readonly val: number;
}

export class QemuIoapic {
  readonly #journal: Journal;
  readonly #apics: QemuApics;
  /** Low halves of the entries, as written. */
  readonly #entries: (number | undefined)[] = [];
  /** The thread whose latest line lets the chip deliver; undefined for none. */
  #servicing: number | undefined;
  /** The pin whose input rose, -1 where an access or an EOI had the pins looked through. */
  #raised = -1;
  /** The level pin that is about to deliver, -1 for none. */
  #level = -1;
  /** It was known to be no longer in service before. */
  #levelIsFree = false;
  /** Remote IRR of the pins, where it is known. */
  #remoteIrr: (0 | 1 | undefined)[] = [];
  #ended = -1;
  /** The latest write of the chip's own EOI register, if nothing was accessed since. */
  #direct: { readonly tid: number; readonly line: number; readonly val: number } | undefined;
  /** The chip has read as one that acts on such a write. */
  #isDirect = false;
  #told = false;
  /** It has shown whether deliveries of level pins are recorded. */
  #shown = false;
  /** What has been told of deliveries. */
  #covered: 'full' | 'partial' | undefined;

  constructor(journal: Journal, apics: QemuApics) {
    this.#apics = apics;
    this.#journal = journal;
  }

  /** `isFresh`: the chip is as a reset leaves it. */
  forget(isFresh: boolean): void {
    this.#entries.length = 0;
    this.#remoteIrr = isFresh ? Array<0>(IOAPIC_PINS).fill(0) : [];
    this.#direct = undefined;
    this.leave();
  }

  /** A line that is no part of a delivery. */
  leave(): void {
    this.#servicing = undefined;
    this.#raised = this.#level = -1;
  }

  /** The thread at hand turns to something else. */
  turn(): void {
    if (this.#servicing === this.#journal.tid) this.leave();
  }

  /** ioapic_set_irq. */
  input(input: number, level: 0 | 1): void {
    const number = input === 0 ? TIMER_PIN : input;
    const j = this.#journal;
    const { ns, on, tid, stream, line, name } = j;
    if (level === 1) this.#service(number);
    else this.leave();
    j.tell({
      seq: 0,
      ns,
      on,
      tid,
      stream,
      at: line,
      name,
      kind: 'ioapic.in',
      pin: asPin(number),
      level,
      vec: undefined,
      dm: undefined,
      trig: undefined,
      mask: undefined,
      dst: undefined,
      logical: undefined,
      gsi: undefined,
    });
  }

  /** ioapic_mem_write, before it takes effect, or ioapic_mem_read. */
  accessed({ write, address, register, size, val }: RegisterAccess): void {
    this.leave();
    if (write) this.#tell();
    const { tid, line } = this.#journal;
    this.#direct = write && address === EOI ? { tid, line, val: size === 4 ? val : -1 } : undefined;
    if (!write && address === WINDOW && register === VERSION) this.#isDirect = (val & 0xff) >= DIRECT_SINCE;
    const number = address === WINDOW && size === 4 ? pinOfRegister(register) : -1;
    if (number < 0) return;
    const j = this.#journal;
    const high = (register & 1) === 1;
    const pin = asPin(number);
    if (!write) {
      if (high) {
        j.say({ kind: 'ioapic.dst.read', pin, dst: val >>> 24 });
        return;
      }
      this.#entries[number] = val;
      const { vec, rirr, mask, trig, dm, logical, pol } = entryLow(val);
      this.#remoteIrr[number] = rirr;
      j.say({ kind: 'ioapic.rte.read', pin, rirr, mask, trig, vec: vector(vec), dm, logical, pol });
      return;
    }
    this.#service(-1);
    if (high) {
      j.say({ kind: 'ioapic.rte', pin, dst: val >>> 24 });
      return;
    }
    this.#entries[number] = val;
    const { vec, dm, trig, mask, rirr, logical, pol } = entryLow(val);
    if (trig === 'edge') this.#remoteIrr[number] = 0;
    j.say({ kind: 'ioapic.rte', pin, vec: vector(vec), dm, trig, mask, rirr, logical, pol });
  }

  /** ioapic_set_remote_irr: also printed for a pin still in service, and then no message follows. */
  serviced(number: number): void {
    if (this.#servicing !== this.#journal.tid) this.#service(-1);
    this.#level = number;
    this.#levelIsFree = this.#remoteIrr[number] === 0;
    this.#remoteIrr[number] = 1;
    this.#shown = true;
  }

  /** ioapic_clear_remote_irr: part of an EOI. */
  cleared(number: number, vec: number): void {
    const j = this.#journal;
    this.#service(-1);
    this.#remoteIrr[number] = 0;
    j.say({ kind: 'ioapic.cleared', pin: asPin(number), vec: vector(vec) });
  }

  /** ioapic_eoi_broadcast: of the chip's own register, or of the local APIC that its thread told of last. */
  ended(vec: number): void {
    const j = this.#journal;
    const direct = this.#direct?.tid === j.tid ? this.#direct : undefined;
    const cpu = direct === undefined ? this.#apics.endedBy() : undefined;
    this.#direct = undefined;
    this.#service(-1);
    this.#ended = vec;
    j.say({ kind: 'ioapic.eoi', vec: vector(vec), cpu, written: direct === undefined ? undefined : this.#writtenFor(direct) });
  }

  /** The vector written, where the broadcast right behind it can be of nothing else: a local APIC's EOI need not have a line of its own. */
  #writtenFor({ line, val }: { readonly line: number; readonly val: number }): Vector | undefined {
    return this.#isDirect && this.#journal.line === line + 1 && val >= 0 && val <= 0xff ? vector(val) : undefined;
  }

  /** ioapic_eoi_delayed_reassert: its number is the pin or the vector, by version; the EOI is the one just printed. */
  delayed(): void {
    const j = this.#journal;
    if (this.#servicing === j.tid && this.#ended >= 0) j.say({ kind: 'ioapic.delay', vec: vector(this.#ended) });
  }

  /** A message was written to `apic-msi`; true if it is a pin's. */
  message(data: number): boolean {
    const level = (data & LEVEL_TRIGGERED) !== 0;
    if (level && !this.#shown) this.#miss();
    if (this.#servicing !== this.#journal.tid) return false;
    // The line of a level pin names it, whatever it sends; but one in service prints it and sends nothing.
    const isNamed = this.#level >= 0 && this.#levelIsFree;
    const number = level || isNamed ? this.#level : this.#edgePin(data);
    this.#level = -1;
    if (number < 0 || !(isNamed || this.#sends(number, data))) return false;
    if (number === this.#raised) this.#raised = -1;
    const j = this.#journal;
    j.say({ kind: 'ioapic.deliver', pin: asPin(number), vec: vector(data & 0xff) });
    return true;
  }

  /** The edge pin that sends `data`: the one that rose, else the only one with that vector. */
  #edgePin(data: number): number {
    if (this.#raised >= 0) return this.#entries[this.#raised] === undefined ? -1 : this.#raised;
    const pins = [...this.#entries.keys()].filter((number) => this.#isOpen(number) && this.#sends(number, data));
    return pins.length === 1 ? (pins[0] ?? -1) : -1;
  }

  /** Is it what the entry says? An entry not seen may say anything; one for the 8259 has the vector from there. */
  #sends(number: number, data: number): boolean {
    const known = this.#entries[number];
    if (known === undefined) return true;
    return (entryLow(known).vec === (data & 0xff) || entryLow(known).dm === EXTINT) && ((known ^ data) & LEVEL_TRIGGERED) === 0;
  }

  #isOpen(number: number): boolean {
    const known = this.#entries[number];
    return known !== undefined && entryLow(known).mask === 0;
  }

  /** Accesses of memory are recorded, and the messages are some: the local APICs are QEMU's, too. */
  showsMessages(): void {
    if (this.#covered === undefined) this.#cover('full');
  }

  /** An interrupt remapping unit takes the messages; unless `surely`, if one reaches the local APICs while the chip delivers and is not seen to write it. */
  remapped(surely: boolean): void {
    if (surely || this.#servicing === this.#journal.tid) this.#cover('partial');
  }

  /** All writes of the chip's window are recorded. */
  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    this.#journal.say({ kind: 'meta.chan', chan: 'ioapic.rte', cover: 'full' });
  }

  /** A message with level trigger is most likely a pin's: without the line that names the pin, deliveries are missed. */
  #miss(): void {
    this.#shown = true;
    this.#cover('partial');
  }

  #cover(cover: 'full' | 'partial'): void {
    if (this.#covered === cover) return;
    this.#covered = cover;
    this.#journal.say({ kind: 'meta.chan', chan: 'ioapic.deliver', cover });
  }

  #service(raised: number): void {
    this.#servicing = this.#journal.tid;
    this.#raised = raised;
    this.#level = -1;
  }
}
