// What KVM must look at at once: an enable or a pending bit that the guest sets, an edge, a level that rises. Each ends in vgic_queue_irq_unlock,
// in the same thread and before that runs its guest. Linux kvm_vgic_inject_irq, vgic_mmio_write_senable, vgic_mmio_write_spending.

import type { Event, EventOf } from '../event.js';
import type { Context } from './context.js';
import { FIRST_LPI, FIRST_PPI, FIRST_SPI } from './intids.js';
import { F, T, type Tri } from './tri.js';
import type { Interrupt } from './vgic-interrupts.js';

/** More than a write of 32 bits names, with an injection in between. */
const MAX_EXPECTED = 64;

/** What called for a look, and the trigger mode then. */
interface Expected {
  readonly of: Interrupt;
  readonly by: Cause;
  readonly edge: Tri;
}

type Cause = EventOf<'gic.in' | 'gic.en' | 'gic.pend' | 'gic.act'>;

export class Queueing {
  private readonly ctx: Context;
  /** By thread. */
  private readonly expected = new Map<number, Expected[]>();
  /** Streams that have shown the look. */
  private readonly shown = new Set<number>();

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  clear(): void {
    this.expected.clear();
    this.ctx.owed.forgive('vgic.queue');
  }

  /** The guest sets a bit of the interrupt. Of SGIs the hardware may do it all, but for those of GICv2. */
  set(of: Interrupt, e: EventOf<'gic.en' | 'gic.pend' | 'gic.act'>): void {
    const isSent = e.kind === 'gic.pend' && e.srccpu !== undefined;
    if ((of.id >= FIRST_PPI || isSent) && of.id < FIRST_LPI) this.expect(of, e);
  }

  /** The line of an SPI is set; of PPIs KVM refuses it unless it is their owner that does. `of` is as it was before. */
  driven(of: Interrupt, e: EventOf<'gic.in'>): void {
    if (e.level === 1 && of.id >= FIRST_SPI && (of.edge === T || (of.edge === F && of.line === F))) this.expect(of, e);
  }

  /** What the thread has been called upon to look at, if it is this. */
  awaited(e: EventOf<'vgic.irq'>): Expected | undefined {
    return e.lr === undefined ? this.expected.get(e.tid)?.find(({ of: { id, cpu } }) => id === e.vid && (cpu === undefined || e.cpu === undefined || cpu === e.cpu)) : undefined;
  }

  /** KVM looks at it. */
  queued(e: EventOf<'vgic.irq'>): void {
    if (e.lr !== undefined) return;
    this.shown.add(e.stream);
    const found = this.awaited(e);
    const waiting = this.expected.get(e.tid);
    if (found === undefined || waiting === undefined) return;
    waiting.splice(waiting.indexOf(found), 1);
    this.ctx.owed.clear('vgic.queue', keyOf(found.of, e));
  }

  /** The thread goes on to something else: what it has not looked at by now it never will. */
  settled(e: Event): void {
    const waiting = this.expected.get(e.tid);
    if (waiting === undefined) return;
    this.expected.delete(e.tid);
    for (const { of } of waiting) this.ctx.owed.late('vgic.queue', keyOf(of, e), e);
  }

  private expect(of: Interrupt, by: Cause): void {
    const exists = of.isShown || of.id < (this.ctx.config.gicLines ?? 0);
    if (by.tid <= 0 || !exists || !this.shown.has(by.stream)) return;
    const waiting = this.expected.get(by.tid) ?? [];
    if (waiting.length >= MAX_EXPECTED || waiting.some((each) => each.of === of)) return;
    this.expected.set(by.tid, waiting);
    waiting.push({ of, by, edge: of.edge });
    this.ctx.owed.owe({ name: 'vgic.queue', key: keyOf(of, by), entity: of.entity, by, because: [] });
  }
}

const keyOf = (of: Interrupt, { tid }: Event): string => `${tid}/${of.key}`;
