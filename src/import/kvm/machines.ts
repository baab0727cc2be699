// Which virtual machine: KVM's lines name none. A vCPU number belongs to one thread and `kvm=` of the probes to one
// machine; when that changes the machine was started anew, when it changes back several run at once.

import type { FieldTypes } from '../../field-types.js';
import { vcpu as asVcpu } from '../../ids.js';
import type { Journal } from './journal.js';
import { Succession, type Turn } from './succession.js';
import type { Thread } from './thread.js';
import type { Threads } from './threads.js';

const SVR_ENABLE = 1 << 8;
const SVR_SUPPRESS_EOI = 1 << 12;

interface Entered {
  readonly tid: number;
  readonly vcpu: number;
  readonly claims: number;
}

export type Register = FieldTypes['apicreg'];

export class Machines {
  readonly #journal: Journal;
  readonly #threads: Threads;
  readonly #owners = new Map<number, Thread>();
  /** vCPUs that lines have named. */
  readonly #named = new Set<number>();
  #latestNamed = -1;
  /** Entries into guests are recorded. */
  #showsEntries = false;
  /** What each CPU entered last: nearly always the same again. */
  readonly #entered: Entered[] = [];
  #claims = 0;
  readonly #pointers = new Succession();
  readonly #processes = new Succession();
  #mixed = false;
  /** What kind of host this is, once a line that only one prints has told. */
  arch: 'arm64' | 'x86' | undefined;
  /** One thread has run several vCPUs. */
  #isShared = false;
  /** Something was told of a thread's vCPU because the thread had run that one before. */
  #hasGuessed = false;
  /** Told which thread runs which vCPU. */
  onRun: ((tid: number, vcpu: number) => void) | undefined;
  readonly #restarted: () => void;

  /** `restarted` is called when another machine has taken the place of the one before. */
  constructor(journal: Journal, threads: Threads, restarted: () => void) {
    this.#journal = journal;
    this.#threads = threads;
    this.#restarted = restarted;
  }

  /** A thread may run several vCPUs in turn, as those of KVM's self-tests do: one has, or several vCPUs are known and no second thread runs any. */
  get #isDoubtful(): boolean {
    return this.#isShared || (this.#named.size > 1 && this.#threads.guests < 2);
  }

  /** Only the next entry tells for sure into which vCPU a thread injects. */
  get awaitsEntry(): boolean {
    return this.#isShared || (this.#showsEntries && this.#threads.guests < 2);
  }

  /** The vCPU whose local APIC the thread at hand has before it, -1 while that is not known. */
  of(thread: Thread): number {
    return thread.entered || thread.vcpu < 0 || this.guesses() ? thread.vcpu : -1;
  }

  /** True if what is the vCPU of a thread at one time is taken for that at another; should it turn out wrong, what was told of it is taken back. */
  guesses(): boolean {
    const isSound = !this.#isDoubtful;
    this.#hasGuessed ||= isSound;
    return isSound;
  }

  /** A line names this vCPU. */
  name(vcpu: number): void {
    if (vcpu === this.#latestNamed) return;
    this.#latestNamed = vcpu;
    this.#named.add(vcpu);
    this.#settleGuesses();
  }

  /** A thread has run several vCPUs. */
  shared(): void {
    this.#isShared = true;
    this.#settleGuesses();
  }

  /** What a thread did may have been done to another vCPU than was told. */
  #settleGuesses(): void {
    if (!this.#hasGuessed || !this.#isDoubtful) return;
    this.#hasGuessed = false;
    if (this.arch === 'arm64') this.#journal.say({ kind: 'vm.reset', state: 'unknown' });
    else this.anyChanged();
  }

  /** kvm_entry, kvm_exit: true if the thread at hand has to claim this vCPU. */
  enters(vcpu: number): boolean {
    const { on, tid } = this.#journal;
    this.#showsEntries = true;
    if (this.awaitsEntry) return true;
    const last = this.#entered[on];
    if (last !== undefined && last.tid === tid && last.vcpu === vcpu && last.claims === this.#claims) return false;
    this.#entered[on] = { tid, vcpu, claims: this.#claims };
    return true;
  }

  /** The thread runs this vCPU. */
  claim(thread: Thread, vcpu: number): void {
    this.name(vcpu);
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
    const isFirst = thread.vcpu < 0;
    thread.vcpu = vcpu;
    this.#threads.meet(thread);
    this.onRun?.(thread.key, vcpu);
    this.#isShared ||= !isFirst;
    this.#settleGuesses();
    const { svr, tpr } = thread;
    thread.svr = thread.tpr = undefined;
    if ((svr === undefined && tpr === undefined) || !this.guesses()) return;
    if (svr !== undefined) this.tellSvr(vcpu, svr);
    if (tpr !== undefined) this.tellTpr(vcpu, tpr);
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
    this.#journal.say({ kind: 'kvm.set_lapic', cpu: undefined, written: undefined, val: undefined });
  }

  /** A thread of unknown vCPU writes a register, which is told once it shows which; user space writes those of any vCPU. */
  wroteUnknown(register: Register, val: number): void {
    if (this.#isDoubtful) this.anyChanged();
    // That some APIC is switched on tells of the machine.
    if (this.#isDoubtful && register !== 'svr') return;
    this.#journal.say({ kind: 'kvm.set_lapic', cpu: undefined, written: register, val });
  }

  /** After a loss any thread may be with another vCPU, and of no local APIC is anything known. */
  forget(): void {
    this.#entered.length = 0;
    this.#hasGuessed = false;
  }

  /** `kvm=` of a probe. */
  pointer(kvm: number): void {
    this.#follow(this.#pointers.next(kvm));
  }

  /** The process of a thread that runs a vCPU, -1 where the recording does not tell. */
  process(tgid: number): void {
    if (tgid > 0) this.#follow(this.#processes.next(tgid));
  }

  #follow(turn: Turn): void {
    if (turn === 'back') this.mixed();
    else if (turn === 'new') this.#restarted();
  }

  /** The lines of several machines stand in one stream. */
  mixed(): void {
    if (this.#mixed) return;
    this.#mixed = true;
    const j = this.#journal;
    j.say({ kind: 'meta.chan', chan: 'vm', cover: 'none' });
  }
}
