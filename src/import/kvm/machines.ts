// Which virtual machine: KVM's lines name none. A vCPU number belongs to one thread and `kvm=` of the probes to one
// machine; when that changes the machine was started anew, when it changes back several run at once.

import { vcpu as asVcpu } from '../../ids.js';
import type { Journal } from './journal.js';
import type { Thread } from './thread.js';

const SVR_ENABLE = 1 << 8;
const SVR_SUPPRESS_EOI = 1 << 12;
/** Machines remembered; more starts than that in one recording are not told from several at once. */
const MAX_PAST = 64;

interface Entered {
  readonly tid: number;
  readonly vcpu: number;
  readonly claims: number;
}

export class Machines {
  readonly #journal: Journal;
  readonly #owners = new Map<number, Thread>();
  /** What each CPU entered last: nearly always the same again. */
  readonly #entered: Entered[] = [];
  #claims = 0;
  #pointer: number | undefined;
  readonly #past = new Set<number>();
  #mixed = false;
  /** What kind of host this is, once a line that only one prints has told. */
  arch: 'arm64' | 'x86' | undefined;
  #switching = false;
  /** Told which thread runs which vCPU. */
  onRun: ((tid: number, vcpu: number) => void) | undefined;
  readonly #restarted: () => void;

  /** `restarted` is called when another machine has taken the place of the one before. */
  constructor(journal: Journal, restarted: () => void) {
    this.#journal = journal;
    this.#restarted = restarted;
  }

  /** kvm_entry, kvm_exit: true if the thread at hand has to claim this vCPU. */
  enters(vcpu: number): boolean {
    const { on, tid } = this.#journal;
    const last = this.#entered[on];
    if (last !== undefined && last.tid === tid && last.vcpu === vcpu && last.claims === this.#claims) return false;
    this.#entered[on] = { tid, vcpu, claims: this.#claims };
    return true;
  }

  /** The thread runs this vCPU. */
  claim(thread: Thread, vcpu: number): void {
    if (thread.vcpu === vcpu && thread.owner) return;
    this.#claims++;
    const owner = this.#owners.get(vcpu);
    if (owner !== undefined && owner !== thread) {
      owner.owner = false;
      if (thread.vcpu === vcpu) this.mixed();
      else this.#restarted();
    }
    this.#owners.set(vcpu, thread);
    if (thread.vcpu !== vcpu) this.#learn(thread, vcpu);
    thread.owner = true;
  }

  #learn(thread: Thread, vcpu: number): void {
    const j = this.#journal;
    const before = thread.vcpu;
    thread.vcpu = vcpu;
    thread.guest = true;
    this.onRun?.(thread.key, vcpu);
    if (before >= 0 && !this.#switching) {
      // One thread runs several vCPUs in turn: an injection no longer tells which.
      this.#switching = true;
      j.say({ kind: 'meta.chan', chan: 'cpu.inject', cover: 'partial' });
    }
    if (before >= 0) this.#unknown(before);
    if (before >= 0 || thread.silent) this.#unknown(vcpu);
    thread.silent = false;
    if (thread.svr !== undefined) this.tellSvr(vcpu, thread.svr);
    if (thread.tpr !== undefined) this.tellTpr(vcpu, thread.tpr);
    thread.svr = thread.tpr = undefined;
  }

  tellSvr(vcpu: number, value: number): void {
    const j = this.#journal;
    const enable = (value & SVR_ENABLE) === 0 ? 0 : 1;
    j.say({ kind: 'apic.svr', cpu: asVcpu(vcpu), enable, suppress_eoi: (value & SVR_SUPPRESS_EOI) === 0 ? 0 : 1 });
  }

  tellTpr(vcpu: number, value: number): void {
    const j = this.#journal;
    j.say({ kind: 'apic.tpr', cpu: asVcpu(vcpu), val: value & 0xff });
  }

  /** A thread of unknown vCPU changed a local APIC: it can be any of them. */
  anyChanged(): void {
    for (const vcpu of this.#owners.keys()) this.#unknown(vcpu);
  }

  #unknown(vcpu: number): void {
    const j = this.#journal;
    j.say({ kind: 'kvm.set_lapic', cpu: asVcpu(vcpu) });
  }

  /** `kvm=` of a probe. */
  pointer(kvm: number): void {
    if (kvm === this.#pointer) return;
    if (this.#pointer !== undefined) {
      this.#past.add(this.#pointer);
      if (this.#past.has(kvm) || this.#past.size > MAX_PAST) this.mixed();
      else this.#restarted();
    }
    this.#pointer = kvm;
  }

  /** The lines of several machines stand in one stream. */
  mixed(): void {
    if (this.#mixed) return;
    this.#mixed = true;
    const j = this.#journal;
    j.say({ kind: 'meta.chan', chan: 'vm', cover: 'none' });
  }
}
