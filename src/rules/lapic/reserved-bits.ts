// Bits of a local APIC's registers that hold nothing, whatever software writes. Intel SDM vol. 3, figures of the registers; QEMU apic_mem_read, apic_register_read.

import type { EventOf } from '../../event.js';
import { F, T } from '../../model/tri.js';
import { hex } from '../hex.js';
import type { Rule } from '../rule.js';

/** The bits, and what they read. AMD has a use for bit 31 of the version register; reserved bits of others may be kept as they were written. */
const RESERVED: Readonly<Partial<Record<EventOf<'apic.read'>['reg'], { readonly bits: number; readonly value: number }>>> = {
  version: { bits: 0x7e00_ff00, value: 0 },
  tpr: { bits: 0xffff_ff00, value: 0 },
  ldr: { bits: 0x00ff_ffff, value: 0 },
  dfr: { bits: 0x0fff_ffff, value: 0x0fff_ffff },
  esr: { bits: 0xffff_ff00, value: 0 },
};

export const reservedBits: Rule = {
  id: 'lapic/reserved-bits',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, version register, TPR, LDR, DFR, ESR: reserved bits; those of DFR are 1',
  summary: 'Reserved bits of the version register, TPR, LDR and ESR read 0, those of DFR 1.',
  needs: ['apic.read'],
  on: {
    'apic.read': (e, { lapics }, judge) => {
      const reserved = RESERVED[e.reg];
      if (reserved === undefined) return;
      const { bits, value } = reserved;
      judge.breachIf(((e.val ^ value) & bits) === 0 ? F : T, 'reserved', () => ({
        entity: lapics.of(e.cpu).entity,
        sentence: `${e.reg.toUpperCase()} of CPU ${e.cpu} reads ${hex(e.val)}, but its bits ${hex(bits)} are reserved and read ${hex(value)}`,
      }));
    },
  },
};
