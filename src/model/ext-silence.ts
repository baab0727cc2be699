// vCPUs into which the 8259 pair of KVM injects nothing. KVM asks the pair first (arch/x86/kvm/irq.c, kvm_cpu_get_interrupt): an injection that
// an EOI shows to be the local APIC's proves that the pair had nothing for that vCPU, and a request of it needs a line or a write first.

import type { Event, EventOf } from '../event.js';
import type { Vcpu } from '../ids.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import type { Lapic } from './lapic-cpu.js';
import { F, T } from './tri.js';

/** GSIs below are the pair's by default. */
const LEGACY_GSIS = 16;
const LINT0 = 3;
/** Accepts of a vector since it was taken last, as far as they are counted. */
const UNCOUNTED = 3;

export class ExtSilence implements Component {
  private readonly ctx: Context;
  private readonly lines: Channel;
  /** The latest event that may have made the pair ask. */
  private latest: Event | undefined;
  private readonly silent = new Set<Vcpu>();
  /** Latest injection per vCPU and vector that is the local APIC's if the vector's next EOI ends it. */
  private readonly candidates = new Map<Vcpu, Map<number, Event>>();
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
      if (e.cpu === undefined) this.stir(e);
      else this.forget(e.cpu);
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
    this.latest = undefined;
    this.silent.clear();
    this.candidates.clear();
  }

  lose(): void {
    this.begin();
  }

  /** Is the injection surely none of the pair's? Its vector has been requested of the local APIC. */
  covers({ cpu, vec }: EventOf<'cpu.inject'>, lapic: Lapic): boolean {
    return this.silent.has(cpu) && lapic.irr[vec] === T;
  }

  /** Before the injection takes effect. */
  inject(e: EventOf<'cpu.inject'>, lapic: Lapic): void {
    if (!this.isKernels || !this.lines.covered) return;
    const accepts = lapic.accepts[e.vec];
    const isCandidate = lapic.isr[e.vec] === F && accepts !== 0 && accepts !== UNCOUNTED;
    let own = this.candidates.get(e.cpu);
    if (own === undefined) this.candidates.set(e.cpu, (own = new Map()));
    if (isCandidate) own.set(e.vec, e);
    else own.delete(e.vec);
  }

  /** True if the EOI shows that the vector came from the local APIC: the vector was not in service before its latest injection. */
  end({ cpu, vec }: EventOf<'apic.eoi'>): boolean {
    const own = this.candidates.get(cpu);
    const by = vec === undefined ? undefined : own?.get(vec);
    if (vec === undefined || by === undefined) return false;
    own?.delete(vec);
    const { latest } = this;
    if (latest === undefined || (latest.seq < by.seq && !this.ctx.unordered(latest, by))) this.silent.add(cpu);
    return true;
  }

  /** The pair may ask from now on, of whichever vCPU. */
  private stir(e: Event): void {
    this.latest = e;
    this.silent.clear();
  }

  private forget(cpu: Vcpu): void {
    this.silent.delete(cpu);
    this.candidates.delete(cpu);
  }
}
