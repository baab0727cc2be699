// The guest's register of the highest pending interrupt shows what its list registers hold. Arm IHI 0069, ICV_HPPIR0_EL1,
// ICV_HPPIR1_EL1; IHI 0048B, GICV_HPPIR.

import type { Event, EventOf } from '../../event.js';
import { FIRST_LPI, isSpecial } from '../../model/intids.js';
import { ANY, BOTH, PENDING, type ListRegister, type LrBank } from '../../model/lr-bank.js';
import type { Machine } from '../../model/machine.js';
import type { Rule } from '../rule.js';
import { isMoreUrgent, overlooked } from './candidates.js';
import { shownRegister } from './guest-runs.js';

const NONE = 1023;

interface Wrong {
  readonly what: string;
  readonly slot: ListRegister;
  readonly by?: Event | undefined;
}

/** Undefined if nothing is wrong, or nothing can be said. */
function judgeShown(e: EventOf<'gic.hppir'>, bank: LrBank, showsEnds: boolean): Wrong | undefined {
  const [slot, second] = bank.holding(e.id, ANY);
  if (slot === undefined || second !== undefined) return undefined;
  if ((slot.set & (showsEnds ? PENDING : PENDING | BOTH)) === 0) return { what: 'its list register does not hold it pending', slot, by: slot.takenBy };
  if (e.group !== undefined && slot.by.group === 1 - e.group) return { what: `its list register has it in group ${slot.by.group}`, slot };
  const urgent = [...bank.slots.values()].find((other) => isMoreUrgent(other, slot));
  return urgent === undefined ? undefined : { what: `list register ${urgent.lr} holds the more urgent vINTID ${urgent.vid} pending`, slot, by: urgent.by };
}

/** GICv2 may leave out what the mask does. */
const judgeNone = (e: EventOf<'gic.hppir'>, bank: LrBank, m: Machine): Wrong | undefined => {
  const slot = overlooked(e.group, bank, m, ({ by }) => m.ctx.config.gicVersion === 3 || bank.face.unmasks(by));
  return slot === undefined ? undefined : { what: `list register ${slot.lr} holds vINTID ${slot.vid} pending`, slot };
};

export const highestMismatch: Rule = {
  id: 'vgic/highest-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICV_HPPIR1_EL1: the INTID of the highest-priority pending virtual interrupt of the group, 1023 if there is none',
  summary: "The guest's highest pending interrupt is the most urgent one that its list registers hold pending, in the group that is read.",
  needs: ['vgic.flush', 'gic.iar', 'gic.hppir'],
  on: {
    'gic.hppir': (e, m, judge) => {
      const bank = m.vgic.bank(e.stream, e.cpu);
      if (bank.slots.size === 0 || e.id >= FIRST_LPI) return;
      if (!m.ctx.channels.of('gic.iar').hasShown(e.stream)) return judge.undecided('what the guest did');
      const wrong = e.id === NONE ? judgeNone(e, bank, m) : isSpecial(e.id) ? undefined : judgeShown(e, bank, m.vgic.sight.showsEnds(e.stream));
      if (wrong === undefined) return judge.held();
      judge.breach({
        entity: `vcpu:${e.cpu}/intid:${e.id}`,
        sentence: `the highest pending interrupt of the guest on vCPU ${e.cpu} reads ${e.id} although ${wrong.what}`,
        because: [wrong.slot.by, wrong.by],
        state: shownRegister(wrong.slot),
      });
    },
  },
};
