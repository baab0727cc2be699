// What shows that the machine may have been reset where its recorder does not say so: KVM_SET_LAPIC and KVM_SET_IRQCHIP have no tracepoint. Software that
// starts sets up the pair of 8259s, and switches on the local APIC, which a reset leaves off. Intel SDM vol. 3, local APIC state after a reset.

import type { Event, EventOf } from '../event.js';
import type { Vcpu } from '../ids.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import type { Ioapic } from './ioapic.js';
import type { Lapics } from './lapic.js';

/** The vCPU that a reset starts. */
const FIRST = 0;
const SVR_ENABLE = 1 << 8;
/** A machine is not reset and started again in so few ns. */
const LEAST = 500_000;

export class Restarts implements Component {
  private readonly lapics: Lapics;
  private readonly ioapic: Ioapic;
  private readonly resets: Channel;
  private fromReset = false;
  /** APICs that were switched on since a start that is known: the first time tells nothing. */
  private readonly on = new Set<Vcpu>();
  /** By thread the latest write of SVR of a vCPU that was not known. */
  private readonly written = new Map<number, Event>();
  /** Threads whose write is told once more when their vCPU is known. */
  private readonly retold = new Set<number>();

  readonly steps: Steps = {
    'pic.init': (e) => {
      if (e.chip === 0 && !this.resets.declared) this.restarted();
    },
    'apic.svr': (e) => {
      const isRetold = this.retold.delete(e.tid);
      if (e.enable === 0 || !this.isAgain(e.cpu) || isRetold) return;
      this.lapics.of(e.cpu).doubt();
      if (e.cpu === FIRST) this.ioapic.lose();
    },
    'kvm.set_lapic': (e) => {
      if (e.cpu === undefined && e.written === 'svr') this.writtenByUnknown(e);
    },
  };

  constructor(ctx: Context, lapics: Lapics, ioapic: Ioapic) {
    this.lapics = lapics;
    this.ioapic = ioapic;
    this.resets = ctx.channels.of('vm.reset');
  }

  begin(fromReset: boolean): void {
    this.fromReset = fromReset;
    this.on.clear();
    this.written.clear();
    this.retold.clear();
  }

  lose(): void {
    this.begin(false);
  }

  private writtenByUnknown(e: EventOf<'kvm.set_lapic'>): void {
    const before = this.written.get(e.tid);
    this.written.set(e.tid, e);
    this.retold.add(e.tid);
    // One write may have two lines.
    if (before !== undefined && e.ns - before.ns <= LEAST) return;
    const isFirst = this.fromReset && before === undefined;
    if (((e.val ?? SVR_ENABLE) & SVR_ENABLE) !== 0 && !isFirst && !this.resets.declared) this.restarted();
  }

  /** Where resets are not told, it may be switched on because there was one. */
  private isAgain(cpu: Vcpu): boolean {
    const isFirst = this.fromReset && !this.on.has(cpu);
    this.on.add(cpu);
    return !isFirst && !this.resets.declared;
  }

  private restarted(): void {
    for (const [, lapic] of this.lapics.all()) lapic.doubt();
    this.ioapic.lose();
  }
}
