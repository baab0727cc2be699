// What the hypervisor reads of its list registers as a whole, and its maintenance interrupt, follow from what they hold. Arm IHI 0069,
// ICH_ELRSR_EL2, ICH_EISR_EL2, ICH_MISR_EL2; IHI 0048B, 5.3.

import type { Event, EventOf } from '../../event.js';
import { showSet, type LrBank } from '../../model/lr-bank.js';
import type { Bits, LrStatus } from '../../model/lr-status.js';
import { F, T, U, type Tri } from '../../model/tri.js';
import { hex } from '../hex.js';
import type { Judge, Rule } from '../rule.js';

const NAMES = { elrsr: 'empty list register status', eisr: 'end of interrupt status', misr: 'maintenance interrupt status' } as const;
type Name = keyof typeof NAMES;

/** Bits that read otherwise than they can. Of a register that it finds empty, which is in use, another rule tells: that is its state. */
function wrongBits(name: Name, value: number, { must, may }: Bits, bank: LrBank): number {
  const inUse = name === 'elrsr' ? [...bank.slots.keys()].reduce<number>((bits, lr) => bits | (1 << lr), 0) : 0;
  return (((value & ~may) | (must & ~value)) & ~(value & inUse)) >>> 0;
}

const shown = (bank: LrBank): Record<string, string> => {
  const used = [...bank.slots.values()].map(({ lr, vid, set }) => `${lr}: ${vid} ${showSet(set)}`);
  return { 'list registers': used.join(', ') || 'empty', control: bank.control === undefined ? 'unknown' : hex(bank.control) };
};

const sources = (bank: LrBank): (Event | undefined)[] => [...bank.slots.values()].flatMap(({ by, takenBy, eoirBy }) => [by, takenBy, eoirBy]).sort((a, b) => (a?.seq ?? 0) - (b?.seq ?? 0));

function judgeWord(e: EventOf<'vgic.status'>, name: Name, status: LrStatus, bank: LrBank, judge: Judge): void {
  const value = e[name];
  if (value === undefined) return;
  const wrong = wrongBits(name, value, status[name], bank);
  if (wrong !== 0)
    judge.breach({
      entity: `vcpu:${e.cpu}/${name}`,
      sentence: `the ${NAMES[name]} of vCPU ${e.cpu} reads ${hex(value)}: by what its list registers hold ${(value & wrong) >>> 0 === 0 ? `bits ${hex(wrong)} are set` : `bits ${hex((value & wrong) >>> 0)} are clear`}`,
      because: sources(bank),
      state: shown(bank),
    });
  else if (status[name].must === status[name].may) judge.held();
  else judge.undecided('list registers');
}

const wrongLevel = (level: 0 | 1, asserted: Tri): Tri => (asserted === U ? U : asserted === level ? F : T);

export const lrStatusMismatch: Rule = {
  id: 'vgic/lr-status-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICH_EISR_EL2, ICH_ELRSR_EL2, ICH_MISR_EL2: a bit for each list register in that state, and for each condition that is asked for',
  summary: 'The status of the list registers and the maintenance interrupt follow from what they hold and what the hypervisor asks for.',
  needs: ['vgic.flush', 'gic.iar', 'gic.eoir', ['vgic.status', 'vgic.maint']],
  on: {
    'vgic.status': (e, m, judge) => {
      const bank = m.vgic.bank(e.stream, e.cpu);
      const status = m.vgic.status(e.stream, e.cpu);
      for (const name of ['elrsr', 'eisr', 'misr'] as const) judgeWord(e, name, status, bank, judge);
    },
    'vgic.maint': (e, m, judge) => {
      const bank = m.vgic.bank(e.stream, e.cpu);
      judge.breachIf(wrongLevel(e.level, m.vgic.status(e.stream, e.cpu).maintenance), 'list registers', () => ({
        entity: `vcpu:${e.cpu}/maintenance`,
        sentence: `the maintenance interrupt of vCPU ${e.cpu} is ${e.level === 1 ? 'asserted although nothing that its hypervisor asks for is so' : 'not asserted although what its hypervisor asks for is so'}`,
        because: sources(bank),
        state: shown(bank),
      }));
    },
  },
};
