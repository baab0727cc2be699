// Registers of a local APIC that software writes read as written. Intel SDM vol. 3, spurious-interrupt vector register, local vector table,
// logical destination, interrupt command register, APIC timer.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U } from '../../model/tri.js';
import { hex } from '../hex.js';
import type { Judge, Rule } from '../rule.js';

const ENABLE = 0x100;
const VECTOR = 0xff;
const FORMAT = 0xf000_0000;

const NAMES: Readonly<Partial<Record<EventOf<'apic.read'>['reg'], string>>> = {
  svr: 'SVR',
  ldr: 'LDR',
  dfr: 'DFR',
  icr: 'the low word of ICR',
  tmict: "the timer's initial count",
  tdcr: "the timer's divide configuration",
};

/** A reset, which nobody may have recorded, leaves APIC Software Enable clear, the vectors of the local vector table 0, the format flat, and all else 0. */
function isAsReset({ reg, val }: EventOf<'apic.read'>, bits: number): boolean {
  if (reg === 'svr') return (val & ENABLE) === 0;
  if (reg === 'lvt') return (val & VECTOR) === 0;
  return ((reg === 'dfr' ? ~val & FORMAT : val) & bits) === 0;
}

/** A count starts from the initial one, and runs down. */
function judgeCount(e: EventOf<'apic.read'>, m: Machine, judge: Judge): void {
  const { entity, written } = m.lapics.of(e.cpu);
  const initial = written.initialCount;
  if (initial === undefined) return;
  const certain = !m.ctx.unordered(initial.by, e) && m.ctx.channels.covers(initial.by.kind);
  judge.breachIf(e.val <= initial.value ? F : certain ? T : U, 'write', () => ({
    entity,
    sentence: `the timer of CPU ${e.cpu} reads a current count of ${hex(e.val)}, but counts down from ${hex(initial.value)}`,
    because: [initial.by],
  }));
}

export const registerMismatch: Rule = {
  id: 'lapic/register-mismatch',
  severity: 'violation',
  class: 'safety',
  clause:
    'Intel SDM vol. 3, APIC chapter, SVR, local vector table, LDR, DFR, ICR, timer: vectors, delivery modes, mask bits, APIC Software Enable, logical destinations, commands, initial count and divide configuration are read-write',
  summary: 'SVR, the local vector table, LDR, DFR, ICR and the timer of a local APIC read what was last written to them.',
  needs: ['apic.read', ['apic.svr', 'apic.lvt', 'apic.dest', 'apic.ipi', 'apic.timer']],
  on: {
    'apic.read': (e, m, judge) => {
      if (e.reg === 'tmcct') return judgeCount(e, m, judge);
      const lapic = m.lapics.of(e.cpu);
      const written = lapic.written.of(e);
      if (written === undefined) return;
      const { value, bits, lasts, by } = written;
      const differs = ((value ^ e.val) & bits) !== 0;
      const { channels } = m.ctx;
      // What a vCPU has sent that is not known may be an INIT.
      const isReset = isAsReset(e, bits) && (!lasts || !m.ctx.showsResetsSince(by) || channels.of('apic.ipi').missing !== 0);
      const certain = !m.ctx.unordered(by, e) && m.ctx.recent(by, e) && channels.covers(by.kind) && !isReset;
      const name = NAMES[e.reg] ?? `entry ${e.word} of the local vector table`;
      judge.breachIf(!differs ? F : certain ? T : U, 'reset', () => ({
        entity: lapic.entity,
        sentence: `${name} of CPU ${e.cpu} reads ${hex(e.val)}, but ${hex(value)} was written to its bits ${hex(bits)}, and nothing since`,
        because: [by],
      }));
    },
  },
};
