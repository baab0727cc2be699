// Accesses of a vCPU to its local APIC: kvm_apic shows all that KVM emulates, of both modes, and names no vCPU; kvm_mmio, kvm_msr and kvm_cr show
// some of them once more (arch/x86/kvm/lapic.c, kvm_lapic_reg_write, kvm_lapic_reg_read).

import { vcpu as asVcpu, vector } from '../../ids.js';
import { AT, readFrom } from '../apic-registers.js';
import type { Calls } from './calls.js';
import type { Journal } from './journal.js';
import type { Machines, Register } from './machines.js';
import type { Thread } from './thread.js';
import type { Threads } from './threads.js';

/** What kvm_apic shows every write of. */
const SHOWN = ['apic.svr', 'apic.lvt', 'apic.timer'] as const;
const VECTOR = 0xff;
const MASK = 1 << 16;
/** Of the timer's entry: one-shot, periodic, TSC-deadline. */
const TIMER_MODE = 3 << 17;
const DEADLINE = 2 << 17;
/** The entry of the performance counters: KVM itself masks it with each interrupt. */
const COUNTERS = 2;
const ALIGNED = 16;

export class LocalApics {
  readonly #journal: Journal;
  readonly #threads: Threads;
  readonly #machines: Machines;
  readonly #calls: Calls;
  /** kvm_apic is recorded. */
  #isShown = false;
  /** The mode of each vCPU's timer, as written. */
  readonly #timers = new Map<number, number>();

  constructor(journal: Journal, threads: Threads, machines: Machines, calls: Calls) {
    this.#journal = journal;
    this.#threads = threads;
    this.#machines = machines;
    this.#calls = calls;
  }

  forget(): void {
    this.#timers.clear();
  }

  /** kvm_apic of a write. */
  writes(offset: number, value: number): void {
    this.#show();
    this.#calls.goesOn(this.#threads.current());
    if (offset === AT.eoi) return this.#wroteEoi();
    if (offset === AT.svr) return this.wroteSvr(value);
    if (offset === AT.tpr) return this.wroteTpr(value);
    if (offset >= AT.lvt && offset < AT.lvtEnd) return this.#wroteEntry((offset - AT.lvt) >> 4, value);
    if (offset === AT.initialCount || offset === AT.divide) this.#wroteTimer(offset, value);
  }

  /** kvm_apic of a read: the register as it is. */
  reads(offset: number, value: number): void {
    this.#show();
    this.#calls.goesOn(this.#threads.current());
    const register = offset % ALIGNED === 0 ? readFrom(offset) : undefined;
    if (register === undefined) return;
    const thread = this.#threads.guest();
    thread.leave(this.#journal);
    const cpu = this.#machines.of(thread);
    if (cpu < 0) return;
    // Each mode has logical destinations of its own, and an interrupt command register of its own width.
    if (register.reg === 'ldr' || register.reg === 'dfr' || register.reg === 'icr' || register.word === COUNTERS && register.reg === 'lvt') return;
    this.#journal.say({ kind: 'apic.read', cpu: asVcpu(cpu), reg: register.reg, word: register.word, val: value });
  }

  #wroteEoi(): void {
    const cpu = this.#machines.of(this.#threads.guest());
    this.#calls.ask({ kind: 'apic.eoi.void', cpu: cpu < 0 ? undefined : asVcpu(cpu) });
  }

  wroteSvr(value: number): void {
    const thread = this.#writer('svr', value);
    const cpu = this.#machines.of(thread);
    if (cpu >= 0) this.#machines.tellSvr(cpu, value);
    else if (thread.vcpu < 0) thread.svr = value;
  }

  wroteTpr(value: number): void {
    const thread = this.#writer('tpr', value);
    const cpu = this.#machines.of(thread);
    if (cpu >= 0) this.#machines.tellTpr(cpu, value);
    else if (thread.vcpu < 0) thread.tpr = value;
  }

  #wroteEntry(lvt: number, value: number): void {
    const cpu = this.#machines.of(this.#writer('lvt', value));
    if (cpu < 0) return this.#timers.clear();
    if (lvt === 0) {
      const mode = value & TIMER_MODE;
      // A change of the mode clears the initial count (apic_update_lvtt).
      if (this.#timers.get(cpu) !== mode) this.#journal.say({ kind: 'apic.timer', cpu: asVcpu(cpu), initial: undefined, divide: undefined });
      this.#timers.set(cpu, mode);
    }
    if (lvt !== COUNTERS) this.#journal.say({ kind: 'apic.lvt', cpu: asVcpu(cpu), lvt, vec: vector(value & VECTOR), dm: (value >> 8) & 7, mask: (value & MASK) === 0 ? 0 : 1 });
  }

  #wroteTimer(offset: number, value: number): void {
    const isCount = offset === AT.initialCount;
    const cpu = this.#machines.of(this.#writer(isCount ? 'tmict' : 'tdcr', value));
    if (cpu < 0) return;
    const mode = this.#timers.get(cpu);
    // With TSC deadlines KVM ignores it.
    const initial = isCount && mode !== undefined && mode !== DEADLINE ? value : undefined;
    this.#journal.say({ kind: 'apic.timer', cpu: asVcpu(cpu), initial, divide: isCount ? undefined : value });
  }

  #show(): void {
    if (this.#isShown) return;
    this.#isShown = true;
    for (const chan of SHOWN) this.#journal.say({ kind: 'meta.chan', chan, cover: 'full' });
  }

  /** The thread that writes its vCPU's local APIC; which that is may still have to show. User space writes them from other threads, too. */
  #writer(register: Register, value: number): Thread {
    const thread = this.#threads.guest();
    thread.leave(this.#journal);
    if (this.#machines.of(thread) < 0) this.#machines.wroteUnknown(register, value);
    return thread;
  }
}
