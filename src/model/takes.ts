// Who takes and ends what the local APICs of KVM have requested: KVM itself, with a line for each, or the CPU (APICv, AVIC), which is seen doing
// neither. KVM tells so where it is recorded (kvm_apicv_accept_irq, kvm_apicv_inhibit_changed); where it is not, no request that KVM injects is
// seen, and of EOIs only those that an IOAPIC, a timer of KVM's or its SynIC must hear. Intel SDM vol. 3, APIC virtualization; KVM
// vmx_deliver_interrupt, kvm_apic_set_eoi_accelerated, vcpu_load_eoi_exitmap.

import type { Vcpu } from '../ids.js';
import { streamBit, type Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { isVectored } from './delivery.js';

/** What is known of one vCPU until KVM has been seen at work. */
interface Hopeful {
  /** Vectors that were requested since they were injected last. */
  readonly requested: Set<number>;
  /** Those that were last requested as edges. */
  readonly edges: Set<number>;
  /** The vector of the latest injection, if it was requested. */
  taken: number | undefined;
}

export class Takes implements Component {
  private readonly accepts: Channel;
  private readonly injections: Channel;
  private readonly eois: Channel;
  private isKvms = false;
  private readonly byCpu = new Map<Vcpu, Hopeful>();
  /** Vectors that messages have, and those of IOAPIC pins. */
  private readonly sent = new Set<number>();
  private readonly pins = new Set<number>();

  readonly steps: Steps = {
    'kvm.msi': ({ vec, trig }) => {
      if (!this.isKvms && vec !== undefined && trig === 'edge') this.sent.add(vec);
    },
    'ioapic.rte': ({ vec }) => {
      if (!this.isKvms && vec !== undefined) this.pins.add(vec);
    },
    'ioapic.deliver': ({ vec }) => {
      if (!this.isKvms) this.pins.add(vec);
    },
    'apic.accept': ({ cpu, vec, dm, trig }) => {
      if (this.isKvms || !isVectored(dm)) return;
      const { requested, edges } = this.of(cpu);
      requested.add(vec);
      if (trig === 'edge') edges.add(vec);
      else edges.delete(vec);
    },
    // A guest may tell of its handlers in a log of its own.
    'cpu.inject': ({ cpu, vec, ext, stream }) => {
      if (this.isKvms || (this.accepts.seen & streamBit({ stream })) === 0) return;
      const own = this.of(cpu);
      own.taken = ext !== 1 && own.requested.delete(vec) ? vec : undefined;
      if (ext === 0) this.settle();
    },
    // One of the 8259 pair's does not end so. Who sends messages hears of no EOI, and none waits for one that ends nothing.
    'apic.eoi': ({ cpu, vec }) => {
      if (this.isKvms || vec === undefined) return;
      const { taken, edges } = this.of(cpu);
      if (vec < 0 || taken === vec || (edges.has(vec) && this.sent.has(vec) && !this.pins.has(vec))) this.settle();
    },
  };

  constructor(ctx: Context) {
    this.accepts = ctx.channels.of('apic.accept');
    this.injections = ctx.channels.of('cpu.inject');
    this.eois = ctx.channels.of('apic.eoi');
  }

  begin(): void {
    this.isKvms = false;
    this.forget();
  }

  lose(): void {
    this.forget();
  }

  /** May vectors have been taken, and ended, without a line? */
  get mayHide(): boolean {
    return this.accepts.seen !== 0 && (this.injections.missing !== 0 || !(this.isKvms || this.injections.declared || this.eois.declared));
  }

  private settle(): void {
    this.isKvms = true;
    this.forget();
  }

  private forget(): void {
    this.byCpu.clear();
    this.sent.clear();
    this.pins.clear();
  }

  private of(cpu: Vcpu): Hopeful {
    let own = this.byCpu.get(cpu);
    if (own === undefined) this.byCpu.set(cpu, (own = { requested: new Set(), edges: new Set(), taken: undefined }));
    return own;
  }
}
