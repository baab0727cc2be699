// The injections that acknowledges of the 8259 pair owe. KVM kvm_cpu_get_extint: what was acknowledged goes into the next VM entry.

import type { Event, EventOf } from '../event.js';
import type { Vcpu } from '../ids.js';
import type { Context } from './context.js';

/** What was acknowledged is injected before the vCPU has entered the guest so often. */
const ENTRIES = 2;
const VECTORS = 256;

export class ExtInjections {
  private readonly ctx: Context;
  /** Exits of each vCPU since the latest acknowledge. */
  private readonly exits = new Map<Vcpu, number>();
  /** Vectors that QEMU has acknowledged for KVM to inject, with the injection once it has come. */
  private readonly handed = new Map<number, Event | undefined>();

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  forgive(): void {
    this.exits.clear();
    this.handed.clear();
    this.ctx.owed.forgive('pic.inject');
  }

  /** With a split irqchip who acknowledges is not who records the injection. */
  owe(by: EventOf<'pic.inta'>): void {
    if (this.ctx.config.irqchip === 'split' || !this.ctx.channels.covers('cpu.inject')) return;
    this.exits.clear();
    this.ctx.owed.owe({ name: 'pic.inject', key: by.vec, entity: 'pic:pair', by, because: [] });
  }

  /** QEMU's pair, which has nothing more to say when KVM injects. */
  hand({ vec }: EventOf<'pic.inta'>): void {
    this.handed.set(vec, undefined);
  }

  /** May the injection be one that QEMU has handed to KVM? */
  hasHanded(e: EventOf<'cpu.inject'>): boolean {
    const by = this.handed.get(e.vec);
    return this.handed.has(e.vec) && (by === undefined || by === e);
  }

  injected(e: EventOf<'cpu.inject'>): void {
    if (this.handed.get(e.vec) !== undefined) this.handed.delete(e.vec);
    else if (this.handed.has(e.vec)) this.handed.set(e.vec, e);
    if (e.ext !== 0) this.ctx.owed.clear('pic.inject', e.vec);
  }

  /** The vCPU that acknowledged goes round without the interrupt; which one it is only its thread tells where there are several. */
  exited(e: EventOf<'cpu.exit'>): void {
    if (!this.ctx.owed.any('pic.inject')) return;
    const exits = (this.exits.get(e.cpu) ?? 0) + 1;
    this.exits.set(e.cpu, exits);
    if (exits < ENTRIES) return;
    for (let vec = 0; vec < VECTORS; vec++) {
      const by = this.ctx.owed.open('pic.inject', vec)?.by;
      if (by !== undefined && (by.tid >= 0 ? by.tid === e.tid : this.exits.size === 1)) this.ctx.owed.late('pic.inject', vec, e);
    }
  }
}
