// vCPUs into which the 8259 pair of KVM injects nothing. KVM asks the pair first (arch/x86/kvm/irq.c, kvm_cpu_get_interrupt): an injection that
// an EOI shows to be the local APIC's proves that the pair had nothing for that vCPU, and a request of it needs a line or a write first.

import type { Event, EventOf } from '../event.js';
import type { Vcpu } from '../ids.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { UNCOUNTED, type Lapic } from './lapic-cpu.js';
import { F } from './tri.js';

/** GSIs below are the pair's by default. */
const LEGACY_GSIS = 16;
const LINT0 = 3;

/** What is known of one vCPU, by vector. */
interface Own {
  /** It was surely not requested when it was accepted last. */
  readonly fresh: boolean[];
  /** Latest injection, which is the local APIC's if the vector's next EOI ends it. */
  readonly candidates: (Event | undefined)[];
  /** The request that the candidate took was surely not there before its latest acceptance. */
  readonly tookFresh: boolean[];
}

/** Has an acceptance of the vector been seen since it was taken last? */
function isRequested(lapic: Lapic, vec: number): boolean {
  const accepts = lapic.accepts[vec];
  return accepts !== 0 && accepts !== UNCOUNTED;
}

export class ExtSilence implements Component {
  private readonly ctx: Context;
  private readonly lines: Channel;
  /** The latest event that may have made the pair ask. */
  private latest: Event | undefined;
  private readonly silent = new Set<Vcpu>();
  private readonly byCpu = new Map<Vcpu, Own>();
  /** KVM's own chips take the lines: nobody else acknowledges for a vCPU. */
  private isKernels = false;
  private hasOtherGsis = false;

  readonly steps: Steps = {
    'kvm.set_irq': (e) => {
      if (e.level !== 0 && (e.gsi < LEGACY_GSIS || this.hasOtherGsis)) this.stir(e);
    },
    'ioapic.in': (e) => {
      this.isKernels ||= e.gsi !== undefined;
    },
    'pic.in': (e) => {
      this.isKernels ||= e.gsi !== undefined;
      this.hasOtherGsis ||= e.gsi !== undefined && e.gsi >= LEGACY_GSIS;
      if (e.level === 1 && e.mask !== 1) this.stir(e);
    },
    'pic.imr': (e) => this.stir(e),
    'pic.init': (e) => this.stir(e),
    'pic.mode': (e) => this.stir(e),
    'pic.elcr': (e) => this.stir(e),
    'pic.eoi': (e) => this.stir(e),
    'pic.poll': (e) => this.stir(e),
    'kvm.set_irqchip': (e) => {
      if (e.chip !== 2) this.stir(e);
    },
    'kvm.set_lapic': (e) => {
      if (e.written !== undefined && e.written !== 'svr' && e.written !== 'lvt') return;
      if (e.cpu !== undefined) return this.forget(e.cpu);
      this.byCpu.clear();
      this.stir(e);
    },
    'apic.lvt': (e) => {
      if (e.lvt === LINT0) this.forget(e.cpu);
    },
  };

  constructor(ctx: Context) {
    this.ctx = ctx;
    this.lines = ctx.channels.of('kvm.set_irq');
  }

  begin(): void {
    // The next machine's chips may be user space's.
    this.isKernels = false;
    this.latest = undefined;
    this.silent.clear();
    this.byCpu.clear();
  }

  lose(): void {
    this.begin();
  }

  /** Is the injection surely none of the pair's? Its vector has been requested of the local APIC. */
  covers({ cpu, vec }: EventOf<'cpu.inject'>, lapic: Lapic): boolean {
    return this.silent.has(cpu) && isRequested(lapic, vec);
  }

  /** Before the acceptance takes effect. */
  accept({ cpu, vec }: EventOf<'apic.accept'>, lapic: Lapic): void {
    this.of(cpu).fresh[vec] = lapic.irr.get(vec) === F;
  }

  /** Before the injection takes effect. */
  inject(e: EventOf<'cpu.inject'>, lapic: Lapic): void {
    if (!this.isKernels || !this.lines.covered) return;
    const { fresh, candidates, tookFresh } = this.of(e.cpu);
    candidates[e.vec] = lapic.isr.get(e.vec) === F && isRequested(lapic, e.vec) ? e : undefined;
    tookFresh[e.vec] = fresh[e.vec] === true;
  }

  /** True if the EOI shows that the vector's latest acceptance set its request: the APIC was enabled. */
  end({ cpu, vec }: EventOf<'apic.eoi'>): boolean {
    if (vec === undefined || vec < 0) return false;
    const { candidates, tookFresh } = this.of(cpu);
    const by = candidates[vec];
    if (by === undefined) return false;
    candidates[vec] = undefined;
    const { latest } = this;
    if (latest === undefined || (latest.seq < by.seq && !this.ctx.unordered(latest, by))) this.silent.add(cpu);
    return tookFresh[vec] === true;
  }

  /** The pair may ask from now on, of whichever vCPU. */
  private stir(e: Event): void {
    this.latest = e;
    this.silent.clear();
  }

  private forget(cpu: Vcpu): void {
    this.silent.delete(cpu);
    this.byCpu.delete(cpu);
  }

  private of(cpu: Vcpu): Own {
    let own = this.byCpu.get(cpu);
    if (own === undefined) this.byCpu.set(cpu, (own = { fresh: [], candidates: [], tookFresh: [] }));
    return own;
  }
}
