// The reference machine: owns the components and routes every event to those it changes. Nothing else changes state.

import type { Event, EventOf } from '../event.js';
import type { Kind } from '../kinds.js';
import { Assigned } from './assigned.js';
import { AcceptCauses } from './accept-causes.js';
import { Requests } from './apic-requests.js';
import { AutoEois } from './auto-eois.js';
import type { Component, Step, Steps } from './component.js';
import { Context } from './context.js';
import { Eoifds } from './eoifd.js';
import { ExtSilence } from './ext-silence.js';
import { Forwarding } from './forwarding.js';
import { Gic } from './gic.js';
import { GicInterfaces } from './gic-interfaces.js';
import { Intx } from './intx.js';
import { Ioapic } from './ioapic.js';
import { Irqfds } from './irqfd.js';
import { Ipis } from './ipis.js';
import { KernelMasks } from './kmask.js';
import { Lapics } from './lapic.js';
import { Inits } from './lapic-inits.js';
import { Msi } from './msi.js';
import { MsixFunctions } from './msix.js';
import { Passages } from './passages.js';
import { Pic } from './pic.js';
import { ResetBits } from './reset-bits.js';
import { Restarts } from './restarts.js';
import { Retakes } from './retakes.js';
import { PicRequests } from './pic-requests.js';
import { RouteEdits } from './route-edits.js';
import { Routes } from './routes.js';
import { Sources } from './sources.js';
import { Takers } from './takers.js';
import { Virtio } from './virtio.js';
import { Vfio } from './vfio.js';
import { Vgic } from './vgic.js';

export class Machine {
  readonly ctx = new Context();
  readonly pic = new Pic(this.ctx);
  private readonly picRequests = new PicRequests(this.ctx, this.pic);
  private readonly extSilence = new ExtSilence(this.ctx);
  private readonly autoEois = new AutoEois(this.ctx);
  readonly lapics = new Lapics(this.ctx, this.pic, this.extSilence, this.autoEois);
  readonly causes = new AcceptCauses();
  readonly ipis = new Ipis(this.ctx);
  readonly retakes = new Retakes();
  readonly requests = new Requests(this.ctx, this.lapics);
  readonly inits = new Inits();
  readonly routes = new Routes(this.ctx);
  readonly passages = new Passages(this.ctx, this.routes);
  readonly sources = new Sources(this.ctx, this.routes);
  readonly irqfds = new Irqfds(this.ctx, this.routes, this.sources);
  readonly ioapic = new Ioapic(this.ctx, this.lapics, this.routes, this.sources, this.irqfds);
  private readonly restarts = new Restarts(this.ctx, this.lapics, this.ioapic);
  readonly takers = new Takers(this.ctx, this.ioapic);
  readonly msix = new MsixFunctions(this.ctx, this.routes, this.irqfds);
  readonly assigned = new Assigned(this.ctx, this.msix);
  readonly routeEdits = new RouteEdits(this.ctx);
  readonly intx = new Intx(this.ctx);
  readonly virtio = new Virtio(this.ctx, this.msix);
  readonly msi = new Msi(this.ctx);
  readonly resetBits = new ResetBits(this.ctx);
  readonly eoifds = new Eoifds(this.ctx, this.routes, this.sources, this.irqfds);
  readonly kmasks = new KernelMasks(this.ctx, this.irqfds);
  readonly gic = new Gic(this.ctx, 'gic');
  readonly pgic = new Gic(this.ctx, 'pgic');
  readonly interfaces = new GicInterfaces();
  readonly forwarding = new Forwarding(this.ctx);
  readonly vgic = new Vgic(this.ctx, this.pgic, this.forwarding);
  readonly vfio = new Vfio(this.ctx, this.routes, this.irqfds);

  private readonly components: Readonly<Record<string, Component>> = {
    intx: this.intx,
    msix: this.msix,
    assigned: this.assigned,
    routeEdits: this.routeEdits,
    virtio: this.virtio,
    msi: this.msi,
    resetBits: this.resetBits,
    eoifd: this.eoifds,
    kmask: this.kmasks,
    routes: this.routes,
    passages: this.passages,
    sources: this.sources,
    irqfd: this.irqfds,
    restarts: this.restarts,
    ioapic: this.ioapic,
    lapic: this.lapics,
    causes: this.causes,
    ipis: this.ipis,
    retakes: this.retakes,
    takers: this.takers,
    takes: this.lapics.takes,
    requests: this.requests,
    inits: this.inits,
    pic: this.pic,
    extSilence: this.extSilence,
    autoEois: this.autoEois,
    picRequests: this.picRequests,
    gic: this.gic,
    pgic: this.pgic,
    interfaces: this.interfaces,
    forwarding: this.forwarding,
    vgic: this.vgic,
    vfio: this.vfio,
  };

  private readonly steps: Steps = {
    'meta.start': (e) => this.start(e),
    'meta.chan': (e) => this.ctx.declare(e),
    'meta.cfg': (e) => {
      // What was written before may not have reached its register.
      if (e.gicViews === 1 && this.ctx.config.gicViews !== 1) [this.gic, this.pgic].forEach((gic) => gic.load());
      this.ctx.configure(e);
      this.msix.configure(e);
    },
    'meta.lost': (e) => Object.values(this.components).forEach((component) => component.lose(e)),
    // The recording says that nothing more was to come: whatever is still owed never came.
    'meta.end': (e) => this.ctx.owed.allLate(e),
    'gic.physical': () => {
      this.pgic.takeOver(this.gic);
      this.ctx.channels.handOverGic();
      this.vgic.begin(false);
    },
    'vm.reset': (e) => this.reset(e),
    'vm.restore': () => this.begin(false),
    'vm.close': () => this.begin(false),
  };

  constructor() {
    this.begin(false);
  }

  /** What to do at events of a kind; undefined if they change nothing. Read once per kind by the loop. */
  stepOf(kind: Kind): Step<Event> | undefined {
    const own: Step<Event> | undefined = this.steps[kind];
    const parts = [this.restarts, this.virtio, this.kmasks, this.eoifds, this.pic, this.picRequests, this.extSilence, this.autoEois, this.requests, this.lapics.takes, this.lapics, this.causes, this.inits, this.ipis, this.retakes, this.routes, this.passages, this.sources, this.irqfds, this.ioapic, this.takers, this.assigned, this.routeEdits, this.msix, this.intx, this.msi, this.resetBits, this.gic, this.pgic, this.interfaces, this.forwarding, this.vgic, this.vfio]
      .map((component): Step<Event> | undefined => component.steps[kind])
      .filter((step) => step !== undefined);
    const [first, second, ...rest] = own === undefined ? parts : [own, ...parts];
    if (second === undefined) return first;
    if (first === undefined) return undefined;
    return (event) => {
      first(event);
      second(event);
      for (const step of rest) step(event);
    };
  }

  private start(event: EventOf<'meta.start'>): void {
    const except = (event.except ?? '').split(',').map((name) => name.trim());
    this.begin(event.state === 'reset', new Set(except));
  }

  /** Components named in `except` start unknown where the rest is reset. */
  private begin(fromReset: boolean, except: ReadonlySet<string> = new Set()): void {
    this.ctx.owed.forgiveAll();
    this.ctx.flights.clear();
    for (const [name, component] of Object.entries(this.components)) component.begin(fromReset && !except.has(name), fromReset);
  }

  /** Machine reset: the hardware returns to its reset state; what KVM's ioctls set up (routes, irqfds, source ids) stays. */
  private reset(e: EventOf<'vm.reset'>): void {
    const { state, sure } = e;
    this.ctx.owed.forgiveAll();
    for (const part of [this.pic, this.extSilence, this.autoEois, this.lapics, this.causes, this.ipis, this.requests, this.inits, this.restarts, this.retakes, this.takers, this.ioapic, this.gic, this.vgic]) part.begin(state !== 'unknown');
    if (state === 'unknown') this.pgic.begin(false);
    else for (const part of [this.msix, this.intx, this.virtio, this.msi, this.resetBits]) part.begin(true);
    this.interfaces.reset();
    if (sure?.split(',').includes('ioapic') === true) this.ioapic.restart(e);
  }
}
