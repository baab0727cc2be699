// irqfds: which eventfd is bound to which GSI. KVM virt/kvm/eventfd.c (kvm_irqfd_assign, kvm_irqfd_deassign, irqfd_shutdown), uapi/linux/kvm.h.

import type { EventOf } from '../event.js';
import type { Gsi } from '../ids.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { Descriptors, type Binding, type Eventfd } from './eventfds.js';
import { IrqfdPulses } from './irqfd-pulses.js';
import { IrqfdSignals } from './irqfd-signals.js';
import { IrqfdTable, type Departure, type Removal } from './irqfd-table.js';
import { Resamplers } from './resampler.js';
import type { Routes } from './routes.js';
import type { Sources } from './sources.js';
import { F, T, U, type Tri } from './tri.js';

/** KVM_IRQFD_FLAG_RESAMPLE. */
const RESAMPLE = 2;
/** A resamplefd that the recorder does not name. */
const UNNAMED = -1;
/** What the ledger rests on. */
const LEDGER_KINDS = ['kvm.irqfd.assign', 'kvm.irqfd.deassign', 'fd.open', 'fd.dup', 'fd.close'] as const;

export class Irqfds implements Component {
  readonly signals: IrqfdSignals;
  readonly pulses: IrqfdPulses;
  readonly resamplers: Resamplers;
  private readonly ctx: Context;
  private readonly assigns: Channel;
  private readonly deassigns: Channel;
  private readonly closes: Channel;
  private readonly dups: Channel;
  private readonly descriptors = new Descriptors();
  private readonly table = new IrqfdTable();
  private fromReset = false;

  readonly steps: Steps = {
    'kvm.irqfd.assign': (e) => {
      this.resamplers.rebound(e.gsi);
      this.assign(e);
    },
    'kvm.irqfd.deassign': (e) => {
      this.resamplers.rebound(e.gsi);
      this.deassign(e);
    },
    'fd.open': (e) => {
      this.closeNumber(e.fd, undefined);
      this.descriptors.open(e);
    },
    'fd.dup': (e) => {
      if (e.ret < 0 || e.ret === e.fd) return;
      this.closeNumber(e.ret, e);
      this.descriptors.dup(e);
    },
    'fd.close': (e) => {
      if (e.fd !== undefined) this.closeNumber(e.fd, e);
      // Where closes are told by descriptor this is one of them once more.
      else if (e.gsi !== undefined && !this.identified) this.closeOneOf(e.gsi, e);
    },
    'efd.signal': (e) => this.signal(e),
    'efd.read': (e) => this.signals.read(this.eventfdOf(e.fd)),
    'kvm.set_irq': (e) => {
      this.signals.wentOn(e);
      this.pulses.setIrq(e, e.level !== 0 && this.hasResampler(e.gsi) === F);
      if (e.level !== 0) this.signals.injected(e);
      else this.resamplers.lowered(e);
    },
    'kvm.msi': (e) => {
      this.signals.wentOn(e);
      this.signals.message(e);
    },
    'kvm.routes': () => {
      this.signals.rerouted();
      this.pulses.forgetAll();
      this.resamplers.rerouted();
    },
    'kvm.ack': (e) => {
      this.signals.wentOn(e);
      this.resamplers.ack(e);
    },
    'kvm.resample': (e) => this.resamplers.notified(e),
  };

  constructor(ctx: Context, routes: Routes, sources: Sources) {
    this.ctx = ctx;
    this.assigns = ctx.channels.of('kvm.irqfd.assign');
    this.deassigns = ctx.channels.of('kvm.irqfd.deassign');
    this.closes = ctx.channels.of('fd.close');
    this.dups = ctx.channels.of('fd.dup');
    this.pulses = new IrqfdPulses(ctx);
    this.signals = new IrqfdSignals(ctx, routes, this);
    this.resamplers = new Resamplers(ctx, routes, sources, this);
  }

  /** A new VM has no irqfds; eventfds and descriptors belong to the process and stay. */
  begin(fromReset: boolean): void {
    this.table.clear();
    this.fromReset = fromReset;
    this.signals.forgive();
    this.pulses.begin(fromReset);
    this.resamplers.begin();
  }

  lose(event: EventOf<'meta.lost'>): void {
    if (!LEDGER_KINDS.every((kind) => this.ctx.channels.survivesLossOf(event.stream, kind))) {
      this.descriptors.clear();
      this.begin(false);
    }
    if (!this.ctx.channels.survivesLossOf(event.stream, 'efd.read')) this.descriptors.forgetCounters();
    if (!this.ctx.channels.survivesLossOf(event.stream, 'kvm.set_irq')) this.pulses.begin(false);
    this.pulses.forgetAll();
    this.signals.forgive();
    this.resamplers.begin();
  }

  /** irqfds known to be bound, to any GSI. */
  bindings(): readonly Binding[] {
    return this.table.all();
  }

  /** irqfds known to be bound to a GSI. */
  bindingsOf(gsi: Gsi): readonly Binding[] {
    return this.table.of(gsi);
  }

  bindingOfFd(fd: number): Binding | undefined {
    return this.descriptors.named(fd)?.binding;
  }

  /** The GSI of a signalled irqfd; undefined where no binding of the eventfd is known. A signal told by its GSI is one that KVM saw. */
  gsiOf(e: EventOf<'efd.signal'>): Gsi | undefined {
    return (e.fd === undefined ? undefined : this.bindingOfFd(e.fd)?.gsi) ?? e.gsi;
  }

  eventfdOf(fd: number): Eventfd {
    return this.descriptors.of(fd);
  }

  /** True if what is not in the ledger is not bound. */
  get complete(): boolean {
    return this.fromReset && this.assigns.declared && this.table.allCertain;
  }

  /** True if the recording shows what every descriptor names, and how every irqfd ends. */
  get identified(): boolean {
    return this.closes.declared && this.dups.declared && this.deassigns.declared;
  }

  /** Is a resample irqfd bound to the GSI? */
  hasResampler(gsi: Gsi): Tri {
    return this.isBound(gsi, (binding) => binding.resample !== undefined);
  }

  /** Is any irqfd bound to the GSI? */
  hasIrqfd(gsi: Gsi): Tri {
    return this.isBound(gsi, () => true);
  }

  /** How the latest irqfd of a sort left the GSI. */
  removal(gsi: Gsi, sort: 'plain' | 'resample'): Removal | undefined {
    return this.table.removal(gsi, sort);
  }

  private isBound(gsi: Gsi, asked: (binding: Binding) => boolean): Tri {
    if (this.table.of(gsi).some(asked)) return this.identified ? T : U;
    return this.fromReset && this.assigns.declared && this.table.isCertain(gsi) ? F : U;
  }

  private signal(e: EventOf<'efd.signal'>): void {
    const gsi = this.gsiOf(e);
    if (gsi !== undefined) this.pulses.signal(gsi, e);
    this.signals.signal(e, gsi);
  }

  /** What contradicts the ledger makes it uncertain, and is adopted. */
  private assign(e: EventOf<'kvm.irqfd.assign'>): void {
    if (e.ret !== 0) return;
    const eventfd = this.eventfdOf(e.fd);
    if (eventfd.binding !== undefined) this.doubt(eventfd.binding);
    const resample = (e.flags & RESAMPLE) === 0 ? undefined : (e.resample ?? UNNAMED);
    const binding = { fd: e.fd, gsi: e.gsi, resample, by: e, eventfd };
    this.table.add(binding);
    this.signals.assigned(binding);
  }

  /** Returns 0 for a pair that is not bound, too: then it only waits for the queue of clean-ups. */
  private deassign(e: EventOf<'kvm.irqfd.deassign'>): void {
    if (e.ret !== 0) return;
    this.table.flush(e.tid);
    const eventfd = this.descriptors.named(e.fd);
    for (const binding of this.table.of(e.gsi)) {
      if (binding.eventfd !== eventfd) {
        if (!this.areDistinct(binding.eventfd, eventfd)) this.doubt(binding);
      } else if (this.identified) {
        this.signals.flushed(binding, e);
        this.remove(binding, 'gone', e);
      } else this.remove(binding, 'unsure', e);
    }
  }

  /** Surely two eventfds? Descriptors from before the recording may name one. */
  private areDistinct(a: Eventfd, b: Eventfd | undefined): boolean {
    return this.identified && (this.fromReset || a.isNew || b?.isNew === true);
  }

  /** `by` is undefined where a number that was in use is opened: its close was not recorded. */
  private closeNumber(fd: number, by: Removal['by'] | undefined): void {
    const eventfd = this.descriptors.close(fd);
    if (eventfd?.binding === undefined) return;
    this.remove(eventfd.binding, by !== undefined && this.identified ? 'leaving' : 'unsure', by);
  }

  /** One irqfd of the GSI saw its eventfd's last reference go; which one is not told. */
  private closeOneOf(gsi: Gsi, e: EventOf<'fd.close'>): void {
    const [only, ...others] = this.table.of(gsi);
    if (only === undefined) return;
    if (others.length === 0) this.remove(only, this.complete ? 'leaving' : 'unsure', e);
    else for (const binding of [only, ...others]) this.doubt(binding);
  }

  private doubt(binding: Binding): void {
    this.remove(binding, 'unsure', undefined);
  }

  private remove(binding: Binding, departure: Departure, by: Removal['by'] | undefined): void {
    this.signals.gone(binding);
    this.pulses.forget(binding.gsi);
    // eventfd_ctx_remove_wait_queue (irqfd_shutdown) reads the counter: nothing is left for the next irqfd.
    binding.eventfd.raised = undefined;
    this.table.remove(binding, departure, by);
    this.resamplers.gone(binding);
  }
}
