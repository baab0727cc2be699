// The guest is given what a list register holds pending, the most urgent first, past its mask and what it runs. Arm IHI 0069, 4.8 and
// ICV_IAR1_EL1; IHI 0048B, GICV_IAR.

import type { Event, EventOf } from '../../event.js';
import { FIRST_LPI, isSpecial } from '../../model/intids.js';
import { PRIORITY_BITS } from '../../model/guest-interface.js';
import { ANY, PENDING, type ListRegister, type LrBank } from '../../model/lr-bank.js';
import type { Machine } from '../../model/machine.js';
import { F } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { isMoreUrgent } from './candidates.js';
import { shownRegister } from './guest-runs.js';

interface Wrong {
  readonly what: string;
  readonly slot: ListRegister;
  readonly by?: Event | undefined;
}

/** What is wrong with taking it out of this register. */
function wrongChoice(slot: ListRegister, bank: LrBank, m: Machine): Wrong | undefined {
  const { prio, group } = slot.by;
  const urgent = [...bank.slots.values()].find((other) => isMoreUrgent(other, slot));
  if (urgent !== undefined) return { what: `list register ${urgent.lr} holds the more urgent vINTID ${urgent.vid} pending`, slot, by: urgent.by };
  // QEMU's GICv2 acknowledges as long as either group is on.
  if (group !== undefined && m.ctx.config.gicVersion !== 2 && bank.face.groups[group === 1 ? 1 : 0] === F) return { what: `its group ${group} is switched off`, slot };
  if (prio === undefined) return undefined;
  const least = prio & PRIORITY_BITS;
  if (bank.face.mask !== undefined && least >= bank.face.mask) return { what: `its priority 0x${prio.toString(16)} does not pass the mask 0x${bank.face.mask.toString(16)}`, slot };
  const { top } = bank.face;
  if (top?.settled !== true || top.priority === undefined || least < top.priority) return undefined;
  return { what: `its priority 0x${prio.toString(16)} is not above 0x${top.priority.toString(16)} of vINTID ${top.id}, which the guest runs`, slot, by: top.by };
}

/** Undefined if nothing is, or nothing can be said. */
function judgeTaken(e: EventOf<'gic.iar'>, bank: LrBank, m: Machine): Wrong | undefined {
  const known = bank.holding(e.id, ANY);
  const [slot, second] = known.filter(({ set }) => (set & PENDING) !== 0);
  if (second !== undefined) return undefined;
  if (slot !== undefined && e.group !== undefined && slot.by.group === 1 - e.group) return { what: `its list register has it in group ${slot.by.group}, and group ${e.group} was read`, slot };
  if (slot !== undefined) return wrongChoice(slot, bank, m);
  const [idle] = known;
  return idle === undefined ? undefined : { what: 'its list register does not hold it pending', slot: idle, by: idle.takenBy };
}

/** Does no list register hold it? Of those that it has, each is known. */
function judgeUnlisted(e: EventOf<'gic.iar'>, bank: LrBank, m: Machine, judge: Judge): void {
  if (!m.vgic.isKnown(bank)) return judge.undecided('list registers');
  judge.breach({
    entity: `vcpu:${e.cpu}/intid:${e.id}`,
    sentence: `the guest on vCPU ${e.cpu} acknowledged vINTID ${e.id}, which no list register holds`,
    because: [...bank.slots.values()].map(({ by }) => by),
    state: { 'list registers': [...bank.slots.values()].map(({ lr, vid }) => `${lr}: ${vid}`).join(', ') || 'empty' },
  });
}

export const wrongAcknowledge: Rule = {
  id: 'vgic/wrong-acknowledge',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICV_IAR1_EL1: the highest-priority virtual interrupt that is pending in a list register and passes mask and running priority',
  summary: "The guest's acknowledge returns what a list register holds pending in the group that is read, the most urgent first, and nothing that its mask or what it runs keeps out.",
  needs: ['vgic.flush', 'gic.iar', 'gic.eoir'],
  on: {
    'gic.iar': (e, m, judge) => {
      const bank = m.vgic.bank(e.stream, e.cpu);
      if (isSpecial(e.id) || e.id >= FIRST_LPI || (bank.slots.size === 0 && bank.idle.size === 0)) return;
      if (bank.holding(e.id, ANY).length === 0) return judgeUnlisted(e, bank, m, judge);
      const wrong = m.ctx.channels.of('gic.eoir').shows(e.stream) ? judgeTaken(e, bank, m) : undefined;
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
