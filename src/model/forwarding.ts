// Forwarded interrupts: which physical INTID stands behind a virtual one, and what the guest has let go of. Linux
// kvm_vgic_map_phys_irq; Arm IHI 0069, ICH_LR<n>_EL2.HW: the guest's deactivation deactivates the physical interrupt.

import type { Event, EventOf } from '../event.js';
import type { Intid, Vcpu } from '../ids.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { FIRST_SPI } from './intids.js';
import { F, T, U, type Tri } from './tri.js';
import { interruptKey, isKeyOf } from './vgic-interrupts.js';

type MapEvent = EventOf<'vgic.map'>;

const activationKey = (stream: number, pid: Intid): number => 2 * stream + (pid < FIRST_SPI ? 0 : 1);

export class Forwarding implements Component {
  private readonly ctx: Context;
  private readonly maps = new Map<number, MapEvent>();
  /** By the physical INTID that VFIO forwards. */
  private readonly devices = new Map<string, EventOf<'vfio.fwd'>>();
  /** Deactivated by the guest, and not activated since. */
  private readonly released = new Map<number, Event>();
  /** Streams that have shown writes of the active state, of SPIs and of the others. */
  private readonly activations = new Set<number>();
  /** The same of what was the only GIC so far. */
  private readonly early = new Set<number>();
  /** What touched a forwarded interrupt's active state last, on any CPU. */
  private readonly latest = new Map<Intid, EventOf<'pgic.iar'> | EventOf<'pgic.act'>>();
  private fromReset = false;

  readonly steps: Steps = {
    'vgic.map': (e) => void this.maps.set(interruptKey(e.vid, e.cpu), e),
    'vgic.unmap': (e) => void this.maps.delete(interruptKey(e.vid, e.cpu)),
    'vfio.fwd': (e) => void this.devices.set(e.dev, e),
    'pgic.iar': (e) => {
      this.released.delete(interruptKey(e.id, e.cpu));
      if (this.forwardedBy(e.id) !== undefined) this.latest.set(e.id, e);
    },
    'pgic.act': (e) => this.activated(e),
    'gic.act': (e) => void this.early.add(activationKey(e.stream, e.id)),
    'gic.physical': ({ stream }) => this.takeOver(stream),
  };

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  begin(fromReset: boolean): void {
    this.maps.clear();
    this.devices.clear();
    this.released.clear();
    this.activations.clear();
    this.early.clear();
    this.latest.clear();
    this.fromReset = fromReset;
  }

  lose(): void {
    this.begin(false);
  }

  /** The map of a virtual interrupt, for one vCPU or for all. */
  mapOf(vid: Intid, cpu: Vcpu | undefined): MapEvent | undefined {
    return this.maps.get(interruptKey(vid, cpu)) ?? this.maps.get(interruptKey(vid, undefined));
  }

  /** Is the virtual interrupt known to have no map? */
  isUnmapped(vid: Intid, cpu: Vcpu | undefined): Tri {
    if (this.mapOf(vid, cpu) !== undefined) return F;
    return this.fromReset && this.ctx.channels.of('vgic.map').declared ? T : U;
  }

  /** The maps to a physical interrupt. */
  mapsTo(pid: Intid): MapEvent[] {
    return [...this.maps.values()].filter((map) => map.pid === pid);
  }

  /** What made a physical interrupt a forwarded one; undefined if none is known. */
  forwardedBy(pid: Intid): Event | undefined {
    return this.mapsTo(pid)[0] ?? [...this.devices.values()].find((device) => device.pid === pid && device.val === 1);
  }

  /** The latest word about a device's forwarding. */
  deviceOf(dev: string): EventOf<'vfio.fwd'> | undefined {
    return this.devices.get(dev);
  }

  /** The acknowledge, or the write, that touched the active state of a forwarded interrupt last. */
  activationOf(pid: Intid): EventOf<'pgic.iar'> | EventOf<'pgic.act'> | undefined {
    return this.latest.get(pid);
  }

  /** The guest ended it, and the hardware the physical interrupt with it. */
  release(pid: Intid, cpu: Vcpu, by: Event): void {
    this.released.set(interruptKey(pid, cpu), by);
  }

  /** The guest's deactivation after which the physical interrupt has not been activated. */
  releasedBy(pid: Intid, cpu: Vcpu | undefined): Event | undefined {
    return this.released.get(interruptKey(pid, cpu));
  }

  /** Would the stream show that a hypervisor makes the physical interrupt active by a write? */
  showsActivation(stream: number, pid: Intid): boolean {
    return this.ctx.channels.of('pgic.act').declared || this.activations.has(activationKey(stream, pid));
  }

  /** The only GIC proves to be the physical one. */
  private takeOver(stream: number): void {
    for (const key of this.early) if (key >> 1 === stream) this.activations.add(key);
    this.early.clear();
  }

  private activated(e: EventOf<'pgic.act'>): void {
    if (this.activations.size < 64) this.activations.add(activationKey(e.stream, e.id));
    if (this.latest.has(e.id)) this.latest.set(e.id, e);
    if (e.val === 0) return;
    if (e.id >= FIRST_SPI || e.cpu !== undefined) this.released.delete(interruptKey(e.id, e.cpu));
    else for (const key of this.released.keys()) if (isKeyOf(key, e.id)) this.released.delete(key);
  }
}
