// Whether KVM sees what its local APICs take and end, or the CPU delivers interrupts by itself (Intel APICv, AMD AVIC).

import type { Journal } from './journal.js';

/** The hardware takes and ends interrupts unseen; a posted one is not even sent by KVM. */
const HIDDEN = ['cpu.inject', 'apic.eoi'];
const POSTING_HIDES = ['kvm.msi', 'apic.accept', ...HIDDEN];
/** Reasons that a new VM has from the first: that the module has it switched off (APICV_INHIBIT_REASON_DISABLED), and that it has no local APICs yet (ABSENT). */
const DISABLED = 0;
const ABSENT = 2;

export class Apicv {
  readonly #journal: Journal;
  readonly #declarePartial: (kinds: readonly string[]) => void;
  /** That no CPU delivers, as far as it is known, and said. */
  #isAbsent: 'unknown' | 'known' | 'said' = 'unknown';
  #isActive = false;

  constructor(journal: Journal, declarePartial: (kinds: readonly string[]) => void) {
    this.#journal = journal;
    this.#declarePartial = declarePartial;
  }

  active(): void {
    if (this.#isActive) return;
    this.#isActive = true;
    this.#declarePartial(HIDDEN);
  }

  /** What inhibits it after a change of one reason; the hardware works for the VM while nothing does. KVM set_or_clear_apicv_inhibit. */
  inhibited(reason: number, inhibits: number): void {
    const wasFree = inhibits === 2 ** reason && reason !== DISABLED && reason !== ABSENT;
    if (inhibits === 0 || wasFree) this.active();
    else if (inhibits % 2 !== 0) this.#absent();
  }

  posted(): void {
    this.#declarePartial(POSTING_HIDES);
  }

  /** The guest's EOI was an access that KVM emulated: where the CPU delivers it ends edges itself, and an EOI of a level interrupt exits after it. */
  eoiExited(): void {
    this.#absent();
  }

  /** kvm_eoi: it is recorded. */
  ended(): void {
    if (this.#isAbsent !== 'known' || this.#isActive) return;
    this.#isAbsent = 'said';
    this.#journal.say({ kind: 'meta.chan', chan: 'apic.eoi', cover: 'full' });
  }

  #absent(): void {
    if (this.#isAbsent === 'unknown') this.#isAbsent = 'known';
  }
}
