// May some local APIC be in x2APIC mode, which QEMU has without KVM since 9.0? There its logical destination is another, and its registers are MSRs, whose
// accesses print an apic_register line alone. Intel SDM vol. 3, x2APIC; QEMU hw/intc/apic.c (apic_set_base, apic_msr_write), apic_common.c (cpu_set_apic_base).

import type { MachineResets } from './machine-resets.js';

/** An MSR was accessed, a register of the page, or one of the two. */
export type Way = 'msr' | 'page' | 'either';

/** In IA32_APIC_BASE. */
const X2APIC = 0x400;

export class ApicMode {
  readonly #resets: MachineResets;
  /** IA32_APIC_BASE has lines: a reset reads it for each vCPU. */
  #isShown = false;
  /** The number of resets before the latest entry into x2APIC mode; -1 for none. */
  #entered = -1;
  /** Destination half of the interrupt command register, a register of its own in xAPIC mode. */
  readonly #destinations = new Map<number, number>();

  constructor(resets: MachineResets) {
    this.#resets = resets;
  }

  /** IA32_APIC_BASE is read, or written, which may fail. True if the mode may be another now. */
  based(low: number): boolean {
    this.#isShown = true;
    if ((low & X2APIC) === 0) return false;
    this.entered();
    return true;
  }

  /** An MSR has been accessed as only x2APIC mode lets it be. */
  entered(): void {
    this.#entered = this.#resets.count;
  }

  setDestination(cpu: number, dst: number): void {
    this.#destinations.set(cpu, dst);
  }

  /** Of an IPI. `high`: the upper half of what was written, not a number if that is 0, as it also is of the register of an xAPIC. */
  destination(cpu: number, high: number, way: Way): number | undefined {
    if (!Number.isNaN(high)) return high;
    if (way === 'msr') return 0;
    const dst = this.#destinations.get(cpu);
    return way === 'page' || dst === 0 || !this.mayBeX2apic ? dst : undefined;
  }

  forget(): void {
    this.#destinations.clear();
  }

  /** A reset of the machine puts every APIC into xAPIC mode. */
  get mayBeX2apic(): boolean {
    const { seen, isRestored, count } = this.#resets;
    return !this.#isShown || !seen || isRestored || this.#entered === count;
  }
}
