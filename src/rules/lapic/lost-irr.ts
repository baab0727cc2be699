// The highest requested vector is taken first. SDM, interrupt acceptance; KVM kvm_apic_has_interrupt, irr_pending.

import { F, T, U, type Tri } from '../../model/tri.js';
import type { Lapic } from '../../model/lapic-cpu.js';
import type { Machine } from '../../model/machine.js';
import type { EventOf } from '../../event.js';
import type { Rule } from '../rule.js';
import { firstVector } from '../../model/lapic-takes.js';

/** A higher vector that was requested before the vCPU last did anything else, so that it was there to be chosen; -1 if none is known. */
function passedOver(e: EventOf<'cpu.inject'>, lapic: Lapic, m: Machine): number {
  const v = lapic.irr.highest;
  const { stepBy } = lapic;
  const acceptBy = lapic.acceptBy[v];
  if (v <= e.vec || stepBy === undefined || acceptBy === undefined || acceptBy.seq > stepBy.seq) return -1;
  return m.ctx.unordered(acceptBy, stepBy) ? -1 : v;
}

/** In ISR as it reads: a vector that was taken after a higher one had been requested, with no EOI in between; the higher one and itself. */
function passedOverBefore(e: EventOf<'apic.read'>, m: Machine): readonly [number, number] | undefined {
  const first = firstVector(e);
  if (e.reg !== 'isr' || first < 0 || e.val === 0 || !m.ctx.channels.covers('apic.eoi') || m.lapics.takes.mayHide) return undefined;
  const lapic = m.lapics.of(e.cpu);
  for (let v = first; v < first + 32; v++) {
    const idleBy = lapic.idleBy[v];
    if (((e.val >>> (v - first)) & 1) === 0 || lapic.isr.get(v) === T || idleBy === undefined || idleBy.stream !== e.stream) continue;
    for (let higher = ((v >> 4) + 1) << 4; higher < 256; higher++) {
      const requestBy = lapic.requestBy[higher];
      const before = requestBy !== undefined && requestBy.seq < idleBy.seq && m.ctx.recent(requestBy, e) && !m.ctx.unordered(requestBy, idleBy);
      if (before && requestBy.seq > (lapic.endBy?.seq ?? -1)) return [higher, v];
    }
  }
  return undefined;
}

export const lostIrr: Rule = {
  id: 'lapic/lost-irr',
  severity: 'violation',
  class: 'deadline',
  clause: 'Intel SDM vol. 3, APIC chapter, interrupt acceptance: the highest-priority request is dispensed first',
  summary: 'A requested vector is injected before any lower one that the CPU takes later.',
  needs: [['apic.accept', 'apic.msg', 'apic.ipi'], ['cpu.inject', 'apic.read']],
  on: {
    'apic.read': (e, m, judge) => {
      const [passed, taken] = passedOverBefore(e, m) ?? [];
      if (passed === undefined || taken === undefined) return;
      const lapic = m.lapics.of(e.cpu);
      judge.breach({
        entity: `vector:${passed}@cpu${e.cpu}`,
        sentence: `CPU ${e.cpu} has vector ${taken} in service, and took it while the higher vector ${passed} was requested: no EOI came meanwhile that could have ended vector ${passed}`,
        because: [lapic.requestBy[passed], lapic.idleBy[taken], lapic.acceptBy[taken]],
        state: { 'in service': String(taken), requested: String(passed) },
      });
    },
    'cpu.inject': (e, m, judge) => {
      const own = m.lapics.isFromLapic(e);
      if (own === F) return judge.held();
      if (own === U) return judge.undecided('extint');
      if (m.lapics.mayRepeat(e)) return judge.undecided('again');
      if (m.lapics.takes.mayHide) return judge.undecided('takes');
      const lapic = m.lapics.of(e.cpu);
      const passed = passedOver(e, lapic, m);
      const unknownAbove = lapic.irr.highestUnknown > e.vec;
      // An APIC that was disabled unseen sets no IRR bit.
      const lost: Tri = passed >= 0 ? (m.ctx.channels.of('apic.svr').declared ? T : U) : unknownAbove ? U : F;
      judge.breachIf(lost, 'irr', () => ({
        entity: `vector:${passed}@cpu${e.cpu}`,
        sentence: `CPU ${e.cpu} took vector ${e.vec} while the higher vector ${passed} was requested and has not been injected`,
        because: [lapic.acceptBy[passed], lapic.stepBy, lapic.acceptBy[e.vec]],
        state: { taken: String(e.vec), requested: String(passed) },
      }));
    },
  },
};
