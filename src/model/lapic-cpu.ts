// The registers of one local APIC, three-valued. Intel SDM vol. 3, APIC chapter.

import type { Event, EventOf } from '../event.js';
import type { Vcpu } from '../ids.js';
import { atReset } from './context.js';
import { BROADCAST } from './delivery.js';
import { WrittenLapic } from './lapic-written.js';
import { F, T, U, join, known, type Tri } from './tri.js';
import { VECTORS, VectorBits } from './vector-bits.js';

const LVTS = 6;
const FLAT = 15;
const CLUSTER = 0;
const ALL_CLUSTERS = 15;
/** Of accepts: none is known of since the vector was last taken. */
export const UNCOUNTED = 3;

/** Does the value of SVR enable the APIC, or keep its EOIs from the IOAPICs? */
export const svrEnables = (value: number): Tri => ((value & 0x100) === 0 ? F : T);
export const svrSuppresses = (value: number): Tri => ((value & 0x1000) === 0 ? F : T);

export class Lapic {
  readonly irr = new VectorBits();
  readonly isr = new VectorBits();
  readonly tmr = new VectorBits();
  /** Task priority 0-255, undefined while unknown. */
  tpr: number | undefined;
  enabled: Tri = U;
  /** EOI broadcast suppression, SVR bit 12. */
  suppress: Tri = U;
  /** Guest interrupt flag. */
  interruptible: Tri = U;
  /** Latest accept, injection and EOI per vector, for evidence. */
  readonly acceptBy: (Event | undefined)[] = [];
  readonly injectBy: (Event | undefined)[] = [];
  readonly eoiBy: (Event | undefined)[] = [];
  /** Accepts that set nothing because the APIC was disabled. */
  readonly voidBy: (Event | undefined)[] = [];
  /** An interrupt of the 8259 pair that the vCPU took and whose end the pair has not seen. */
  extBy: EventOf<'cpu.inject'> | undefined;
  /** Latest injection of a vector as one of the pair's, if none was accepted since. */
  readonly extVectorBy: (Event | undefined)[] = [];
  /** Latest event that shows the vCPU doing something else than taking an interrupt. */
  stepBy: Event | undefined;
  readonly cpu: Vcpu;
  /** As findings name it. */
  readonly entity: string;
  /** Accepts since the vector was last taken, 2 for more, 3 while none is known of: whether a second one merged or came after the take cannot be told. */
  readonly accepts = new Uint8Array(VECTORS);
  svrBy: Event | undefined;
  /** Latest event at which the vector was surely requested, and surely not in service. */
  readonly requestBy: (Event | undefined)[] = [];
  readonly idleBy: (Event | undefined)[] = [];
  /** Latest event at which it may have been requested. */
  readonly maybeBy: (Event | undefined)[] = [];
  /** Since when the vector has surely been requested or in service: no EOI can have ended it. */
  readonly heldBy: (Event | undefined)[] = [];
  /** Latest EOI of any vector. */
  endBy: Event | undefined;
  /** The vector that it surely ended. */
  ended: number | undefined;
  /** Latest event of this APIC. */
  latestBy: Event | undefined;
  /** Latest event before the reads that were made at one time. */
  beforeReadBy: Event | undefined;
  /** Vectors of the local vector table by index; undefined while unknown. */
  readonly lvt: (number | undefined)[] = [];
  tprBy: Event | undefined;
  readonly written = new WrittenLapic();
  /** An INIT resets it when its vCPU runs next (KVM kvm_apic_accept_events); until then it shows what was. */
  initDue = false;
  /** Logical destination and its format, undefined while unknown. */
  ldr: number | undefined;
  dfr: number | undefined;
  /** It is as a reset, which is known of, left it: none, flat. */
  private isDestPlain = false;

  constructor(cpu: Vcpu) {
    this.cpu = cpu;
    this.entity = `lapic:cpu${cpu}`;
  }

  /** `assumeEnabled`: a sequence from reset that declares everything and shows no SVR write means an APIC at work. A recording may be of one that is never enabled. */
  begin(fromReset: boolean, modes = fromReset, assumeEnabled = false): void {
    const empty = atReset(fromReset, F);
    this.irr.fill(empty);
    this.isr.fill(empty);
    this.tmr.fill(empty);
    this.accepts.fill(fromReset ? 0 : UNCOUNTED);
    this.tpr = fromReset ? 0 : undefined;
    // Software must set the enable bit; firmware may do so on a path nobody records. Suppression is off until set.
    this.enabled = assumeEnabled ? T : U;
    this.suppress = atReset(modes, F);
    this.interruptible = U;
    this.acceptBy.length = this.injectBy.length = this.eoiBy.length = this.voidBy.length = this.extVectorBy.length = this.requestBy.length = 0;
    this.idleBy.length = this.heldBy.length = this.maybeBy.length = 0;
    this.extBy = this.endBy = this.latestBy = this.beforeReadBy = undefined;
    this.ended = undefined;
    this.lvt.length = 0;
    this.lvt.push(...Array.from({ length: LVTS }, () => (fromReset ? 0 : undefined)));
    this.svrBy = this.tprBy = this.stepBy = undefined;
    this.written.forget();
    this.ldr = this.dfr = undefined;
    this.isDestPlain = modes;
    this.initDue = false;
  }

  awaitInit(): void {
    this.begin(false);
    this.initDue = true;
  }

  /** Its state may be another now; or software may have written one register. */
  replaced({ written, val }: EventOf<'kvm.set_lapic'>): void {
    if (written === undefined) return this.begin(false);
    this.written.mayChange(written);
    if (written === 'svr') {
      this.enabled = join(this.enabled, val === undefined ? U : svrEnables(val));
      this.suppress = join(this.suppress, val === undefined ? U : svrSuppresses(val));
    }
    if (written === 'tpr' && this.tpr !== val) this.tpr = undefined;
    if (written === 'lvt') this.lvt.fill(undefined);
  }

  /** The vCPU enters the guest or leaves it. */
  went(by: Event): void {
    this.stepBy = by;
  }

  /** What it has requested or in service may be gone. */
  doubt(): void {
    this.irr.doubt();
    this.isr.doubt();
    this.accepts.fill(UNCOUNTED);
    this.requestBy.length = this.heldBy.length = 0;
  }

  wroteDest(e: EventOf<'apic.dest'>): void {
    const { ldr, dfr } = e;
    if (ldr !== undefined || dfr === undefined) this.ldr = ldr;
    if (dfr !== undefined || ldr === undefined) this.dfr = dfr;
    this.isDestPlain = false;
    this.written.wroteDest(e);
  }

  wroteSvr(e: EventOf<'apic.svr'>): void {
    this.enabled = known(e.enable);
    this.suppress = known(e.suppress_eoi);
    this.svrBy = e;
    this.written.wroteSvr(e);
  }

  wroteLvt(e: EventOf<'apic.lvt'>): void {
    this.lvt[e.lvt] = e.vec;
    this.written.wroteLvt(e);
  }

  /** Does a message to this logical destination reach the APIC? `shown`: each write of what it rests on is. */
  isAddressed(dst: number, shown: boolean): Tri {
    const { ldr, dfr } = this;
    if (shown && this.isDestPlain && dst <= BROADCAST) return F;
    if (ldr === undefined || dfr === undefined || dst > BROADCAST) return U;
    if (dfr === FLAT) return (dst & ldr) === 0 ? F : T;
    // Models differ in what a broadcast to clusters is: QEMU 10 takes each address whose cluster is 15 for one.
    if (dfr !== CLUSTER || dst >> 4 === ALL_CLUSTERS) return U;
    return (dst ^ ldr) >> 4 === 0 && (dst & ldr & 0xf) !== 0 ? T : F;
  }

  /** What happened last before a read: one look at the whole chip is many reads. */
  before(read: Event): Event | undefined {
    const { latestBy } = this;
    return latestBy?.kind === 'apic.read' && latestBy.ns === read.ns && latestBy.stream === read.stream ? this.beforeReadBy : latestBy;
  }

  /** Has it done anything? The number may be that of no APIC. */
  get wasSeen(): boolean {
    return this.svrBy !== undefined || this.latestBy !== undefined;
  }

  /** The vector is taken. `stays`: surely in service until its EOI, or perhaps no longer; undefined if it may not have been this APIC's. */
  serve(vector: number, stays: boolean | undefined): void {
    this.isr.set(vector, stays === undefined ? join(this.isr.get(vector), T) : stays ? T : U);
  }

  /** Highest priority class that a vector in service or TPR surely holds back, -1 for none. `tpr`: it is known to hold still. */
  blockedClass(tpr: boolean): number {
    const top = Math.max(this.isr.highest, tpr ? (this.tpr ?? 0) : 0) >> 4;
    // With a processor priority of 0 QEMU lets even class 0 through.
    return top <= 0 ? -1 : top;
  }
}
