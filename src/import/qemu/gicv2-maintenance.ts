// The maintenance interrupt's line of QEMU's GICv2, of every CPU anew whenever anything of it may have changed (hw/intc/arm_gic.c,
// gic_update_maintenance). A write is printed before it, a guest's acknowledge behind it: which it was, the next line tells.

import { vcpu, type Vcpu } from '../../ids.js';
import type { Journal } from '../kvm/journal.js';

interface Told {
  readonly level: 0 | 1;
  readonly line: number;
  readonly name: string;
}

export class MaintenanceLines {
  readonly #journal: Journal;
  /** As they were told last, until the next line of the GIC. */
  readonly #open = new Map<Vcpu, Told>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  forget(): void {
    this.#open.clear();
  }

  told(cpu: number, level: 0 | 1): void {
    const { line, name } = this.#journal;
    this.#open.set(vcpu(cpu), { level, line, name });
  }

  /** What was told is of the state up to the line at hand. */
  settle(): void {
    if (this.#open.size === 0) return;
    const { line, name } = this.#journal;
    for (const [cpu, told] of this.#open) {
      this.#journal.line = told.line;
      this.#journal.name = told.name;
      this.#journal.say({ kind: 'vgic.maint', cpu, level: told.level });
    }
    this.#journal.line = line;
    this.#journal.name = name;
    this.#open.clear();
  }
}
