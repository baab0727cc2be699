// QEMU's copy of KVM's routing table: what a thread changes in it, it gives to KVM before it does anything else; and an entry that is unmasked while it has a
// route has that one brought up to date. QEMU accel/kvm/kvm-all.c (kvm_irqchip_add_msi_route, kvm_irqchip_update_msi_route, kvm_irqchip_commit_routes),
// hw/vfio/pci.c (vfio_msix_vector_do_use), hw/virtio/virtio-pci.c (virtio_pci_one_vector_unmask).

import type { Event, EventOf } from '../event.js';
import type { Gsi } from '../ids.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';

/** Routes of entries remembered. */
const MAX_ROUTES = 65_536;

/** An entry that a thread has just had sent, and the route it had. */
interface Use {
  readonly by: EventOf<'vfio.use'>;
  readonly gsi: Gsi | undefined;
}

export class RouteEdits implements Component {
  private readonly ctx: Context;
  /** By thread the first change that KVM does not know of. */
  private readonly edits = new Map<number, Event>();
  private readonly uses = new Map<number, Use>();
  /** By function and entry. */
  private readonly routes = new Map<string, Gsi>();

  readonly steps: Steps = {
    'kvm.route.add': (e) => this.add(e),
    'kvm.route.update': (e) => {
      this.edit(e);
      if (this.uses.get(e.tid)?.gsi === e.gsi) this.uses.delete(e.tid);
    },
    'kvm.route.release': (e) => this.release(e),
    'kvm.route.commit': (e) => void this.edits.delete(e.tid),
    'vfio.use': (e) => {
      this.turn(e);
      if (e.tid >= 0) this.uses.set(e.tid, { by: e, gsi: this.routes.get(keyOf(e)) });
    },
    'vfio.release': (e) => this.turn(e),
    'vfio.pba': (e) => this.turn(e),
    'vfio.on': (e) => this.goesOn(e),
    'vfio.off': (e) => {
      this.goesOn(e);
      for (const key of this.routes.keys()) if (key.startsWith(`${e.dev}/`)) this.routes.delete(key);
    },
    'vfio.msi': (e) => this.goesOn(e),
    'vfio.take': (e) => this.goesOn(e),
    'msix.write': (e) => this.goesOn(e),
    'msix.read': (e) => this.goesOn(e),
    'msix.ctrl': (e) => this.goesOn(e),
    'msix.pba.read': (e) => this.goesOn(e),
    'msi.ctrl': (e) => this.goesOn(e),
    'pci.cmd': (e) => this.goesOn(e),
  };

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  begin(): void {
    this.lose();
  }

  lose(): void {
    this.edits.clear();
    this.uses.clear();
    this.routes.clear();
  }

  private add(e: EventOf<'kvm.route.add'>): void {
    this.edit(e);
    const use = this.uses.get(e.tid);
    if (use?.by.entry !== e.entry) return;
    this.uses.delete(e.tid);
    if (this.routes.size < MAX_ROUTES) this.routes.set(keyOf(use.by), e.gsi);
  }

  private edit(e: Event): void {
    if (e.tid >= 0 && !this.edits.has(e.tid)) this.edits.set(e.tid, e);
  }

  private release(e: EventOf<'kvm.route.release'>): void {
    if (this.uses.get(e.tid)?.gsi === e.gsi) this.uses.delete(e.tid);
    for (const [key, gsi] of this.routes) if (gsi === e.gsi) this.routes.delete(key);
  }

  /** The thread has done with the entry. */
  private turn(e: Event): void {
    const use = this.uses.get(e.tid);
    if (use === undefined) return;
    this.uses.delete(e.tid);
    if (use.gsi === undefined || use.by.stream !== e.stream) return;
    const key = keyOf(use.by);
    this.ctx.owed.owe({ name: 'vfio.route', key: `${key} ${use.gsi}`, entity: `dev:${use.by.dev}`, by: use.by, because: [] });
    this.ctx.owed.late('vfio.route', `${key} ${use.gsi}`, e);
  }

  /** The thread does something else. */
  private goesOn(e: Event): void {
    if (this.uses.size > 0) this.turn(e);
    if (this.edits.size === 0) return;
    const by = this.edits.get(e.tid);
    if (by === undefined) return;
    this.edits.delete(e.tid);
    if (by.stream !== e.stream) return;
    this.ctx.owed.owe({ name: 'route.commit', key: e.tid, entity: 'routes', by, because: [] });
    this.ctx.owed.late('route.commit', e.tid, e);
  }
}

const keyOf = ({ dev, entry }: EventOf<'vfio.use'>): string => `${dev}/${entry}`;
