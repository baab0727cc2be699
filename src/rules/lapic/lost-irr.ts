// The highest requested vector is taken first. SDM, interrupt acceptance; KVM kvm_apic_has_interrupt, irr_pending.

import { F, T, U, type Tri } from '../../model/tri.js';
import type { Lapic } from '../../model/lapic-cpu.js';
import type { Machine } from '../../model/machine.js';
import type { EventOf } from '../../event.js';
import type { Rule } from '../rule.js';

/** A higher vector that was requested before the vCPU last did anything else, so that it was there to be chosen; -1 if none is known. */
function passedOver(e: EventOf<'cpu.inject'>, lapic: Lapic, m: Machine): number {
  const v = lapic.irr.lastIndexOf(T);
  const { stepBy } = lapic;
  const acceptBy = lapic.acceptBy[v];
  if (v <= e.vec || stepBy === undefined || acceptBy === undefined || acceptBy.seq > stepBy.seq) return -1;
  return m.ctx.unordered(acceptBy, stepBy) ? -1 : v;
}

export const lostIrr: Rule = {
  id: 'lapic/lost-irr',
  severity: 'violation',
  class: 'deadline',
  clause: 'Intel SDM vol. 3, APIC chapter, interrupt acceptance: the highest-priority request is dispensed first',
  summary: 'A requested vector is injected before any lower one that the CPU takes later.',
  needs: ['apic.accept', 'cpu.inject', 'apic.svr'],
  on: {
    'cpu.inject': (e, m, judge) => {
      const own = m.lapics.isFromLapic(e);
      if (own === F) return judge.held();
      if (own === U) return judge.undecided('extint');
      const lapic = m.lapics.of(e.cpu);
      const passed = passedOver(e, lapic, m);
      const unknownAbove = lapic.irr.lastIndexOf(U) > e.vec;
      // An APIC that was disabled unseen sets no IRR bit.
      const lost: Tri = passed >= 0 ? (m.ctx.channels.of('apic.svr').declared ? T : U) : unknownAbove ? U : F;
      judge.breachIf(lost, 'irr', () => ({
        entity: `vector:${passed}@cpu${e.cpu}`,
        sentence: `CPU ${e.cpu} took vector ${e.vec} while the higher vector ${passed} was requested and has not been injected`,
        because: [lapic.acceptBy[passed], lapic.stepBy, lapic.acceptBy[e.vec]],
        state: { irr: '1', vector: String(passed) },
      }));
    },
  },
};
