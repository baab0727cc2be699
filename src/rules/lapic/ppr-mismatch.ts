// The processor priority class is the higher of TPR's and of the highest vector in service. Intel SDM vol. 3, task and processor priorities; QEMU apic_get_ppr.

import { isTprSeen } from '../../model/lapic-takes.js';
import { F, T } from '../../model/tri.js';
import type { Rule } from '../rule.js';

const HIGHEST = 15;
const classOf = (priority: number): number => Math.max(priority, 0) >> 4;

export const pprMismatch: Rule = {
  id: 'lapic/ppr-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, processor priority: PPR[7:4] is the maximum of TPR[7:4] and ISRV[7:4]',
  summary: 'PPR of a local APIC has the higher class of TPR and of the highest vector in service.',
  needs: ['apic.read', 'apic.tpr', 'apic.eoi'],
  on: {
    'apic.read': (e, m, judge) => {
      if (e.reg !== 'ppr') return;
      const lapic = m.lapics.of(e.cpu);
      const latest = lapic.before(e);
      if (latest === undefined || m.ctx.unordered(latest, e) || !m.ctx.channels.covers('apic.eoi') || m.lapics.takes.mayHide) return judge.undecided('order');
      const tpr = isTprSeen(m.ctx) ? lapic.tpr : undefined;
      const inService = lapic.isr.lastIndexOf(T);
      const least = Math.max(classOf(tpr ?? 0), classOf(inService));
      const most = Math.max(tpr === undefined ? HIGHEST : classOf(tpr), classOf(lapic.highestPossiblyInService()));
      const shown = classOf(e.val);
      // A reset clears TPR and ISR.
      if (shown < least && !m.ctx.recent(latest, e)) return judge.undecided('reset');
      judge.breachIf(shown < least || shown > most ? T : F, 'isr', () => ({
        entity: lapic.entity,
        sentence: `PPR of CPU ${e.cpu} reads class ${shown}, which must be ${least === most ? least : `${least} to ${most}`}`,
        because: [lapic.tprBy, lapic.requestBy[inService], lapic.injectBy[inService], lapic.endBy],
        state: { tpr: String(tpr ?? 'unknown'), 'isr.highest': String(inService) },
      }));
    },
  },
};
