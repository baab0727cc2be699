// Local APICs as KVM's threads show them: accepts name their vCPU, injections and register writes do not: the thread
// tells, once it is known which vCPU it runs (arch/x86/kvm/lapic.c, x86.c).

import { vcpu as asVcpu, vector } from '../../ids.js';
import type { Apicv } from './apicv.js';
import type { Calls } from './calls.js';
import { Injection } from './injection.js';
import type { Journal } from './journal.js';
import type { Machines } from './machines.js';
import type { Messages } from './messages.js';
import type { Pins } from './pins.js';
import type { Threads } from './threads.js';

const LOWEST_PRIORITY = 1;

interface Ipi {
  readonly vec: number;
  readonly dm: number;
  readonly dst: number;
  readonly logical: 0 | 1;
  readonly shorthand: 'none' | 'self' | 'all' | 'others';
}

/** Parts of the assembler that it tells of what they have to do with. */
interface Beside {
  readonly messages: Messages;
  readonly pins: Pins;
  readonly apicv: Apicv;
  readonly calls: Calls;
}

export class Cpus {
  readonly #journal: Journal;
  readonly #threads: Threads;
  readonly #machines: Machines;
  readonly #messages: Messages;
  readonly #pins: Pins;
  readonly #apicv: Apicv;
  readonly #calls: Calls;

  constructor(journal: Journal, threads: Threads, machines: Machines, { messages, pins, apicv, calls }: Beside) {
    this.#journal = journal;
    this.#threads = threads;
    this.#machines = machines;
    this.#messages = messages;
    this.#pins = pins;
    this.#apicv = apicv;
    this.#calls = calls;
  }

  /** kvm_apic_accept_irq: a message or a pin reached a local APIC. */
  accepted(cpu: number, vec: number, dm: number, trig: 'edge' | 'level'): void {
    this.#machines.arch = 'x86';
    // One that takes an INIT or start-up IPI need not run yet.
    if (dm <= LOWEST_PRIORITY) this.#machines.name(cpu);
    const j = this.#journal;
    const thread = this.#threads.current();
    const message = this.#messages.takes(thread, vec, dm);
    const { ns, on, tid, stream, line, name } = j;
    const event = { seq: 0, ns, on, tid, stream, at: line, name, kind: 'apic.accept', cpu: asVcpu(cpu), vec: vector(vec), trig, dm } as const;
    if (message) j.tell(event);
    else this.#pins.accepted(thread, event);
  }

  /** kvm_apic_ipi: the vCPU of the thread has written its interrupt command register. */
  sends({ vec, dm, dst, logical, shorthand }: Ipi): void {
    const thread = this.#threads.current();
    thread.leave(this.#journal);
    this.#calls.goesOn(thread);
    const sender = this.#machines.of(thread);
    this.#journal.say({ kind: 'kvm.ipi', cpu: sender < 0 ? undefined : asVcpu(sender), vec: vector(vec), dm, dst, logical, shorthand });
  }

  /** kvm_inj_virq, not marked as injected again or as a software interrupt's. `sure` 0: from a kernel that marks neither. */
  injected(vec: number, sure: 0 | undefined): void {
    const j = this.#journal;
    const thread = this.#threads.guest();
    thread.leave(j);
    this.#calls.goesOn(thread);
    const cpu = this.#machines.of(thread);
    if (cpu < 0) return this.#machines.anyChanged();
    const { ns, on, tid, stream, line, name } = j;
    const event = { seq: 0, ns, on, tid, stream, at: line, name, kind: 'cpu.inject' as const, cpu: asVcpu(cpu), vec: vector(vec), ext: undefined, sure };
    if (this.#machines.awaitsEntry) thread.injection = new Injection(event, j, this.#machines);
    else j.tell(event);
  }

  /** kvm_eoi; -1 where nothing was in service. */
  ended(cpu: number, vec: number): void {
    const j = this.#journal;
    const thread = this.#threads.guest();
    thread.leave(j);
    this.#calls.begins(thread, 'apic.eoi.void');
    this.#calls.goesOn(thread);
    if (thread.vcpu !== cpu || !thread.owner) this.#machines.claim(thread, cpu);
    thread.eoiVector = vec;
    this.#apicv.ended();
    const { ns, on, tid, stream, line, name } = j;
    j.tell({ seq: 0, ns, on, tid, stream, at: line, name, kind: 'apic.eoi', cpu: asVcpu(cpu), vec: vector(vec) });
  }

  /** kvm_pv_eoi: the EOI itself has been told. */
  runs(cpu: number): void {
    this.#machines.claim(this.#threads.guest(), cpu);
  }

  /** kvm_entry, kvm_exit. */
  entered(cpu: number): void {
    this.#machines.arch = 'x86';
    if (!this.#machines.enters(cpu)) return;
    const thread = this.#threads.guest();
    this.#machines.claim(thread, cpu);
    thread.entered = true;
    thread.injection?.enters(cpu);
    thread.injection = undefined;
  }
}
