// What software has put into the registers of a local APIC that read as written: SVR and the local vector table. Intel SDM vol. 3, APIC chapter.

import type { Event, EventOf } from '../event.js';
import { F, T, U, type Tri } from './tri.js';

const ENABLE = 0x100;
const VECTOR = 0xff;
const DELIVERY_MODE = 0x700;
const MASK = 0x1_0000;
/** Entries of the table with a delivery mode: all but the timer, the first, and the errors, the last. */
const TIMER = 0;
const ERROR = 5;

interface WrittenRegister {
  readonly value: number;
  /** The bits that must read so. */
  readonly bits: number;
  readonly by: Event;
}

export class WrittenLapic {
  private svr: WrittenRegister | undefined;
  private readonly lvt: (WrittenRegister | undefined)[] = [];
  private disabled = true;

  forget(): void {
    this.svr = undefined;
    this.lvt.length = 0;
    this.disabled = true;
  }

  wroteSvr(e: EventOf<'apic.svr'>): void {
    this.svr = { value: e.enable * ENABLE + (e.vec ?? 0), bits: e.vec === undefined ? ENABLE : ENABLE | VECTOR, by: e };
    this.disabled = e.enable === 0;
    // While it is disabled all entries are masked.
    if (this.disabled) for (const [i, entry] of this.lvt.entries()) if (entry !== undefined) this.lvt[i] = { value: entry.value, bits: entry.bits & ~MASK, by: entry.by };
  }

  wroteLvt(e: EventOf<'apic.lvt'>): void {
    const mode = e.lvt === TIMER || e.lvt >= ERROR ? 0 : DELIVERY_MODE;
    this.lvt[e.lvt] = { value: e.vec | (e.dm << 8) | (e.mask * MASK), bits: VECTOR | mode | (this.disabled ? 0 : MASK), by: e };
  }

  /** What the register that is read must show; undefined if it is none of these, or not known. */
  of({ reg, word }: EventOf<'apic.read'>): WrittenRegister | undefined {
    return reg === 'svr' ? this.svr : reg === 'lvt' && word !== undefined ? this.lvt[word] : undefined;
  }

  /** Does a source at work ask for an interrupt, by its entry of the table? Not if the entry is masked, or of another kind. */
  asks(lvt: number): Tri {
    const entry = this.lvt[lvt];
    if (entry === undefined) return U;
    if ((entry.bits & MASK) !== 0 && (entry.value & MASK) !== 0) return F;
    return (entry.value & DELIVERY_MODE) !== 0 ? F : (entry.bits & MASK) === 0 ? U : T;
  }

  /** A register that reads otherwise is not known any more. */
  read(e: EventOf<'apic.read'>): void {
    const written = this.of(e);
    if (written === undefined || ((written.value ^ e.val) & written.bits) === 0) return;
    if (e.reg === 'svr') this.svr = undefined;
    else if (e.word !== undefined) this.lvt[e.word] = undefined;
  }
}
