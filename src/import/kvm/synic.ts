// Vectors of Hyper-V's SynIC that end as they are taken, by the guest's writes of SINTx, and user space's (Hyper-V TLFS, "SINTx Registers";
// arch/x86/kvm/hyperv.c, synic_set_sint).

import { vcpu as asVcpu, vector } from '../../ids.js';
import type { Journal } from './journal.js';

const SINT0 = 0x4000_0090;
const SINTS = 16;
const VECTOR = 0xff;
const AUTO_EOI = 1 << 17;

export class Synic {
  readonly #journal: Journal;
  /** By vCPU and source, the vector that ends so. */
  readonly #vectors = new Map<number, number>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** kvm_hv_synic_set_msr; the low half of the value. */
  wrote(cpu: number, msr: number, low: number): void {
    const source = msr - SINT0;
    if (source < 0 || source >= SINTS) return;
    const key = cpu * SINTS + source;
    const before = this.#vectors.get(key);
    this.#vectors.delete(key);
    if (before !== undefined && !this.#has(cpu, before)) this.#say(cpu, before, 0);
    if ((low & AUTO_EOI) === 0) return;
    this.#vectors.set(key, low & VECTOR);
    this.#say(cpu, low & VECTOR, 1);
  }

  #has(cpu: number, vec: number): boolean {
    for (let source = 0; source < SINTS; source++) if (this.#vectors.get(cpu * SINTS + source) === vec) return true;
    return false;
  }

  #say(cpu: number, vec: number, enable: 0 | 1): void {
    this.#journal.say({ kind: 'apic.autoeoi', cpu: asVcpu(cpu), vec: vector(vec), enable });
  }
}
