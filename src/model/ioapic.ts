// IOAPIC pins: redirection entry, input, Remote IRR. 82093AA; KVM ioapic.c (ioapic_set_irq, ioapic_service, ioapic_write_indirect,
// kvm_ioapic_update_eoi_one), QEMU hw/intc/ioapic.c.

import type { Event, EventOf } from '../event.js';
import { vcpu, type Pin } from '../ids.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { IoapicAcks } from './ioapic-acks.js';
import { forgiveUnseen, oweClear, ownLate } from './ioapic-debts.js';
import { IoapicPin } from './ioapic-pin.js';
import { learnSuppression, putToTest } from './ioapic-suppression.js';
import type { Irqfds } from './irqfd.js';
import type { Lapics } from './lapic.js';
import type { Routes } from './routes.js';
import type { Sources } from './sources.js';
import { F, T, U, and, not, type Tri } from './tri.js';

/** KVM and QEMU put a re-delivery off after this many EOIs in a row with the line still high (IOAPIC_SUCCESSIVE_IRQ_MAX_COUNT). */
const DELAY_AFTER = 10_000;
const CLOCK = 8;

export class Ioapic implements Component {
  private readonly ctx: Context;
  private readonly lapics: Lapics;
  private readonly routes: Routes;
  private readonly sources: Sources;
  private readonly irqfds: Irqfds;
  private readonly pins = new Map<Pin, IoapicPin>();
  private readonly acks: IoapicAcks;
  /** Pins that no event has touched are as a reset leaves them. */
  private entriesReset: EventOf<'vm.reset'> | boolean = false;
  private inputsReset = false;

  readonly steps: Steps = {
    'meta.chan': (e) => forgiveUnseen(this.ctx, e),
    'ioapic.rte': (e) => this.write(e),
    'ioapic.rte.read': (e) => this.read(e),
    'ioapic.dst.read': (e) => this.pin(e.pin).showDst(e, this.ctx.channels.covers('ioapic.rte')),
    'ioapic.in': (e) => this.input(e),
    'ioapic.deliver': (e) => this.deliver(e),
    'ioapic.eoi': (e) => this.broadcast(e, T),
    'ioapic.cleared': (e) => {
      this.pin(e.pin).saysCleared = true;
      this.ctx.owed.clear('ioapic.clear', e.pin);
    },
    'ioapic.delay': (e) => {
      for (const pin of this.pins.values()) if (pin.vec === undefined || pin.vec === e.vec) this.delay(pin);
    },
    'apic.eoi': (e) => this.apicEoi(e),
    'cpu.inject': (e) => this.acks.late(e),
    'kvm.ack': (e) => void (e.chip === 2 && this.acks.settle(e.pin) && this.oweDelivery(this.pin(e.pin), e)),
    'kvm.set_irqchip': (e) => void ((e.chip === undefined || e.chip === 2) && this.lose()),
  };

  constructor(ctx: Context, lapics: Lapics, routes: Routes, sources: Sources, irqfds: Irqfds) {
    this.ctx = ctx;
    this.lapics = lapics;
    this.routes = routes;
    this.sources = sources;
    this.irqfds = irqfds;
    this.acks = new IoapicAcks(ctx, this.pins);
  }

  begin(fromReset: boolean): void {
    this.pins.clear();
    this.inputsReset = this.entriesReset = fromReset;
  }

  /** The chip was reset; its inputs need not be low. */
  restart(by: EventOf<'vm.reset'>): void {
    this.begin(false);
    this.entriesReset = by;
  }

  pin(number: Pin): IoapicPin {
    let pin = this.pins.get(number);
    if (pin === undefined) this.pins.set(number, (pin = new IoapicPin(number, this.entriesReset, this.inputsReset)));
    return pin;
  }

  all(): Iterable<IoapicPin> {
    return this.pins.values();
  }

  lose(): void {
    this.begin(false);
    for (const name of ['ioapic.deliver', 'ioapic.edge', 'ioapic.ack', 'ioapic.clear'] as const) this.ctx.owed.forgive(name);
  }

  /** Would a message to the pin's destination be taken? */
  private destinationTakes(pin: IoapicPin): Tri {
    return pin.dst === undefined || pin.logical !== F || !pin.sendsVector ? U : this.lapics.of(vcpu(pin.dst)).enabled;
  }

  /** A level pin that is high, unmasked and not in service must deliver now. */
  private oweDelivery(pin: IoapicPin, by: Event): void {
    const due = and(and(pin.level, this.requested(pin)), and(not(pin.mask), not(pin.rirr)));
    if (due !== T || !this.sends(pin) || this.ctx.owed.open('ioapic.deliver', pin.number) !== undefined) return;
    const because = [pin.written.by('trig'), pin.written.by('mask'), pin.inputBy, pin.deliverBy, pin.clearedBy].filter((e): e is Event => e !== undefined && e !== by);
    this.ctx.owed.owe({ name: 'ioapic.deliver', key: pin.number, entity: pin.entity, by, because });
  }

  /** Does the chip see a request at the pin? */
  requested(pin: IoapicPin): Tri {
    return this.isQemus ? pin.request : pin.input;
  }

  /** KVM's chip keeps the request of a message that no APIC took; QEMU's sends it all the same. */
  private sends(pin: IoapicPin): boolean {
    return this.isQemus ? this.ctx.channels.covers('ioapic.deliver') : this.destinationTakes(pin) === T && (pin.hasDelivered || this.lapics.of(vcpu(pin.dst ?? 0)).wasSeen);
  }

  /** Remote IRR, unknown where what has cleared it need not show: an EOI (QEMU prints its broadcast, KVM that of the local APIC), or a write that made the pin edge-triggered. */
  inService(pin: IoapicPin): Tri {
    const { channels } = this.ctx;
    return pin.rirr !== T || (channels.covers('ioapic.rte') && channels.covers(this.isQemus ? 'ioapic.eoi' : 'apic.eoi')) ? pin.rirr : U;
  }

  private get isQemus(): boolean {
    return this.ctx.config.chips === 'qemu';
  }

  /** QEMU's chip delivers at every request of an unmasked edge pin, before it does anything else; KVM's where the line `rose`, but for the clock's (rtc_irq_check_coalesced). */
  private oweEdge(pin: IoapicPin, by: EventOf<'ioapic.in'>, rose: boolean): void {
    const isKvms = by.gsi !== undefined && rose && pin.number !== CLOCK && this.ctx.channels.covers('apic.accept');
    if (!(this.isQemus || isKvms) || pin.level !== F || pin.mask !== F || !this.sends(pin)) return;
    this.ctx.owed.owe({ name: 'ioapic.edge', key: pin.number, entity: pin.entity, by, because: pin.rteBy === undefined ? [] : [pin.rteBy] });
  }

  private allLate(e: Event): void {
    if (this.isQemus) ownLate(this.ctx, this.pins.keys(), e);
  }

  private delay(pin: IoapicPin): void {
    pin.delayed = true;
    this.ctx.owed.clear('ioapic.deliver', pin.number);
  }

  /** An entry that reads idle while its delivery is owed shows that there was none. */
  private read(e: EventOf<'ioapic.rte.read'>): void {
    const pin = this.pin(e.pin);
    pin.read(e);
    // What it holds from now on only writes would tell.
    if (!this.ctx.channels.covers('ioapic.rte')) pin.forgetEntry();
    this.allLate(e);
    if (e.rirr !== 0 || this.ctx.owed.open('ioapic.deliver', e.pin) === undefined) return;
    if (pin.cleared === 'eoi') pin.cleared = 'read';
    if (e.mask === 0 && e.trig === 'level') this.deliveryLate(pin, e);
    else this.ctx.owed.clear('ioapic.deliver', e.pin);
  }

  private deliveryLate(pin: IoapicPin, proof: Event): void {
    const debt = this.ctx.owed.open('ioapic.deliver', pin.number);
    if (debt === undefined) return;
    if (this.ctx.unordered(debt.by, proof)) this.ctx.owed.clear('ioapic.deliver', pin.number);
    else this.ctx.owed.late('ioapic.deliver', pin.number, proof);
  }

  /** A line that falls while an EOI is being handled (a resampler lowers it) leaves nothing to deliver again. */
  private fell(pin: IoapicPin, e: Event): void {
    const { kind } = this.ctx.owed.open('ioapic.deliver', pin.number)?.by ?? e;
    if (kind === 'apic.eoi' || kind === 'ioapic.eoi' || kind === 'kvm.ack') this.ctx.owed.clear('ioapic.deliver', pin.number);
    else this.deliveryLate(pin, e);
  }

  private write(e: EventOf<'ioapic.rte'>): void {
    const pin = this.pin(e.pin);
    this.allLate(e);
    this.deliveryLate(pin, e);
    this.ctx.owed.late('ioapic.edge', pin.number, e);
    pin.startWrite(e);
    this.ctx.flights.write(e, () => {
      if (this.pins.get(e.pin) !== pin) return;
      pin.finishWrite(e);
      this.oweAfterWrite(pin, e);
    });
  }

  /** Since Linux 6.4 an unmask asks the resamplers instead of delivering by itself (kvm_notify_irqfd_resampler). */
  private oweAfterWrite(pin: IoapicPin, e: Event): void {
    if (this.isQemus) return this.oweDelivery(pin, e);
    const gsi = this.routes.gsiOfPin(pin.number);
    if (gsi !== undefined && this.irqfds.hasResampler(gsi) === F) this.oweDelivery(pin, e);
  }

  private input(e: EventOf<'ioapic.in'>): void {
    const pin = this.pin(e.pin);
    this.allLate(e);
    this.ctx.owed.late('ioapic.edge', e.pin, e);
    pin.learnEntry(e);
    const gsi = e.gsi ?? this.routes.gsiOfPin(e.pin);
    const level: Tri = e.level ?? (gsi === undefined ? U : this.sources.line(gsi));
    if (level === F) this.fell(pin, e);
    else if (level === U) this.ctx.owed.clear('ioapic.deliver', pin.number);
    const rose = pin.input === F;
    pin.drive(level, e);
    if (e.level !== 1) return;
    this.oweDelivery(pin, e);
    this.oweEdge(pin, e, rose);
  }

  private deliver(e: EventOf<'ioapic.deliver'>): void {
    const pin = this.pin(e.pin);
    this.ctx.owed.clear('ioapic.deliver', pin.number);
    this.ctx.owed.clear('ioapic.edge', pin.number);
    if (pin.eoiSinceDelivery && pin.input === T) pin.cycles++;
    else pin.cycles = 0;
    // An accept is traced before the APIC looks whether it is enabled: without more the message may have been dropped.
    const taken = e.sure !== 0 || this.destinationTakes(pin) === T;
    if (taken) learnSuppression(this.ctx, this.lapics, pin, e);
    pin.deliver(e, taken);
    if (pin.level === T && pin.dst !== undefined && pin.logical === F && taken && pin.sendsVector) this.lapics.delivered(pin.dst, e);
  }

  /** The EOI of a level interrupt is broadcast to the IOAPICs, unless suppressed; by vector, whatever pin it came from. */
  private apicEoi(e: EventOf<'apic.eoi'>): void {
    this.acks.late(e);
    const { vec } = e;
    // Who does not tell the vector prints the broadcast.
    if (vec === undefined || vec < 0) return;
    const lapic = this.lapics.of(e.cpu);
    const broadcast = and(lapic.tmr.get(vec), not(lapic.suppress));
    if (lapic.suppress === T) for (const pin of this.pins.values()) if (pin.vec === vec && pin.rirr !== F) pin.suppressedBy = e;
    if (lapic.suppress === U && lapic.tmr.get(vec) === T) putToTest(this.pins.values(), e);
    if (broadcast === T && this.ctx.channels.covers('kvm.ack')) this.acks.owe(e, lapic.acceptBy[vec]);
    this.broadcast(e, broadcast);
  }

  private broadcast(e: EventOf<'apic.eoi'> | EventOf<'ioapic.eoi'>, reaches: Tri): void {
    if (reaches === F) return;
    if (e.kind === 'ioapic.eoi') this.allLate(e);
    for (const pin of this.pins.values()) {
      if (pin.vec !== undefined && pin.vec !== e.vec) continue;
      if (e.kind === 'ioapic.eoi') {
        this.acks.settle(pin.number);
        pin.testedBy = undefined;
        if (this.inService(pin) === T) oweClear(this.ctx, pin, e);
      }
      if (pin.startEoi(e, reaches) !== T) continue;
      this.ctx.flights.eoi(e, () => {
        if (this.pins.get(pin.number) !== pin) return;
        pin.finishEoi(e);
        // By the acknowledge before it KVM's re-delivery is told from other accepts.
        if (e.kind === 'apic.eoi' && pin.input !== F && !this.ctx.channels.covers('kvm.ack')) pin.rirr = U;
        // An EOI that never reached the pin is a defect of its own: what follows from it is not counted again.
        if (!pin.delayed && pin.cycles < DELAY_AFTER - 1 && this.ctx.owed.open('ioapic.ack', pin.number) === undefined) this.oweDelivery(pin, e);
      });
    }
  }
}
