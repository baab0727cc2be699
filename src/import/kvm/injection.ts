// An interrupt injected by a thread that runs several vCPUs in turn: kvm_inj_virq names none, and comes before the kvm_entry
// that does (arch/x86/kvm/x86.c, vcpu_enter_guest).

import type { EventOf } from '../../event.js';
import { vcpu as asVcpu } from '../../ids.js';
import type { Journal } from './journal.js';
import type { Machines } from './machines.js';

export class Injection {
  readonly event: EventOf<'cpu.inject'>;
  readonly #journal: Journal;
  readonly #machines: Machines;
  readonly #told: number;

  constructor(event: EventOf<'cpu.inject'>, journal: Journal, machines: Machines) {
    this.event = event;
    this.#journal = journal;
    this.#machines = machines;
    this.#told = journal.told;
    journal.tell(event);
  }

  get isTooOld(): boolean {
    return this.#journal.tooOld(this.#told, this.event.ns);
  }

  /** The thread entered this vCPU. */
  enters(cpu: number): void {
    this.event.cpu = asVcpu(cpu);
  }

  /** No entry followed: some vCPU took something, where there are several. */
  withdraw(): void {
    if (this.#machines.guesses()) return;
    this.#journal.retract(this.event);
    this.#machines.anyChanged();
  }
}
