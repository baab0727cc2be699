// The processor priority is the higher of TPR and of the class of the highest vector in service. Intel SDM vol. 3, task and processor priorities;
// QEMU apic_get_ppr.

import type { EventOf } from '../../event.js';
import { isTprSeen } from '../../model/lapic-takes.js';
import type { Machine } from '../../model/machine.js';
import { F, T } from '../../model/tri.js';
import { hex } from '../hex.js';
import type { Judge, Rule } from '../rule.js';

const HIGHEST = 15;
const classOf = (priority: number): number => Math.max(priority, 0) >> 4;
const subclassOf = (priority: number): number => priority & 0xf;

/** PPR[3:0] is that of TPR where TPR has the higher class, 0 where it has the lower one, and either where they are the same. A write of CR8, which hardly any recorder shows, leaves 0 there. */
function judgeSubclass(e: EventOf<'apic.read'>, m: Machine, judge: Judge): void {
  const { entity, tpr, tprBy, injectBy, isr } = m.lapics.of(e.cpu);
  const shown = subclassOf(e.val);
  if (tpr === undefined || shown === 0 || !m.ctx.channels.covers('apic.tpr')) return judge.held();
  judge.breachIf(classOf(tpr) === classOf(e.val) && subclassOf(tpr) === shown ? F : T, 'isr', () => ({
    entity,
    sentence: `PPR of CPU ${e.cpu} reads ${hex(e.val)}: its low bits are 0 or those of TPR, which is ${hex(tpr)}`,
    because: [tprBy, injectBy[isr.highest]],
    state: { tpr: String(tpr), 'isr.highest': String(isr.highest) },
  }));
}

export const pprMismatch: Rule = {
  id: 'lapic/ppr-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, processor priority: PPR[7:4] is the maximum of TPR[7:4] and ISRV[7:4]; PPR[3:0] is TPR[3:0] if TPR has the higher class, else 0',
  summary: 'PPR of a local APIC has the higher class of TPR and of the highest vector in service, and the sub-class of TPR or none.',
  needs: ['apic.read', 'apic.tpr', 'apic.eoi'],
  on: {
    'apic.read': (e, m, judge) => {
      if (e.reg !== 'ppr') return;
      const lapic = m.lapics.of(e.cpu);
      const latest = lapic.before(e);
      if (latest === undefined || m.ctx.unordered(latest, e) || !m.ctx.channels.covers('apic.eoi') || m.lapics.takes.mayHide) return judge.undecided('order');
      const tpr = isTprSeen(m.ctx) ? lapic.tpr : undefined;
      const inService = lapic.isr.highest;
      const least = Math.max(classOf(tpr ?? 0), classOf(inService));
      const most = Math.max(tpr === undefined ? HIGHEST : classOf(tpr), classOf(lapic.isr.highestPossible));
      const shown = classOf(e.val);
      // A reset clears TPR and ISR.
      if (shown < least && !m.ctx.recent(latest, e)) return judge.undecided('reset');
      if (shown >= least && shown <= most) return judgeSubclass(e, m, judge);
      judge.breachIf(T, 'isr', () => ({
        entity: lapic.entity,
        sentence: `PPR of CPU ${e.cpu} reads class ${shown}, which must be ${least === most ? least : `${least} to ${most}`}`,
        because: [lapic.tprBy, lapic.requestBy[inService], lapic.injectBy[inService], lapic.endBy],
        state: { tpr: String(tpr ?? 'unknown'), 'isr.highest': String(inService) },
      }));
    },
  },
};
