// Vectors that may end as they are taken: those of Hyper-V's SynIC with AutoEOI, which hardly any recorder shows. Not one that an EOI of the
// CPU has ended, or that a message, a pin or the local vector table asks for: only the SynIC sends its own, and a guest has no vector for two
// sources. Hyper-V TLFS, "SINTx Registers"; KVM kvm_get_apic_interrupt (kvm_hv_synic_auto_eoi_set).

import type { Vcpu } from '../ids.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import type { Lapic } from './lapic-cpu.js';

export class AutoEois implements Component {
  private readonly shown: Channel;
  private readonly byCpu = new Map<Vcpu, Set<number>>();
  /** Vectors that messages and pins have asked for. */
  private readonly carried = new Set<number>();

  readonly steps: Steps = {
    'apic.autoeoi': ({ cpu, vec, enable }) => {
      const vectors = this.byCpu.get(cpu) ?? new Set();
      this.byCpu.set(cpu, vectors);
      if (enable === 1) vectors.add(vec);
      else vectors.delete(vec);
    },
    'kvm.msi': ({ vec }) => {
      if (vec !== undefined) this.carried.add(vec);
    },
    'ioapic.deliver': ({ vec }) => {
      this.carried.add(vec);
    },
  };

  constructor(ctx: Context) {
    this.shown = ctx.channels.of('apic.autoeoi');
  }

  begin(): void {
    this.byCpu.clear();
    this.carried.clear();
  }

  lose(): void {
    this.begin();
  }

  mayEnd(lapic: Lapic, vec: number): boolean {
    if (this.byCpu.get(lapic.cpu)?.has(vec) === true) return true;
    return !this.shown.declared && lapic.eoiBy[vec] === undefined && !this.carried.has(vec) && !lapic.lvt.includes(vec);
  }
}
