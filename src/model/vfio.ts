// VFIO's INTx: the handler masks the function and signals its eventfd; the guest's end of interrupt unmasks it, and a function that
// asks still is signalled again. Linux drivers/vfio/pci/vfio_pci_intrs.c (vfio_intx_handler, vfio_pci_intx_unmask_handler).

import type { Event, EventOf } from '../event.js';
import type { Gsi } from '../ids.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import type { Irqfds } from './irqfd.js';
import type { Routes } from './routes.js';
import { F, T, U, type Tri } from './tri.js';

/** Functions remembered. */
const MAX_DEVICES = 4096;
/** The host's controller takes a level that is up, and the handler runs, in less than this many ns. */
const HANDLED_WITHIN = 100_000_000;

export class VfioDevice {
  readonly name: string;
  /** The eventfd that its INTx signals, where the configuration tells. */
  fd: number | undefined;
  gsi: Gsi | undefined;
  /** Masked in the host. */
  masked: Tri = U;
  maskedBy: Event | undefined;
  /** A signal is due: the handler ran, or an unmask looked at the device again. undefined: not known. */
  due: boolean | undefined;
  handledBy: EventOf<'vfio.irq'> | undefined;
  signalBy: EventOf<'efd.signal'> | undefined;
  /** A mask or an unmask has named it. */
  controlled = false;
  /** Its own wire. */
  wire: Tri = U;
  wireBy: Event | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get entity(): string {
    return `dev:${this.name}`;
  }
}

export class Vfio implements Component {
  private readonly ctx: Context;
  private readonly routes: Routes;
  private readonly irqfds: Irqfds;
  private readonly devices = new Map<string, VfioDevice>();
  /** GSI in whose acknowledge a function was unmasked: traces give the function another name there. */
  private readonly unmaskedFor = new Map<string, Gsi>();
  /** GSIs whose acknowledge unmasks before it returns: the resamplefd is VFIO's own. */
  private readonly prompt = new Set<Gsi>();
  /** Latest acknowledge of each thread. */
  private readonly acks = new Map<number, { readonly gsi: Gsi; readonly by: EventOf<'kvm.ack'> }>();
  /** Functions whose handler has run and not signalled yet, by thread. */
  private readonly handling = new Map<number, VfioDevice | undefined>();
  private fromReset = false;

  readonly steps: Steps = {
    'meta.cfg': (e) => {
      if (e.dev !== undefined && e.fd !== undefined) this.of(e.dev).fd = e.fd;
    },
    'vfio.irq': (e) => this.handled(e),
    'vfio.mask': (e) => this.masks(e),
    'vfio.unmask': (e) => this.unmask(e),
    'efd.signal': (e) => this.signal(e),
    'kvm.ack': (e) => this.ack(e),
    'kvm.irqfd.assign': (e) => this.forgetGsi(e.gsi),
    'kvm.irqfd.deassign': (e) => this.forgetGsi(e.gsi),
    'fd.close': (e) => {
      if (e.gsi !== undefined) this.forgetGsi(e.gsi);
      else this.forgetGsis();
    },
    'kvm.routes': () => this.forgetGsis(),
    'intx.assert': (e) => this.drive(e, T),
    'intx.deassert': (e) => this.drive(e, F),
    'pci.reset': (e) => this.resetDevice(e.fn),
  };

  constructor(ctx: Context, routes: Routes, irqfds: Irqfds) {
    this.ctx = ctx;
    this.routes = routes;
    this.irqfds = irqfds;
  }

  all(): Iterable<VfioDevice> {
    return this.devices.values();
  }

  begin(fromReset: boolean): void {
    this.devices.clear();
    this.fromReset = fromReset;
    this.unmaskedFor.clear();
    this.handling.clear();
    this.forgetGsis();
    this.ctx.owed.forgive('vfio.resend');
  }

  /** Which eventfd is whose was told by the configuration and stays. */
  lose(): void {
    const configured = [...this.devices.values()].flatMap(({ name, fd }) => (fd === undefined ? [] : [{ name, fd }]));
    this.begin(false);
    for (const { name, fd } of configured) this.of(name).fd = fd;
  }

  /** A function that has been named before. */
  named(name: string): VfioDevice | undefined {
    return this.devices.get(name);
  }

  /** The function whose INTx signals a descriptor. */
  ofSignal(e: EventOf<'efd.signal'>): VfioDevice | undefined {
    if (e.fd === undefined) return undefined;
    for (const device of this.devices.values()) if (device.fd === e.fd) return device;
    return undefined;
  }

  private of(name: string): VfioDevice {
    const known = this.devices.get(name);
    if (known !== undefined) return known;
    const device = new VfioDevice(name);
    device.due = this.fromReset ? false : undefined;
    if (this.devices.size < MAX_DEVICES) this.devices.set(name, device);
    return device;
  }

  private handled(e: EventOf<'vfio.irq'>): void {
    const device = this.of(e.dev);
    device.handledBy = e;
    device.due = true;
    // On a shared line the handler may find that it was not its own.
    if (device.masked !== T) device.masked = U;
    this.handling.set(e.tid, this.handling.get(e.tid) === undefined || e.tid >= 0 ? device : undefined);
    this.ctx.owed.clear('vfio.unmask', device.name);
    this.ctx.owed.clear('vfio.resend', device.name);
  }

  private mask(device: VfioDevice, by: Event): void {
    device.masked = T;
    device.maskedBy = by;
  }

  /** The handler signals right after it has masked: whose eventfd it is shows by that. */
  private signal(e: EventOf<'efd.signal'>): void {
    const latest = this.handling.get(e.tid);
    this.handling.delete(e.tid);
    // Without threads only what stands next to the handler is its signal.
    const handling = e.tid >= 0 || e.seq - (latest?.handledBy?.seq ?? -Infinity) <= 2 ? latest : undefined;
    const device = this.ofSignal(e) ?? (handling?.fd === undefined || handling.fd === e.fd ? handling : undefined);
    if (device === undefined) return;
    if (device.handledBy !== undefined && device.due === true) this.mask(device, device.maskedBy ?? device.handledBy);
    device.gsi = this.irqfds.gsiOf(e);
    device.due = false;
    device.signalBy = e;
    this.ctx.owed.clear('vfio.resend', device.name);
  }

  private unmask(e: EventOf<'vfio.unmask'>): void {
    const ack = this.acks.get(e.tid);
    if (ack !== undefined && e.tid >= 0) {
      this.prompt.add(ack.gsi);
      this.unmaskedFor.set(e.dev, ack.gsi);
    }
    for (const device of this.meant(e)) this.unmasked(device, e, device.name === e.dev);
  }

  private masks(e: EventOf<'vfio.mask'>): void {
    this.mask(this.of(e.dev), e);
    for (const device of this.meant(e)) if (device.masked === F) device.masked = U;
  }

  /** Which functions a mask or an unmask may mean: by its own name one, but traces may know that one by another name from its handler. */
  private meant(e: EventOf<'vfio.mask'> | EventOf<'vfio.unmask'>): VfioDevice[] {
    const own = this.devices.get(e.dev);
    if (own !== undefined) own.controlled = true;
    if (own?.handledBy !== undefined) return [own];
    const gsi = this.unmaskedFor.get(e.dev);
    const others = [...this.devices.values()].filter((device) => !device.controlled && (gsi === undefined || device.gsi === undefined || device.gsi === gsi));
    return own === undefined ? others : [own, ...others];
  }

  private unmasked(device: VfioDevice, e: EventOf<'vfio.unmask'>, sure: boolean): void {
    this.ctx.owed.clear('vfio.unmask', device.name);
    // A function that asks still stays masked and is signalled again.
    device.masked = sure && device.wire === F ? F : U;
    device.maskedBy = undefined;
    device.due = undefined;
    if (!sure || device.wire !== T) return;
    const because = [device.handledBy, device.signalBy, device.wireBy].filter((event) => event !== undefined);
    this.ctx.owed.owe({ name: 'vfio.resend', key: device.name, entity: device.entity, by: e, because });
  }

  /** The guest has ended the interrupt: whoever asserts the GSI and is masked must be unmasked before the next end. */
  private ack(e: EventOf<'kvm.ack'>): void {
    const gsi = e.gsi ?? (e.chip === 2 ? this.routes.gsiOfPin(e.pin) : undefined);
    if (gsi === undefined) return;
    if (e.tid >= 0) this.acks.set(e.tid, { gsi, by: e });
    for (const device of this.devices.values()) if (device.gsi === gsi && device.masked === T) this.oweUnmask(device, gsi, e);
  }

  private oweUnmask(device: VfioDevice, gsi: Gsi, e: EventOf<'kvm.ack'>): void {
    const { owed } = this.ctx;
    const debt = owed.open('vfio.unmask', device.name);
    // A VMM that unmasks by a call takes its time: only where the kernel does it itself is the next end in the same thread too late.
    if (debt !== undefined) {
      if (e.tid < 0 && debt.by.tid < 0) return owed.late('vfio.unmask', device.name, e);
      if (debt.by.tid === e.tid && this.prompt.has(gsi) && !this.ctx.unordered(debt.by, e)) return owed.late('vfio.unmask', device.name, e);
    }
    const because = [device.handledBy, device.maskedBy, device.signalBy].filter((event) => event !== undefined);
    owed.owe({ name: 'vfio.unmask', key: device.name, entity: device.entity, by: e, because });
  }

  private drive(e: EventOf<'intx.assert'> | EventOf<'intx.deassert'>, level: Tri): void {
    const device = this.of(e.fn);
    device.wire = level;
    device.wireBy = e;
    if (level !== F) return;
    const debt = this.ctx.owed.open('vfio.resend', e.fn);
    if (debt === undefined) return;
    // A wire that falls again at once had nothing to say.
    if (e.ns - debt.by.ns < HANDLED_WITHIN) this.ctx.owed.clear('vfio.resend', e.fn);
    else this.ctx.owed.late('vfio.resend', e.fn, e);
  }

  private resetDevice(name: string): void {
    const device = this.devices.get(name);
    if (device === undefined) return;
    device.masked = device.wire = U;
    device.due = undefined;
    this.ctx.owed.clear('vfio.unmask', name);
    this.ctx.owed.clear('vfio.resend', name);
  }

  /** The GSI may have another irqfd now, or none. */
  private forgetGsi(gsi: Gsi): void {
    this.prompt.delete(gsi);
    for (const device of this.devices.values()) {
      if (device.gsi !== gsi) continue;
      device.gsi = undefined;
      this.ctx.owed.clear('vfio.unmask', device.name);
    }
  }

  private forgetGsis(): void {
    this.prompt.clear();
    this.acks.clear();
    for (const device of this.devices.values()) device.gsi = undefined;
    this.ctx.owed.forgive('vfio.unmask');
  }
}
