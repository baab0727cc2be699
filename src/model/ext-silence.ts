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

interface Candidate {
  readonly by: Event;
  /** The request that it took was surely not there before its latest acceptance. */
  readonly isFresh: boolean;
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
  /** Latest injection per vCPU and vector that is the local APIC's if the vector's next EOI ends it. */
  private readonly candidates = new Map<Vcpu, Map<number, Candidate>>();
  /** KVM's own chips take the lines: nobody else acknowledges for a vCPU. */
  private isKernels = false;
  /** Vectors of each vCPU that were surely not requested when they were accepted last. */
  private readonly fresh = new Map<Vcpu, Set<number>>();
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
      this.candidates.clear();
      this.fresh.clear();
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
    this.candidates.clear();
    this.fresh.clear();
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
    let own = this.fresh.get(cpu);
    if (own === undefined) this.fresh.set(cpu, (own = new Set()));
    if (lapic.irr[vec] === F) own.add(vec);
    else own.delete(vec);
  }

  /** Before the injection takes effect. */
  inject(e: EventOf<'cpu.inject'>, lapic: Lapic): void {
    if (!this.isKernels || !this.lines.covered) return;
    let own = this.candidates.get(e.cpu);
    if (own === undefined) this.candidates.set(e.cpu, (own = new Map()));
    if (lapic.isr[e.vec] === F && isRequested(lapic, e.vec)) own.set(e.vec, { by: e, isFresh: this.fresh.get(e.cpu)?.has(e.vec) === true });
    else own.delete(e.vec);
  }

  /** True if the EOI shows that the vector's latest acceptance set its request: the APIC was enabled. */
  end({ cpu, vec }: EventOf<'apic.eoi'>): boolean {
    const own = this.candidates.get(cpu);
    const candidate = vec === undefined ? undefined : own?.get(vec);
    if (vec === undefined || candidate === undefined) return false;
    own?.delete(vec);
    const { by, isFresh } = candidate;
    const { latest } = this;
    if (latest === undefined || (latest.seq < by.seq && !this.ctx.unordered(latest, by))) this.silent.add(cpu);
    return isFresh;
  }

  /** The pair may ask from now on, of whichever vCPU. */
  private stir(e: Event): void {
    this.latest = e;
    this.silent.clear();
  }

  private forget(cpu: Vcpu): void {
    this.silent.delete(cpu);
    this.candidates.delete(cpu);
    this.fresh.delete(cpu);
  }
}
