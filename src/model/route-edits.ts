// QEMU's copy of KVM's routing table: what a thread changes in it, it gives to KVM before it does anything else; and an entry that is unmasked while it has a
// route has that one brought up to date. QEMU accel/kvm/kvm-all.c (kvm_irqchip_add_msi_route, kvm_irqchip_update_msi_route, kvm_irqchip_commit_routes),
// hw/vfio/pci.c (vfio_msix_vector_do_use), hw/virtio/virtio-pci.c (virtio_pci_one_vector_unmask).

import type { Event, EventOf } from '../event.js';
import type { Gsi } from '../ids.js';
import { keep } from '../keep.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';

/** Routes of entries remembered. */
const MAX_ROUTES = 65_536;
/** MSI messages that a function has at most. */
const MAX_MESSAGES = 32;

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
  /** By function and entry, or MSI message. */
  private readonly routes = new Map<string, Gsi>();
  /** Routes that a thread has added for no entry. */
  private readonly added = new Map<number, EventOf<'kvm.route.add'>[]>();
  /** Interrupts that QEMU has taken although they have a route, since they got it. */
  private readonly taken = new Map<string, Event>();

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
      this.taken.delete(keyOf(e));
      if (e.tid >= 0) this.uses.set(e.tid, { by: e, gsi: this.routes.get(keyOf(e)) });
    },
    'vfio.release': (e) => {
      this.turn(e);
      this.taken.delete(keyOf(e));
    },
    'vfio.pba': (e) => this.turn(e),
    'vfio.on': (e) => this.on(e),
    'vfio.off': (e) => {
      this.goesOn(e);
      this.forget((key) => key.startsWith(`${e.dev}/`));
    },
    'vfio.msi': (e) => {
      this.goesOn(e);
      if (this.routes.has(keyOf(e)) && !this.taken.has(keyOf(e))) this.taken.set(keyOf(e), e);
    },
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
    for (const known of [this.edits, this.uses, this.routes, this.added, this.taken]) known.clear();
  }

  /** The GSI of a route by which KVM should have got the interrupt, and the one before that QEMU took as well: that may have been on its way when it got the route. */
  passedBy(e: EventOf<'vfio.msi'>): { readonly gsi: Gsi; readonly before: Event } | undefined {
    const gsi = this.routes.get(keyOf(e));
    const before = this.taken.get(keyOf(e));
    return gsi === undefined || before === undefined ? undefined : { gsi, before };
  }

  private add(e: EventOf<'kvm.route.add'>): void {
    this.edit(e);
    const use = this.uses.get(e.tid);
    if (use === undefined && e.tid >= 0) this.added.set(e.tid, [...(this.added.get(e.tid) ?? []), e].slice(-MAX_MESSAGES));
    if (use?.by.entry !== e.entry) return;
    this.uses.delete(e.tid);
    this.route(keyOf(use.by), e.gsi);
  }

  private route(key: string, gsi: Gsi): void {
    keep(this.routes, key, gsi, MAX_ROUTES);
  }

  /** Routes of MSI messages are added before MSI is on. */
  private on(e: EventOf<'vfio.on'>): void {
    const added = this.added.get(e.tid) ?? [];
    this.goesOn(e);
    if (e.mode === 'msi') for (const { entry, gsi } of added) this.route(keyOf({ dev: e.dev, entry }), gsi);
  }

  private forget(isGone: (key: string, gsi: Gsi) => boolean): void {
    for (const [key, gsi] of this.routes) {
      if (!isGone(key, gsi)) continue;
      this.routes.delete(key);
      this.taken.delete(key);
    }
  }

  private edit(e: Event): void {
    if (e.tid >= 0 && !this.edits.has(e.tid)) this.edits.set(e.tid, e);
  }

  private release(e: EventOf<'kvm.route.release'>): void {
    if (this.uses.get(e.tid)?.gsi === e.gsi) this.uses.delete(e.tid);
    this.forget((_, gsi) => gsi === e.gsi);
    this.added.set(e.tid, (this.added.get(e.tid) ?? []).filter(({ gsi }) => gsi !== e.gsi));
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
    if (this.added.size > 0) this.added.delete(e.tid);
    if (this.edits.size === 0) return;
    const by = this.edits.get(e.tid);
    if (by === undefined) return;
    this.edits.delete(e.tid);
    if (by.stream !== e.stream) return;
    this.ctx.owed.owe({ name: 'route.commit', key: e.tid, entity: 'routes', by, because: [] });
    this.ctx.owed.late('route.commit', e.tid, e);
  }
}

const keyOf = ({ dev, entry }: Pick<EventOf<'vfio.use'>, 'dev' | 'entry'>): string => `${dev}/${entry}`;
