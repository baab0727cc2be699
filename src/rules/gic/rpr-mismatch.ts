// The running priority is that of what the CPU acknowledged last and has not ended. Arm IHI 0048B, GICC_RPR; IHI 0069, ICC_RPR_EL1.

import type { GicEvent } from '../../model/gic-event.js';
import type { Gic } from '../../model/gic.js';
import type { Machine } from '../../model/machine.js';
import { U, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics, showPriority, showRunning } from './views.js';

const IDLE = 0xff;

function isWrong(e: GicEvent<'rpr'>, gic: Gic, m: Machine): Tri {
  const isGuests = m.interfaces.isVirtual && gic.view === 'gic';
  // Another guest runs at other priorities.
  if (isGuests && !m.ctx.channels.of('gic.load').shows(e.stream)) return U;
  const cpu = gic.cpu(e.cpu);
  if (gic.isTwofold || !gic.sight.sees('iar') || !gic.sight.sees('eoir')) return U;
  // QEMU's GICv2 drops no priority at the end of an interrupt whose group has changed meanwhile.
  if (!isGuests && gic.distributor.isVersion2 && !gic.sight.seesGroups) return U;
  // More urgent than what is shown to run: an acknowledge may not have been recorded.
  const raised = e.val < (cpu.top === undefined ? IDLE : (cpu.top.priority ?? IDLE));
  return raised && !gic.seesAllAcknowledges(e.cpu) ? U : cpu.wrongPriority(e);
}

export const rprMismatch: Rule = {
  id: 'gic/rpr-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, GICC_RPR: the group priority of the highest-priority active interrupt of the CPU, 0xff if there is none',
  summary: 'The Running Priority Register shows the priority of the latest acknowledge that has not been ended.',
  needs: ['gic.iar', 'gic.eoir', 'gic.rpr'],
  on: onGics('rpr', (e, gic, judge, m) => {
    const cpu = gic.cpu(e.cpu);
    judge.breachIf(isWrong(e, gic, m), 'what runs', () => ({
      entity: entityOf(gic, `gic:cpu${e.cpu}`),
      sentence: `the running priority of CPU ${e.cpu} reads ${showPriority(e.val)}, but ${cpu.top === undefined ? 'it runs nothing' : `it runs INTID ${cpu.top.id} of priority ${showPriority(cpu.top.priority)}`}`,
      because: [cpu.top?.by, cpu.freeBy],
      state: { running: showRunning(cpu) },
    }));
  }),
};
