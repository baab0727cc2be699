// What software has put into the registers of a local APIC that read as written: SVR, the local vector table, the logical destination and its
// format, the interrupt command register, the timer's initial count and divide configuration. Intel SDM vol. 3, APIC chapter.

import type { Event, EventOf } from '../event.js';
import { F, T, U, type Tri } from './tri.js';

const ENABLE = 0x100;
const VECTOR = 0xff;
const DELIVERY_MODE = 0x700;
const MASK = 0x1_0000;
/** Entries of the table with a delivery mode: all but the timer, the first, and the errors, the last. */
const TIMER = 0;
const ERROR = 5;
/** Of the logical destination and of its format, and where they stand. */
const LDR = 0xff00_0000;
const LDR_SHIFT = 24;
const DFR = 0xf000_0000;
const DFR_SHIFT = 28;
/** All but the delivery status and reserved bits. */
const ICR = 0xc_cfff;
const COUNT = 0xffff_ffff;
const DIVIDE = 0xb;
/** Bits of the interrupt command register. */
const ASSERT = 0x4000;

type Register = Exclude<EventOf<'apic.read'>['reg'], 'lvt'>;

interface WrittenRegister {
  readonly value: number;
  /** The bits that must read so. */
  readonly bits: number;
  /** No INIT that was sent before the write, or unseen, may have come after it. */
  readonly lasts: boolean;
  readonly by: Event;
}

/** Of an INIT: is it a de-assertion, which resets no APIC? */
export const isDeassert = (e: EventOf<'apic.msg'> | EventOf<'apic.ipi'>): boolean =>
  e.kind === 'apic.ipi' && e.trig === 'level' && e.val !== undefined && (e.val & ASSERT) === 0;

const passing = ({ value, bits, by }: WrittenRegister): WrittenRegister => ({ value, bits, by, lasts: false });

export class WrittenLapic {
  private readonly registers = new Map<Register, WrittenRegister>();
  private readonly lvt: (WrittenRegister | undefined)[] = [];
  private disabled = true;
  /** The timer counts down once, by its entry. */
  private countsOnce = false;
  /** It has run out, and neither its entry nor its counts were written since. */
  private firedBy: Event | undefined;
  /** INIT is on its way, until the CPU is started anew. */
  private isAwaited = false;

  forget(): void {
    this.registers.clear();
    this.lvt.length = 0;
    this.disabled = true;
    this.isAwaited = this.countsOnce = false;
    this.firedBy = undefined;
  }

  /** Somebody may have written the register. While SVR disables the APIC all entries are masked. */
  mayChange(register: EventOf<'apic.read'>['reg']): void {
    if (register === 'lvt' || register === 'svr') this.lvt.length = 0;
    if (register !== 'svr') this.firedBy = undefined;
    if (register === 'svr') this.disabled = true;
    if (register !== 'lvt') this.registers.delete(register);
  }

  /** INIT takes its time to reach another thread, where the CPU may go on. */
  awaitStart(): void {
    this.isAwaited = true;
  }

  /** A CPU that a start-up IPI starts, `surely` or not, has been reset by then. */
  start(surely: Tri): void {
    for (const [register, written] of this.registers) this.registers.set(register, passing(written));
    for (const [i, entry] of this.lvt.entries()) if (entry !== undefined) this.lvt[i] = passing(entry);
    if (surely === T) this.isAwaited = false;
  }

  wroteSvr(e: EventOf<'apic.svr'>): void {
    this.wrote('svr', e, { value: e.enable * ENABLE + (e.vec ?? 0), bits: e.vec === undefined ? ENABLE : ENABLE | VECTOR });
    this.disabled = e.enable === 0;
    // While it is disabled all entries are masked.
    if (this.disabled) for (const [i, entry] of this.lvt.entries()) if (entry !== undefined) this.lvt[i] = { value: entry.value, bits: entry.bits & ~MASK, lasts: entry.lasts, by: entry.by };
  }

  wroteLvt(e: EventOf<'apic.lvt'>): void {
    const mode = e.lvt === TIMER || e.lvt >= ERROR ? 0 : DELIVERY_MODE;
    const bits = VECTOR | mode | (this.disabled ? 0 : MASK);
    if (e.lvt === TIMER) {
      this.countsOnce = e.periodic === 0;
      this.firedBy = undefined;
    }
    this.lvt[e.lvt] = { value: e.vec | (e.dm << 8) | (e.mask * MASK), bits, lasts: !this.isAwaited, by: e };
  }

  /** Without either field both are not known any more. */
  wroteDest(e: EventOf<'apic.dest'>): void {
    const { ldr, dfr } = e;
    const isUnknown = ldr === undefined && dfr === undefined;
    if (isUnknown || ldr !== undefined) this.wrote('ldr', e, ldr === undefined ? undefined : { value: ldr << LDR_SHIFT, bits: LDR });
    if (isUnknown || dfr !== undefined) this.wrote('dfr', e, dfr === undefined ? undefined : { value: dfr << DFR_SHIFT, bits: DFR });
  }

  wroteIcr(e: EventOf<'apic.ipi'>): void {
    this.wrote('icr', e, e.val === undefined ? undefined : { value: e.val, bits: ICR });
  }

  wroteTimer(e: EventOf<'apic.timer'>): void {
    const { initial, divide } = e;
    this.firedBy = undefined;
    const isUnknown = initial === undefined && divide === undefined;
    if (isUnknown || initial !== undefined) this.wrote('tmict', e, initial === undefined ? undefined : { value: initial, bits: COUNT });
    if (isUnknown || divide !== undefined) this.wrote('tdcr', e, divide === undefined ? undefined : { value: divide, bits: DIVIDE });
  }

  private wrote(register: Register, by: Event, written: Pick<WrittenRegister, 'value' | 'bits'> | undefined): void {
    if (written === undefined) this.registers.delete(register);
    else this.registers.set(register, { value: written.value, bits: written.bits, lasts: !this.isAwaited, by });
  }

  /** What the register that is read must show; undefined if it is none of these, or not known. */
  of({ reg, word }: EventOf<'apic.read'>): WrittenRegister | undefined {
    if (reg !== 'lvt') return this.registers.get(reg);
    return word === undefined ? undefined : this.lvt[word];
  }

  /** What the timer counts down from. */
  get initialCount(): WrittenRegister | undefined {
    return this.registers.get('tmict');
  }

  /** The timer, which is surely this one, has run out. */
  fires(by: Event): void {
    if (this.countsOnce) this.firedBy = by;
  }

  /** What has made a source as it is. */
  sourceBy(lvt: number): readonly (Event | undefined)[] {
    return [this.lvt[lvt]?.by, ...(lvt === TIMER ? [this.initialCount?.by, this.firedBy] : [])];
  }

  /** Does a source at work ask for an interrupt, by its entry of the table? Not if the entry is masked, or of another kind; nor does a timer without a count, or one that has run out. */
  asks(lvt: number): Tri {
    if (lvt === TIMER && (this.firedBy !== undefined || this.initialCount?.value === 0)) return F;
    const entry = this.lvt[lvt];
    if (entry === undefined) return U;
    if ((entry.bits & MASK) !== 0 && (entry.value & MASK) !== 0) return F;
    return (entry.value & DELIVERY_MODE) !== 0 ? F : (entry.bits & MASK) === 0 ? U : T;
  }

  /** Did the timer run out then? */
  hasFired(e: Event): boolean {
    return this.firedBy === e;
  }

  /** A register that reads otherwise is not known any more. */
  read(e: EventOf<'apic.read'>): void {
    const written = this.of(e);
    if (written === undefined || ((written.value ^ e.val) & written.bits) === 0) return;
    if (e.reg !== 'lvt') this.registers.delete(e.reg);
    else if (e.word !== undefined) this.lvt[e.word] = undefined;
  }
}
