// Only a higher priority class interrupts a handler. SDM, task and processor priorities; KVM apic_update_ppr.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U, show, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { judgeRead } from './register-read.js';

const classOf = (vector: number): number => vector >> 4;

/** Is the vector's class not above the processor priority? */
function blocked(e: EventOf<'cpu.inject'>, m: Machine): Tri {
  const lapic = m.lapics.of(e.cpu);
  const own = classOf(e.vec);
  const top = m.lapics.highestInService(e.cpu);
  // In service itself: injected again after an exit during its delivery.
  if (top === e.vec) return F;
  if (classOf(top) >= own) return T;
  if (lapic.tpr !== undefined && classOf(lapic.tpr) >= own) return m.ctx.channels.of('apic.tpr').declared ? T : U;
  return lapic.tpr === undefined || classOf(lapic.isr.highestPossible) >= own ? U : F;
}

export const nestedPriority: Rule = {
  id: 'lapic/nested-priority',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, interrupt priority: PPR is the maximum of TPR and the highest class in service',
  summary: 'A vector is injected only if its class is above the processor priority.',
  needs: [['cpu.inject', 'apic.read'], 'apic.eoi'],
  on: {
    'apic.read': (e, m, judge) =>
      judgeRead(e, m, judge, { reg: 'isr', why: 'nested', fact: () => `: it was taken while vector ${m.lapics.of(e.cpu).isr.highest} is in service, whose class it does not exceed` }),
    'cpu.inject': (e, m, judge) => {
      const own = m.lapics.isFromLapic(e);
      if (own === F) return judge.held();
      if (own === U) return judge.undecided('extint');
      const lapic = m.lapics.of(e.cpu);
      judge.breachIf(blocked(e, m), 'isr', () => {
        const top = lapic.isr.highest;
        return {
          entity: `vector:${e.vec}@cpu${e.cpu}`,
          sentence: `vector ${e.vec} (class ${classOf(e.vec)}) was injected into CPU ${e.cpu} while vector ${top} is in service and TPR is ${lapic.tpr ?? 'unknown'}: its class is not above`,
          because: [lapic.injectBy[top], lapic.tprBy, lapic.acceptBy[e.vec]],
          state: { 'isr.highest': String(top), tpr: String(lapic.tpr ?? 'unknown'), irr: show(lapic.irr.get(e.vec)) },
        };
      });
    },
  },
};
