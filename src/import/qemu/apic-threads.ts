// Whose an access of a local APIC is of which no line names the vCPU: its thread's, which may run several.

import type { Journal } from '../kvm/journal.js';
import { AT, isOwn } from '../apic-registers.js';
import type { MachineResets } from './machine-resets.js';

/** Registers that a reset leaves so; all entries of the local vector table are alike. */
const AS_RESET: ReadonlyMap<number, number> = new Map([[AT.tpr, 0], [AT.ppr, 0], [AT.svr, 0xff], [AT.lvt, 0x1_0000]]);

export class ApicThreads {
  readonly #journal: Journal;
  readonly #vcpus: ReadonlyMap<number, number>;
  readonly #resets: MachineResets;
  #started = false;

  constructor(journal: Journal, vcpus: ReadonlyMap<number, number>, resets: MachineResets) {
    this.#journal = journal;
    this.#vcpus = vcpus;
    this.#resets = resets;
  }

  /** The vCPU that the thread at hand runs, -1 if it is not known. */
  get vcpu(): number {
    return this.#vcpus.get(this.#journal.tid) ?? -1;
  }

  /** A start-up IPI has been written. */
  started(): void {
    this.#started = true;
  }

  /**
   * May the access be another vCPU's that runs on the same thread, and has been named by no line? Not if each has a thread of its own. One that
   * has been started within the log has written nothing yet, and reads what a reset leaves, or what each sets its own way; one that ran before
   * may do anything.
   */
  mayBeOthers({ write, offset, val }: { readonly write: boolean; readonly offset: number; readonly val: number }): boolean {
    if (this.#vcpus.size > 1) return false;
    if (!this.#resets.seen) return true;
    return this.#started && !write && (isOwn(offset) || AS_RESET.get(offset >= AT.lvt && offset < AT.lvtEnd ? AT.lvt : offset) === val);
  }
}
