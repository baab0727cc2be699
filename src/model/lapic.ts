// Local APICs: IRR, ISR, TMR, TPR and SVR per vCPU. Intel SDM vol. 3 "APIC"; KVM lapic.c (__apic_accept_irq, apic_set_eoi).

import type { EventOf } from '../event.js';
import { vcpu, type Vcpu } from '../ids.js';
import type { AutoEois } from './auto-eois.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { INIT, isVectored } from './delivery.js';
import type { ExtSilence } from './ext-silence.js';
import { Lapic, UNCOUNTED } from './lapic-cpu.js';
import { SilentLapics } from './lapic-silent.js';
import type { Pic } from './pic.js';
import { Reach } from './reach.js';
import { Takes } from './takes.js';
import { F, T, U, and, join, known, not, type Tri } from './tri.js';

export class Lapics implements Component {
  readonly silent: SilentLapics;
  readonly takes: Takes;
  private readonly pic: Pic;
  private readonly extSilence: ExtSilence;
  private readonly accepts: Channel;
  private readonly reach = new Reach();
  private readonly injections: Channel;
  private readonly eois: Channel;
  private readonly autoEois: AutoEois;
  private readonly svrs: Channel;
  private readonly destinations: Channel;
  private readonly byCpu = new Map<Vcpu, Lapic>();
  /** The one asked for last: events of one vCPU come in runs. */
  private latest: Lapic | undefined;
  /** What software has written to the register of some APIC, of each once: it may be one that shows up later. */
  private readonly writtenOfSome = new Map<string, EventOf<'kvm.set_lapic'>>();
  private fromReset = false;
  private modes = false;

  readonly steps: Steps = {
    'apic.accept': (e) => this.accept(e),
    'cpu.inject': (e) => this.inject(e),
    'apic.eoi': (e) => this.eoi(e),
    'apic.tpr': (e) => {
      const lapic = this.of(e.cpu);
      lapic.tpr = e.val;
      lapic.tprBy = lapic.latestBy = e;
      this.silent.settle(lapic);
    },
    'apic.read': (e) => this.silent.read(e),
    'apic.msg': (e) => this.silent.arrive(e),
    'kvm.ipi': (e) => this.silent.mayInit(e),
    'apic.ipi': (e) => this.silent.send(e),
    'apic.lvt': (e) => this.of(e.cpu).wroteLvt(e),
    'apic.dest': (e) => this.of(e.cpu).wroteDest(e),
    'apic.timer': (e) => this.of(e.cpu).written.wroteTimer(e),
    'apic.local': (e) => this.silent.local(e),
    'ioapic.eoi': (e) => this.silent.broadcast(e),
    'apic.svr': (e) => this.of(e.cpu).wroteSvr(e),
    'pic.eoi': () => this.byCpu.forEach((lapic) => void (lapic.extBy = undefined)),
    'cpu.if': (e) => void (this.of(e.cpu).interruptible = known(e.val)),
    'cpu.enter': (e) => {
      this.of(e.cpu).initDue = false;
      this.of(e.cpu).went(e);
    },
    'cpu.exit': (e) => this.of(e.cpu).went(e),
    'kvm.set_lapic': (e) => this.replace(e),
    'efd.signal': (e) => this.reach.note(e),
    'vfio.irq': (e) => this.reach.note(e),
    'kvm.set_irq': (e) => this.reach.note(e),
    'kvm.msi': (e) => this.reach.note(e),
  };

  constructor(ctx: Context, pic: Pic, extSilence: ExtSilence, autoEois: AutoEois) {
    this.silent = new SilentLapics(ctx, this);
    this.accepts = ctx.channels.of('apic.accept');
    this.injections = ctx.channels.of('cpu.inject');
    this.eois = ctx.channels.of('apic.eoi');
    this.svrs = ctx.channels.of('apic.svr');
    this.destinations = ctx.channels.of('apic.dest');
    this.pic = pic;
    this.extSilence = extSilence;
    this.autoEois = autoEois;
    this.takes = new Takes(ctx);
  }

  of(cpu: Vcpu): Lapic {
    if (this.latest?.cpu === cpu) return this.latest;
    const lapic = this.byCpu.get(cpu) ?? this.shown(new Lapic(cpu));
    this.latest = lapic;
    return lapic;
  }

  private shown(lapic: Lapic): Lapic {
    lapic.begin(this.fromReset, this.modes, this.fromReset && this.svrs.declaredWithAll);
    for (const e of this.writtenOfSome.values()) lapic.replaced(e);
    this.byCpu.set(lapic.cpu, lapic);
    return lapic;
  }

  /** Does the recording show every write of a logical destination? */
  get showsDestinations(): boolean {
    return this.destinations.covered;
  }

  private replace(e: EventOf<'kvm.set_lapic'>): void {
    if (e.cpu !== undefined) return this.of(e.cpu).replaced(e);
    if (e.written === undefined) this.forgetOthers();
    else this.writtenOfSome.set(e.written === 'svr' || e.written === 'tpr' ? `${e.written} ${e.val}` : e.written, e);
    for (const lapic of this.byCpu.values()) lapic.replaced(e);
  }

  /** APICs that show up later may have taken something before. */
  forgetOthers(): void {
    this.fromReset = false;
  }

  all(): Iterable<[Vcpu, Lapic]> {
    return this.byCpu;
  }

  begin(fromReset: boolean, modes = fromReset): void {
    this.byCpu.clear();
    this.writtenOfSome.clear();
    this.latest = undefined;
    this.fromReset = fromReset;
    this.modes = modes;
    this.silent.begin();
  }

  lose(): void {
    this.begin(false);
  }

  /** Do the requests of threads outside the VM's process surely show, too? */
  get showsOthers(): boolean {
    return this.accepts.declared || this.reach.isWhole;
  }

  /** Is the vector requested but not yet taken? Surely not only where accepts are recorded. */
  pending(cpu: Vcpu, vector: number): Tri {
    const bit = this.of(cpu).irr.get(vector);
    return this.takes.mayHide || (bit === F && !this.accepts.covered) ? U : bit;
  }

  /** Is the vector in service? Surely only where EOIs are recorded, surely not only where injections are. */
  inService(cpu: Vcpu, vector: number): Tri {
    const bit = this.of(cpu).isr.get(vector);
    return this.takes.mayHide || (bit === T && !this.eois.covered) || (bit === F && !this.injections.covered) ? U : bit;
  }

  /** Was the vector taken from the 8259 pair, and requested of the APIC by nobody since? */
  onlyExtInt(cpu: Vcpu, vector: number): Tri {
    if (this.of(cpu).extVectorBy[vector] === undefined) return F;
    return and(not(this.inService(cpu, vector)), not(this.pending(cpu, vector)));
  }

  /** Highest vector known to be in service, -1 if none is known to be. */
  highestInService(cpu: Vcpu): number {
    return this.eois.covered && !this.takes.mayHide ? this.of(cpu).isr.highest : -1;
  }

  /** True if this injection is surely from the local APIC and not from the 8259 pair. */
  isFromLapic(event: EventOf<'cpu.inject'>): Tri {
    if (event.ext !== undefined) return event.ext === 1 ? F : T;
    // A software interrupt is requested of nobody.
    if (event.sure === 0 && this.pending(event.cpu, event.vec) !== T) return U;
    return this.pic.isQuietFor(event) || this.extSilence.covers(event, this.of(event.cpu)) ? T : U;
  }

  /** May it be the vector's injection before once more, for which nothing was taken? KVM inject_pending_event; 5.10 does not mark it, 6.1 does. */
  mayRepeat({ cpu, vec, sure }: EventOf<'cpu.inject'>): boolean {
    return sure === 0 && this.inService(cpu, vec) !== F;
  }

  /** A level message reached the APIC at a physical destination, as an IOAPIC delivery tells. */
  delivered(destination: number, by: EventOf<'ioapic.deliver'>): void {
    const lapic = this.of(vcpu(destination));
    lapic.maybeBy[by.vec] = by;
    lapic.tmr.set(by.vec, T);
    if (lapic.irr.get(by.vec) === F) lapic.irr.set(by.vec, U);
  }

  private accept(e: EventOf<'apic.accept'>): void {
    const lapic = this.of(e.cpu);
    this.reach.note(e);
    if (!isVectored(e.dm)) {
      if (e.dm === INIT) lapic.awaitInit();
      return;
    }
    // Traced before the enable bit is looked at: with the APIC disabled nothing is set.
    this.extSilence.accept(e, lapic);
    const v = e.vec;
    lapic.maybeBy[v] = e;
    if (lapic.enabled === F) {
      lapic.voidBy[v] = e;
      return;
    }
    const sure = lapic.enabled === T;
    const trigger = e.trig === 'level' ? T : F;
    lapic.tmr.set(v, sure ? trigger : join(lapic.tmr.get(v), trigger));
    lapic.acceptBy[v] = lapic.latestBy = e;
    lapic.extVectorBy[v] = undefined;
    lapic.accepts[v] = lapic.accepts[v] === 0 ? 1 : 2;
    if (!this.injections.covered) {
      // It may be taken, and ended, at any time without a line.
      lapic.irr.set(v, U);
      if (lapic.isr.get(v) === F) lapic.isr.set(v, U);
    } else if (lapic.irr.get(v) !== T) lapic.irr.set(v, sure ? T : U);
  }

  private inject(e: EventOf<'cpu.inject'>): void {
    this.reach.note(e);
    const lapic = this.of(e.cpu);
    const v = e.vec;
    const own = this.isFromLapic(e);
    lapic.initDue = false;
    this.extSilence.inject(e, lapic);
    if (e.ext === 1) {
      if (this.pic.master.aeoi === F) lapic.extBy = e;
      lapic.extVectorBy[v] = e;
    }
    // What is not requested is the 8259's; a request shows only where accepts are recorded.
    if (own === F || (own === U && lapic.irr.get(v) === F && this.accepts.covered)) return;
    // A vector merged or accepted while it was being taken may still be pending: KVM traces the injection after the take.
    const mayRepeat = this.mayRepeat(e);
    const pending = lapic.accepts[v] === 2 || mayRepeat || !this.accepts.covered ? U : F;
    lapic.irr.set(v, own === T ? pending : U);
    lapic.voidBy[v] = undefined;
    lapic.serve(v, own === T ? !this.autoEois.mayEnd(lapic, v) : undefined);
    lapic.accepts[v] = mayRepeat ? UNCOUNTED : 0;
    lapic.latestBy = e;
    lapic.injectBy[v] = e;
  }

  /** It clears the highest bit in service: above it there was none, and with -1 there was none at all. */
  private eoi(e: EventOf<'apic.eoi'>): void {
    const lapic = this.of(e.cpu);
    lapic.stepBy = lapic.latestBy = e;
    if (e.vec === undefined) return this.silent.end(lapic, e);
    lapic.heldBy.length = 0;
    // An interrupt that makes a nested guest exit is taken without a line.
    if (e.vec >= 0 && lapic.isr.get(e.vec) !== T && lapic.irr.get(e.vec) === T) lapic.irr.set(e.vec, U);
    if (this.injections.covered) lapic.isr.clearFrom(e.vec < 0 ? 0 : e.vec);
    else if (e.vec >= 0) this.silent.endNamed(lapic, e.vec);
    lapic.endBy = e;
    // Only an APIC that is enabled takes requests.
    if (this.extSilence.end(e) && lapic.enabled === U) lapic.enabled = T;
    if (e.vec >= 0) lapic.eoiBy[e.vec] = e;
  }
}
