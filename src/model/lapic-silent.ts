// Local APICs where the recorder shows neither who takes a message nor when a request is taken (QEMU): messages, local sources, EOIs and
// register reads. Intel SDM vol. 3, APIC message format and interrupt command register; QEMU apic_get_delivery_bitmask, apic_deliver.

import type { Event, EventOf } from '../event.js';
import { vcpu } from '../ids.js';
import type { Channel } from './channels.js';
import type { Context } from './context.js';
import { BROADCAST, EXTINT, INIT, LOWEST_PRIORITY, STARTUP } from './delivery.js';
import type { Lapic } from './lapic-cpu.js';
import { endUnseen, endedVector, learn, request, takeUnseen } from './lapic-takes.js';
import { isDeassert } from './lapic-written.js';
import type { Lapics } from './lapic.js';
import { F, T, U, join, type Tri } from './tri.js';
import { VECTORS } from './vector-bits.js';

const LINT0 = 3;
const LINT1 = 4;

/** APICs that surely take a message; `others`: any other one may. */
interface Targets {
  readonly sure: Lapic | undefined;
  readonly others: boolean;
}

/** Does the APIC take the message, by its logical destination? One of lowest priority goes to one of those that are addressed. */
function takesLogical(lapic: Lapic, e: EventOf<'apic.msg'> | EventOf<'apic.ipi'>, shown: boolean): Tri {
  if (e.kind === 'apic.ipi' && e.shorthand === 'others') return lapic.cpu === e.cpu ? F : U;
  if (e.dst === undefined || e.logical !== 1 || (e.kind === 'apic.ipi' && e.shorthand !== 'none')) return U;
  const addressed = lapic.isAddressed(e.dst, shown);
  return addressed === T && e.dm === LOWEST_PRIORITY ? U : addressed;
}

export class SilentLapics {
  private readonly ctx: Context;
  private readonly lapics: Lapics;
  private readonly injections: Channel;
  private readonly eois: Channel;
  private readonly reads: Channel;
  private readonly accepts: Channel;
  /** By vector, the latest EOI that surely ended it as a level interrupt, and is broadcast. */
  private readonly levelEnds: (EventOf<'apic.eoi'> | undefined)[] = [];

  constructor(ctx: Context, lapics: Lapics) {
    this.ctx = ctx;
    this.lapics = lapics;
    this.injections = ctx.channels.of('cpu.inject');
    this.eois = ctx.channels.of('apic.eoi');
    this.reads = ctx.channels.of('apic.read');
    this.accepts = ctx.channels.of('apic.accept');
  }

  begin(): void {
    this.ctx.owed.forgive('lapic.broadcast');
    this.levelEnds.length = 0;
  }

  /** The latest EOI that surely ended the vector as a level interrupt, on whatever vCPU, and is broadcast to the IOAPICs. */
  levelEndOf(v: number): EventOf<'apic.eoi'> | undefined {
    return this.levelEnds[v];
  }

  /** Where no injection is recorded, requests that may be taken may have been. */
  settle(lapic: Lapic): void {
    if (!this.injections.covered) takeUnseen(lapic, this.ctx);
  }

  /** An EOI that tells its vector, which was the highest in service; another may be taken at once. What exactly is in service only reads ask. */
  endNamed(lapic: Lapic, vec: number): void {
    if (this.reads.seen === 0) lapic.isr.set(vec, U);
    else {
      lapic.isr.clearFrom(vec);
      this.settle(lapic);
    }
  }

  read(e: EventOf<'apic.read'>): void {
    const lapic = this.lapics.of(e.cpu);
    this.late(e.cpu, e);
    if (lapic.initDue) return;
    const isSilent = !this.injections.covered && this.eois.covered;
    learn(lapic, e, { still: (held) => isSilent && this.ctx.recent(held, e), takes: this.injections.covered });
    this.settle(lapic);
  }

  send(e: EventOf<'apic.ipi'>): void {
    this.lapics.of(e.cpu).written.wroteIcr(e);
    this.arrive(e);
  }

  /** A message or an IPI goes to the APICs. */
  arrive(e: EventOf<'apic.msg'> | EventOf<'apic.ipi'>): void {
    const { sure, others } = this.targets(e);
    if (!others) {
      if (sure !== undefined) this.take(sure, T, e);
      return;
    }
    this.lapics.forgetOthers();
    const shown = this.lapics.showsDestinations;
    for (const [, lapic] of this.lapics.all()) this.take(lapic, lapic === sure ? T : takesLogical(lapic, e, shown), e);
  }

  /** KVM's INIT, where accepts are not recorded. */
  mayInit({ dm, dst, logical, shorthand }: EventOf<'kvm.ipi'>): void {
    if (dm !== INIT || this.accepts.covered) return;
    const isOne = shorthand === 'none' && logical === 0 && dst < BROADCAST;
    for (const [, lapic] of this.lapics.all()) if (!isOne || lapic.cpu === vcpu(dst)) lapic.awaitInit();
  }

  private take(lapic: Lapic, takes: Tri, e: EventOf<'apic.msg'> | EventOf<'apic.ipi'>): void {
    if (takes === F) return;
    if (e.dm === INIT && !isDeassert(e)) {
      lapic.begin(false);
      lapic.written.awaitStart();
    }
    if (e.dm === STARTUP) lapic.written.start(takes);
    // QEMU sets the request bit of an ExtINT message like any other's.
    if (e.dm === 0 || e.dm === 1 || e.dm === EXTINT) request(lapic, e.vec, { level: e.trig === 'level' ? T : F, sure: takes === T && e.dm !== EXTINT, by: e });
    this.settle(lapic);
  }

  private targets(e: EventOf<'apic.msg'> | EventOf<'apic.ipi'>): Targets {
    if (e.kind === 'apic.ipi') {
      if (e.shorthand === 'self') return { sure: this.lapics.of(e.cpu), others: false };
      if (e.shorthand !== 'none') return { sure: e.shorthand === 'all' ? this.lapics.of(e.cpu) : undefined, others: true };
    }
    // An x2APIC has a broadcast of its own, and numbers that an xAPIC may take for others.
    if (e.dst === undefined || e.dst >= BROADCAST || e.logical !== 0) return { sure: undefined, others: true };
    return { sure: this.lapics.of(vcpu(e.dst)), others: false };
  }

  /** What a local source asks for is known once its entry of the local vector table is; which vCPU it is of is not told. */
  local(e: EventOf<'apic.local'>): void {
    if (e.dm !== 0) return;
    for (const [, lapic] of this.lapics.all()) {
      const vec = lapic.lvt[e.lvt];
      for (let v = 0; v < VECTORS; v++) if (vec === undefined || v === vec) {
        lapic.irr.set(v, U);
        // Only the entries of LINT0 and LINT1 have a trigger mode: other sources are edges.
        lapic.tmr.set(v, e.lvt === LINT0 || e.lvt === LINT1 ? U : join(lapic.tmr.get(v), F));
        lapic.accepts[v] = 2;
        lapic.maybeBy[v] = e;
      }
      this.settle(lapic);
    }
  }

  /** EOI by a recorder that does not tell which vector ended. A level interrupt's is broadcast next. */
  end(lapic: Lapic, e: EventOf<'apic.eoi'>): void {
    this.late(e.cpu, e);
    const ended = endUnseen(lapic, e);
    lapic.latestBy = e;
    if (ended !== undefined && lapic.tmr.get(ended) === T && lapic.suppress === F) {
      this.levelEnds[ended] = e;
      const because = [lapic.acceptBy[ended]].filter((event) => event !== undefined);
      this.ctx.owed.owe({ name: 'lapic.broadcast', key: e.cpu, entity: `vector:${ended}@cpu${e.cpu}`, by: e, because });
    }
    this.settle(lapic);
  }

  /** The EOI of a local APIC reached the IOAPICs. */
  broadcast(e: EventOf<'ioapic.eoi'>): void {
    if (e.cpu === undefined) return;
    this.ctx.owed.clear('lapic.broadcast', e.cpu);
    const lapic = this.lapics.of(e.cpu);
    endedVector(lapic, e.vec, e);
    if (lapic.tmr.get(e.vec) === F) lapic.tmr.set(e.vec, U);
    this.settle(lapic);
  }

  /** A broadcast comes before the vCPU does anything else. */
  private late(cpu: number, proof: Event): void {
    this.ctx.owed.late('lapic.broadcast', cpu, proof);
  }
}
