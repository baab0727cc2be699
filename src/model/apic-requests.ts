// How many local APICs take what was just sent to them, where the recorder tells each one that does but not which (QEMU). Under its lock
// nothing of an APIC's lies between the sender and those that take it. Intel SDM vol. 3, interrupt command register, logical destination mode,
// message address; QEMU hw/intc/apic.c (apic_get_delivery_bitmask, apic_bus_deliver, apic_local_deliver, apic_set_irq).

import type { Event, EventOf } from '../event.js';
import { vcpu, type Vcpu } from '../ids.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { BROADCAST, EXTINT, FIXED, INIT, LOWEST_PRIORITY, STARTUP, isVectored } from './delivery.js';
import type { Lapic } from './lapic-cpu.js';
import type { Lapics } from './lapic.js';
import { F, T, U, type Tri } from './tri.js';

const TIMER = 0;
const ANY = Number.POSITIVE_INFINITY;

type Sender = EventOf<'apic.msg'> | EventOf<'apic.ipi'> | EventOf<'apic.local'>;

/** How many must take it, and how many may. */
interface Bounds {
  readonly least: number;
  readonly most: number;
}

const NONE: Bounds = { least: 0, most: 0 };
const ANYONE: Bounds = { least: 0, most: ANY };
const ONE: Bounds = { least: 1, most: 1 };

/** What was sent last, while those that take it may follow. */
interface Delivery extends Bounds {
  readonly by: Sender;
  /** How many have taken it. */
  taken: number;
  /** The only APIC that may take it, if it is known which, and whether the vector was requested there before. */
  readonly target: Lapic | undefined;
  readonly was: Tri;
  /** What makes the sources of a local interrupt ask for none. */
  readonly because: readonly (Event | undefined)[];
}

export class Requests implements Component {
  private readonly ctx: Context;
  private readonly lapics: Lapics;
  private readonly channel: Channel;
  private readonly senders: readonly Channel[];
  /** Latest register access by each vCPU itself. */
  private readonly shown = new Map<Vcpu, Event>();
  /** APICs that have not accessed a register of their own have no logical destination, or are none. */
  private areOthersPlain = false;
  /** The vCPU that has sent INIT to all others. */
  private initBy: Vcpu | undefined;
  delivery: Delivery | undefined;

  readonly steps: Steps = {
    'apic.msg': (e) => this.send(e),
    'apic.ipi': (e) => {
      this.shown.set(e.cpu, e);
      this.send(e);
      this.initialise(e);
    },
    'apic.local': (e) => this.send(e),
    'apic.request': () => this.count(),
    'apic.read': (e) => this.access(e),
    'apic.eoi': (e) => this.access(e),
    'apic.tpr': (e) => this.access(e),
    'apic.svr': (e) => this.access(e),
    'apic.lvt': (e) => this.access(e),
    'apic.dest': (e) => this.access(e),
    'apic.timer': (e) => this.access(e),
    'ioapic.in': (e) => this.close(e),
    'pic.in': (e) => this.close(e),
  };

  constructor(ctx: Context, lapics: Lapics) {
    this.ctx = ctx;
    this.lapics = lapics;
    this.channel = ctx.channels.of('apic.request');
    this.senders = (['apic.msg', 'apic.ipi', 'apic.local'] as const).map((kind) => ctx.channels.of(kind));
  }

  begin(): void {
    this.delivery = undefined;
    this.ctx.owed.forgive('lapic.request');
    this.shown.clear();
    this.areOthersPlain = false;
    this.initBy = undefined;
  }

  /** What was lost may be an APIC that showed itself. */
  lose(): void {
    this.begin();
  }

  /** Does the recording show every sender, so that what is taken is what was sent last? */
  get showsSenders(): boolean {
    return this.senders.every((channel) => channel.covered);
  }

  private access(e: EventOf<'apic.read' | 'apic.eoi' | 'apic.tpr' | 'apic.svr' | 'apic.lvt' | 'apic.dest' | 'apic.timer'>): void {
    this.shown.set(e.cpu, e);
    this.close(e);
  }

  private send(by: Sender): void {
    this.close(by);
    const { least, most } = this.bounds(by);
    const cpu = by.kind === 'apic.local' ? undefined : this.soleTarget(by);
    const target = cpu === undefined ? undefined : this.lapics.of(cpu);
    const was = target === undefined || by.kind === 'apic.local' ? U : this.requested(target, by);
    const because = by.kind === 'apic.local' && most === 0 ? this.sources().flatMap(({ written }) => written.sourceBy(by.lvt)) : [];
    this.delivery = { by, least, most, taken: 0, target, was, because };
    if (least > 0 && this.channel.hasShown(by.stream)) this.ctx.owed.owe({ name: 'lapic.request', key: by.stream, entity: entityOf(by), by, because: [] });
  }

  private bounds(by: Sender): Bounds {
    if (by.kind === 'apic.local') return this.local(by);
    if (!isVectored(by.dm)) return by.dm === EXTINT ? ANYONE : NONE;
    const { least, most } = by.kind === 'apic.ipi' && by.shorthand !== 'none' ? this.shorthand(by) : this.message(by);
    return by.dm === LOWEST_PRIORITY ? { least: Math.min(least, 1), most: Math.min(most, 1) } : { least, most };
  }

  /** Nobody but the APIC itself takes a request, and only a reset clears all. */
  private requested(target: Lapic, by: EventOf<'apic.msg'> | EventOf<'apic.ipi'>): Tri {
    const { latestBy } = target;
    const isComparable = latestBy !== undefined && !this.ctx.unordered(latestBy, by) && this.ctx.recent(latestBy, by);
    return isComparable ? target.irr.get(by.vec) : U;
  }

  private count(): void {
    const { delivery } = this;
    if (delivery === undefined) return;
    delivery.taken++;
    if (delivery.taken >= delivery.least) this.ctx.owed.clear('lapic.request', delivery.by.stream);
  }

  /** Something else happens to an APIC: all that take it have. */
  private close(e: Event): void {
    const { delivery } = this;
    if (delivery === undefined || delivery.by.stream !== e.stream) return;
    this.delivery = undefined;
    this.census(delivery);
    this.ctx.owed.late('lapic.request', e.stream, e);
  }

  /** Those that take a broadcast are all that there are. One that is plugged in later has no logical destination until it shows. */
  private census({ by, taken }: Delivery): void {
    if (by.kind !== 'apic.ipi' || by.dm !== FIXED || !this.showsSenders) return;
    if (by.shorthand === 'all' && taken === this.shown.size) this.areOthersPlain = true;
    if (by.shorthand === 'others' && taken === this.shown.size - 1) this.areOthersPlain = true;
  }

  /** INIT resets an APIC; the start-up IPI comes when that is done. */
  private initialise({ cpu, dm, shorthand, trig }: EventOf<'apic.ipi'>): void {
    if (shorthand !== 'others') return;
    if (dm === INIT && trig === 'edge') this.initBy = cpu;
    if (dm === STARTUP && this.initBy === cpu) this.areOthersPlain = true;
  }

  /** The only APIC that may take it, if it is known which. */
  private soleTarget(e: EventOf<'apic.msg'> | EventOf<'apic.ipi'>): Vcpu | undefined {
    if (!isVectored(e.dm)) return undefined;
    if (e.kind === 'apic.ipi' && e.shorthand === 'self') return e.cpu;
    if (e.kind === 'apic.ipi' && e.shorthand !== 'none') return undefined;
    return e.logical === 0 && e.dst !== undefined && e.dst < BROADCAST ? vcpu(e.dst) : undefined;
  }

  private shorthand(e: EventOf<'apic.ipi'>): Bounds {
    const own = this.lapics.of(e.cpu).enabled === T ? 1 : 0;
    if (e.shorthand === 'self') return { least: own, most: 1 };
    const others = this.hearing(e, e.cpu);
    return { least: e.shorthand === 'others' ? others : own + others, most: ANY };
  }

  /** Those that surely hear a broadcast, but for one. APICs in x2APIC mode, which have other logical destinations, and others do not hear each other's. */
  private hearing(e: Event, but: Vcpu | undefined): number {
    if (!this.lapics.showsDestinations) return 0;
    let count = 0;
    for (const cpu of this.shown.keys()) if (cpu !== but && this.isThere(cpu, e)) count++;
    return count;
  }

  private message(e: EventOf<'apic.msg'> | EventOf<'apic.ipi'>): Bounds {
    const { dst } = e;
    if (dst === BROADCAST && e.logical === 0) return { least: this.hearing(e, undefined), most: ANY };
    if (dst === undefined || dst >= BROADCAST || e.logical === undefined) return ANYONE;
    return e.logical === 0 ? this.physical(vcpu(dst), e) : this.logical(dst, e);
  }

  private physical(dst: Vcpu, e: Event): Bounds {
    return this.isThere(dst, e) ? ONE : { least: 0, most: 1 };
  }

  private logical(dst: number, e: Event): Bounds {
    if (!this.lapics.showsDestinations) return ANYONE;
    let least = 0;
    let most = 0;
    for (const [cpu, lapic] of this.lapics.all()) {
      const addressed = lapic.isAddressed(dst, true);
      if (addressed === T && this.isThere(cpu, e)) least++;
      if (addressed !== F) most++;
    }
    return { least, most: this.areOthersPlain ? most : ANY };
  }

  /** Whose source it is is not told. A timer that is masked does not run (QEMU apic_next_timer). */
  private local(e: EventOf<'apic.local'>): Bounds {
    const { lvt, dm } = e;
    if (dm !== FIXED) return NONE;
    const asking = this.sources().filter(({ written }) => written.asks(lvt) !== F);
    const least = lvt === TIMER && asking.some(({ written }) => written.asks(lvt) === T) ? 1 : 0;
    const isWhole = this.areOthersPlain && this.ctx.channels.covers('apic.lvt') && (lvt !== TIMER || this.ctx.channels.covers('apic.timer'));
    if (lvt === TIMER && isWhole && asking.length === 1) asking[0]?.written.fires(e);
    return { least, most: isWhole && asking.length === 0 ? 0 : 1 };
  }

  /** APICs that have accessed registers of their own: all entries of the others are masked. */
  private sources(): Lapic[] {
    return [...this.shown.keys()].map((cpu) => this.lapics.of(cpu));
  }

  /** Is there surely such an APIC still, and enabled? */
  private isThere(cpu: Vcpu, e: Event): boolean {
    const shown = this.shown.get(cpu);
    return shown !== undefined && this.lapics.of(cpu).enabled === T && this.ctx.recent(shown, e);
  }
}

/** What was sent, as findings name it. */
export function entityOf(e: Sender): string {
  if (e.kind === 'apic.local') return `lvt:${e.lvt}`;
  if (e.kind === 'apic.ipi' && e.shorthand !== 'none') return `ipi:${e.shorthand}@cpu${e.cpu}`;
  return `${e.kind === 'apic.ipi' ? 'ipi' : 'message'}:${e.dst}`;
}

/** What was sent, in words. */
export function sentBy(e: Sender): string {
  if (e.kind === 'apic.local') return `interrupt of entry ${e.lvt} of a local vector table, of delivery mode ${e.dm}`;
  const thing = `${e.kind === 'apic.msg' ? 'message' : `IPI of CPU ${e.cpu}`} with vector ${e.vec} and delivery mode ${e.dm}`;
  if (e.kind === 'apic.ipi' && e.shorthand !== 'none') return `${thing} to ${{ self: 'itself', all: 'all', others: 'all others' }[e.shorthand]}`;
  return `${thing} to ${e.logical === 1 ? 'logical' : 'physical'} destination ${e.dst}`;
}
