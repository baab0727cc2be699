// What shows that the machine may have been reset where its recorder does not say so: KVM_SET_LAPIC and KVM_SET_IRQCHIP have no tracepoint. Software that
// starts sets up the pair of 8259s, and switches on the local APIC, which a reset leaves off. Intel SDM vol. 3, local APIC state after a reset.

import type { Vcpu } from '../ids.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import type { Ioapic } from './ioapic.js';
import type { Lapics } from './lapic.js';

/** The vCPU that a reset starts. */
const FIRST = 0;
const SVR_ENABLE = 1 << 8;

export class Restarts implements Component {
  private readonly lapics: Lapics;
  private readonly ioapic: Ioapic;
  private readonly resets: Channel;
  private fromReset = false;
  /** APICs that were switched on since a start that is known: the first time tells nothing. */
  private readonly on = new Set<Vcpu>();

  readonly steps: Steps = {
    'pic.init': (e) => {
      if (e.chip === 0) this.restarted();
    },
    'apic.svr': (e) => {
      const isFirst = this.fromReset && !this.on.has(e.cpu);
      if (e.enable === 0 || isFirst || this.resets.declared) return void (e.enable === 1 && this.on.add(e.cpu));
      this.lapics.of(e.cpu).doubt();
      if (e.cpu === FIRST) this.ioapic.lose();
    },
    // A write of whichever vCPU's register.
    'kvm.set_lapic': ({ cpu, written, val = SVR_ENABLE }) => {
      if (cpu === undefined && (written === undefined || (written === 'svr' && (val & SVR_ENABLE) !== 0))) this.restarted();
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
  }

  lose(): void {
    this.begin(false);
  }

  private restarted(): void {
    if (this.resets.declared) return;
    for (const [, lapic] of this.lapics.all()) lapic.doubt();
    this.ioapic.lose();
  }
}
