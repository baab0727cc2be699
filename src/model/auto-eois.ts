// Vectors that may end as they are taken: those of Hyper-V's SynIC with AutoEOI, which hardly any recorder shows. Not one that an EOI ended when
// the CPU took it last, nor, where it is not known to have taken any, one that a message or a pin asks for: only the SynIC sends its own. A guest's
// clock may have one vector with whatever timer it uses, the SynIC's in place of another. Hyper-V TLFS, "SINTx Registers"; KVM kvm_get_apic_interrupt.

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

  /** Asked as the CPU takes the vector, before that takes effect. */
  mayEnd({ cpu, eoiBy, injectBy }: Lapic, vec: number): boolean {
    if (this.byCpu.get(cpu)?.has(vec) === true) return true;
    if (this.shown.declared) return false;
    const ended = eoiBy[vec]?.seq;
    const taken = injectBy[vec]?.seq;
    return taken === undefined ? ended === undefined && !this.carried.has(vec) : ended === undefined || ended < taken;
  }
}
