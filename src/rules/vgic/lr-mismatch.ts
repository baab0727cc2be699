// A list register reads back as it was filled, but for its state, which follows the guest's accesses. Arm IHI 0069, ICH_LR<n>_EL2.

import type { EventOf } from '../../event.js';
import { PRIORITY_BITS } from '../../model/guest-interface.js';
import type { Machine } from '../../model/machine.js';
import { ACTIVE, BOTH, SETS, type ListRegister } from '../../model/lr-bank.js';
import type { Rule } from '../rule.js';
import { shownRegister } from './guest-runs.js';

/** A field that reads otherwise than written: the hardware changes the state alone. */
function changedField(e: EventOf<'vgic.fold'>, { by }: ListRegister): string | undefined {
  if (e.vid !== by.vid) return `vINTID reads ${e.vid}, ${by.vid}`;
  const differs = (read: number | undefined, written: number | undefined, bits = -1): boolean => read !== undefined && written !== undefined && ((read ^ written) & bits) !== 0;
  if (differs(e.hw, by.hw)) return `HW bit reads ${e.hw}, ${by.hw}`;
  if (differs(e.pid, by.pid)) return `pINTID reads ${e.pid}, ${by.pid}`;
  if (differs(e.eoi, by.eoi)) return `EOI bit reads ${e.eoi}, ${by.eoi}`;
  if (differs(e.group, by.group)) return `group reads ${e.group}, ${by.group}`;
  return differs(e.prio, by.prio, PRIORITY_BITS) ? `priority reads ${e.prio}, ${by.prio}` : undefined;
}

/** Would everything show that changes its state? */
const isShown = ({ stream }: EventOf<'vgic.fold'>, m: Machine, slot: ListRegister): boolean => !slot.isDoubtful && m.vgic.sight.showsMoves(stream, (slot.set & (ACTIVE | BOTH)) !== 0);

export const lrMismatch: Rule = {
  id: 'vgic/lr-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICH_LR<n>_EL2: an acknowledge makes the interrupt active, its deactivation inactive; nothing else of the register changes',
  summary: "A list register reads back as it was filled, in the state to which the guest's accesses have led.",
  needs: ['vgic.flush', 'vgic.fold', 'gic.iar', 'gic.eoir'],
  on: {
    'vgic.fold': (e, m, judge) => {
      const slot = e.lr === undefined ? undefined : m.vgic.bank(e.stream, e.cpu).slots.get(e.lr);
      if (slot === undefined || e.st === undefined || slot.by.st === undefined) return;
      // One that is empty names no interrupt.
      if (slot.vid !== e.vid && (e.vid === undefined || e.st === 'I' || slot.by.st === 'I' || !m.ctx.channels.of('vgic.flush').shows(e.stream))) return;
      const changed = changedField(e, slot);
      if (changed === undefined && (slot.set & SETS[e.st]) !== 0) return judge.held();
      if (changed === undefined && !isShown(e, m, slot)) return judge.undecided('what the guest did');
      const { state, ...rest } = shownRegister(slot);
      const wrong = changed === undefined ? `state reads ${e.st}, and the guest's accesses have made it ${state}` : `${changed} was written`;
      judge.breach({
        entity: `vcpu:${e.cpu}/lr:${e.lr}`,
        sentence: `list register ${e.lr} of vCPU ${e.cpu} was filled with vINTID ${slot.vid} ${slot.by.st}; its ${wrong}`,
        because: [slot.by, slot.takenBy, slot.eoirBy],
        state: { ...rest, state: state ?? '', 'read back': e.st },
      });
    },
  },
};
