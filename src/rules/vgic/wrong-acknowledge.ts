// The guest is given what a list register holds pending, the most urgent first, past its mask and what it runs. Arm IHI 0069, 4.8 and
// ICV_IAR1_EL1; IHI 0048B, GICV_IAR.

import type { Event, EventOf } from '../../event.js';
import { FIRST_LPI, isSpecial } from '../../model/intids.js';
import { ANY, PENDING, PRIORITY_BITS, type ListRegister, type LrBank } from '../../model/lr-bank.js';
import { F } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { shownRegister } from './guest-runs.js';

interface Wrong {
  readonly what: string;
  readonly slot: ListRegister;
  readonly by?: Event | undefined;
}

const isMoreUrgent = (a: ListRegister, b: ListRegister): boolean =>
  a.set === PENDING && !a.isDoubtful && a.by.group === b.by.group && a.by.prio !== undefined && b.by.prio !== undefined && (a.by.prio & PRIORITY_BITS) < (b.by.prio & PRIORITY_BITS);

/** What is wrong with taking it out of this register. */
function wrongChoice(slot: ListRegister, bank: LrBank): Wrong | undefined {
  const { prio, group } = slot.by;
  const urgent = [...bank.slots.values()].find((other) => isMoreUrgent(other, slot));
  if (urgent !== undefined) return { what: `list register ${urgent.lr} holds the more urgent vINTID ${urgent.vid} pending`, slot, by: urgent.by };
  if (group !== undefined && bank.groups[group === 1 ? 1 : 0] === F) return { what: `its group ${group} is switched off`, slot };
  if (prio === undefined) return undefined;
  const least = prio & PRIORITY_BITS;
  if (bank.mask !== undefined && least >= bank.mask) return { what: `its priority 0x${prio.toString(16)} does not pass the mask 0x${bank.mask.toString(16)}`, slot };
  const { top } = bank;
  if (top?.settled !== true || top.priority === undefined || least < top.priority) return undefined;
  return { what: `its priority 0x${prio.toString(16)} is not above 0x${top.priority.toString(16)} of vINTID ${top.id}, which the guest runs`, slot, by: top.by };
}

/** Undefined if nothing is, or nothing can be said. */
function judgeTaken(e: EventOf<'gic.iar'>, bank: LrBank): Wrong | undefined {
  const known = bank.holding(e.id, ANY);
  const [slot, second] = known.filter(({ set }) => (set & PENDING) !== 0);
  if (second !== undefined) return undefined;
  if (slot !== undefined) return wrongChoice(slot, bank);
  const [idle] = known;
  return idle === undefined ? undefined : { what: 'its list register does not hold it pending', slot: idle, by: idle.takenBy };
}

export const wrongAcknowledge: Rule = {
  id: 'vgic/wrong-acknowledge',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICV_IAR1_EL1: the highest-priority virtual interrupt that is pending in a list register and passes mask and running priority',
  summary: "The guest's acknowledge returns what a list register holds pending, the most urgent first, and nothing that its mask or what it runs keeps out.",
  needs: ['vgic.flush', 'gic.iar', 'gic.eoir'],
  on: {
    'gic.iar': (e, m, judge) => {
      const bank = m.vgic.bank(e.stream, e.cpu);
      if (isSpecial(e.id) || e.id >= FIRST_LPI || bank.slots.size === 0) return;
      if (bank.holding(e.id, ANY).length === 0) return judge.undecided('list registers');
      const wrong = m.ctx.channels.of('gic.eoir').shows(e.stream) ? judgeTaken(e, bank) : undefined;
      if (wrong === undefined) return judge.held();
      judge.breach({
        entity: `vcpu:${e.cpu}/intid:${e.id}`,
        sentence: `the guest on vCPU ${e.cpu} acknowledged vINTID ${e.id} although ${wrong.what}`,
        because: [wrong.slot.by, wrong.by],
        state: shownRegister(wrong.slot),
      });
    },
  },
};
