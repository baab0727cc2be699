// Chips that QEMU models show what is done to them in its own log, and KVM's trace shows the same accesses once more, as those that it leaves to user space
// (kvm_pio, kvm_mmio): kernel-irqchip=split for 8259 and IOAPIC, off for the local APICs, too. Each access has happened once: what the log tells is kept.

import type { Event } from '../event.js';
import type { Kind } from '../kinds.js';

type Chip = 'pic' | 'ioapic' | 'apic';

/** Kinds by which a stream of QEMU's shows that a chip is its own. */
const SIGNS: Readonly<Partial<Record<Kind, Chip>>> = {
  'pic.imr': 'pic',
  'pic.init': 'pic',
  'pic.read': 'pic',
  'pic.request': 'pic',
  'pic.eoi': 'pic',
  'ioapic.rte': 'ioapic',
  'ioapic.rte.read': 'ioapic',
  'ioapic.in': 'ioapic',
  'apic.eoi': 'apic',
  'apic.read': 'apic',
  'apic.svr': 'apic',
};
/** Accesses of a chip, which a trace of KVM's shows whoever models it. */
const ACCESSES: Readonly<Partial<Record<Kind, Chip>>> = {
  'pic.imr': 'pic',
  'pic.elcr': 'pic',
  'pic.eoi': 'pic',
  'pic.init': 'pic',
  'pic.mode': 'pic',
  'pic.poll': 'pic',
  'pic.read': 'pic',
  'ioapic.rte': 'ioapic',
  'ioapic.rte.read': 'ioapic',
  'ioapic.dst.read': 'ioapic',
  'apic.eoi': 'apic',
  'apic.read': 'apic',
  'apic.tpr': 'apic',
  'apic.svr': 'apic',
  'apic.lvt': 'apic',
  'apic.dest': 'apic',
  'apic.timer': 'apic',
  'apic.ipi': 'apic',
};

export class ChipTellers {
  readonly #chips = new Set<Chip>();

  /** What a stream of QEMU's tells: it is looked at before anything of that time is given out. */
  arrived(events: readonly Event[]): void {
    for (const { kind } of events) {
      const chip = SIGNS[kind];
      if (chip !== undefined) this.#chips.add(chip);
    }
  }

  /** Is the event of another stream one that a stream of QEMU's tells, too? */
  tell({ kind }: Event): boolean {
    if (this.#chips.size === 0) return false;
    const chip = ACCESSES[kind];
    return chip !== undefined && this.#chips.has(chip);
  }
}

/** A stream of QEMU's own trace events, and not what its monitor prints of whosever chips. */
export const isQemus = (recorder: string): boolean => /^QEMU (?:log|simple)/.test(recorder);
