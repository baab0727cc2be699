// GSIs that user space masks in KVM: what comes for a masked one is queued, once, and injected at the unmask.
// "[KVM PATCH v3 2/2] kvm: add support for irqfd via eventfd-notification interface", 2009: KVM_MASK_IRQ, KVM_UNMASK_IRQ, KVM_PENDING_IRQS, never merged.
// For a level-triggered GSI the queue follows the line; whether the fall of a pulse empties it is left open.

import type { Event, EventOf } from '../event.js';
import type { Gsi } from '../ids.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import type { Irqfds } from './irqfd.js';
import { F, T, U, join, type Tri } from './tri.js';

interface MaskedGsi {
  readonly gsi: Gsi;
  masked: Tri;
  maskBy: Event | undefined;
  /** Is an interrupt queued? */
  queued: Tri;
  queueBy: Event | undefined;
}

export class KernelMasks implements Component {
  private readonly ctx: Context;
  private readonly irqfds: Irqfds;
  private readonly sources: readonly Channel[];
  /** GSIs that any of the ioctls has named. */
  private readonly gsis = new Map<Gsi, MaskedGsi>();
  private fromReset = false;

  readonly steps: Steps = {
    'kvm.mask': (e) => {
      const gsi = this.touch(e.gsi);
      const debt = this.ctx.owed.open('kmask.inject', e.gsi);
      if (debt?.by.tid === e.tid) this.ctx.owed.late('kmask.inject', e.gsi, e);
      // What was owed may be queued once more.
      else if (this.ctx.owed.clear('kmask.inject', e.gsi) !== undefined) gsi.queued = U;
      gsi.masked = T;
      gsi.maskBy = e;
    },
    'kvm.unmask': (e) => this.unmask(this.touch(e.gsi), e),
    'kvm.pending': (e) => this.queue(this.touch(e.gsi), e.val, e),
    'kvm.inject': (e) => {
      this.ctx.owed.clear('kmask.inject', e.gsi);
      const gsi = this.gsis.get(e.gsi);
      if (gsi === undefined) return;
      if (gsi.masked === T) gsi.masked = U;
      this.queue(gsi, F, e);
    },
    'efd.signal': (e) => {
      if (this.gsis.size > 0) this.signal(e);
    },
    'kvm.set_irq': (e) => {
      const gsi = this.gsis.get(e.gsi);
      if (gsi === undefined) return;
      if (e.level === 0) this.queue(gsi, join(gsi.queued, F), e);
      else this.came(gsi, e);
    },
  };

  constructor(ctx: Context, irqfds: Irqfds) {
    this.ctx = ctx;
    this.irqfds = irqfds;
    this.sources = (['efd.signal', 'kvm.set_irq'] as const).map((kind) => ctx.channels.of(kind));
  }

  begin(fromReset: boolean): void {
    this.gsis.clear();
    this.fromReset = fromReset;
    this.ctx.owed.forgive('kmask.inject');
  }

  lose(event: EventOf<'meta.lost'>): void {
    const kinds = ['kvm.mask', 'kvm.unmask', 'kvm.inject', 'efd.signal', 'kvm.set_irq'] as const;
    if (!kinds.every((kind) => this.ctx.channels.survivesLossOf(event.stream, kind))) this.begin(false);
  }

  of(gsi: Gsi): Readonly<MaskedGsi> {
    const start = this.fromReset ? F : U;
    return this.gsis.get(gsi) ?? { gsi, masked: start, maskBy: undefined, queued: start, queueBy: undefined };
  }

  /** Is the GSI masked at `e`? Unknown within the clocks' uncertainty of a change. */
  maskedAt(gsi: Gsi, e: Event): Tri {
    const { masked, maskBy } = this.of(gsi);
    return maskBy !== undefined && this.ctx.unordered(maskBy, e) ? U : masked;
  }

  /** Is an interrupt queued for the GSI at `e`? An empty queue is known only where all that fills it is recorded. */
  queuedAt(gsi: Gsi, e: Event): Tri {
    const { queued, queueBy } = this.of(gsi);
    if (queueBy !== undefined && this.ctx.unordered(queueBy, e)) return U;
    return queued === F && !this.sources.every((channel) => channel.declared) ? U : queued;
  }

  private unmask(gsi: MaskedGsi, e: EventOf<'kvm.unmask'>): void {
    const { masked, maskBy, queueBy } = gsi;
    if (masked === T && this.queuedAt(e.gsi, e) === T) {
      const because = [maskBy, queueBy].filter((by) => by !== undefined);
      this.ctx.owed.owe({ name: 'kmask.inject', key: e.gsi, entity: `gsi:${e.gsi}`, by: e, because });
    }
    gsi.masked = F;
    gsi.maskBy = e;
    this.queue(gsi, F, e);
  }

  /** A signal of an eventfd that nobody knows may be for any GSI. */
  private signal(e: EventOf<'efd.signal'>): void {
    const number = this.irqfds.gsiOf(e);
    const gsi = number === undefined ? undefined : this.gsis.get(number);
    if (gsi !== undefined && (e.gsi !== undefined || this.irqfds.identified)) this.came(gsi, e);
    else if (gsi !== undefined) gsi.queued = join(gsi.queued, T);
    else if (number === undefined) for (const any of this.gsis.values()) any.queued = join(any.queued, T);
  }

  private came(gsi: MaskedGsi, e: Event): void {
    const masked = this.maskedAt(gsi.gsi, e);
    if (masked !== F) this.queue(gsi, masked === T ? T : join(gsi.queued, T), e);
  }

  private queue(gsi: MaskedGsi, queued: Tri, e: Event): void {
    gsi.queued = queued;
    gsi.queueBy = e;
  }

  private touch(number: Gsi): MaskedGsi {
    let gsi = this.gsis.get(number);
    if (gsi === undefined) this.gsis.set(number, (gsi = { ...this.of(number) }));
    return gsi;
  }
}
