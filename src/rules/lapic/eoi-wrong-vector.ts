// An EOI ends the highest vector in service. SDM, signalling interrupt servicing completion; KVM apic_set_eoi.

import type { EventOf } from '../../event.js';
import type { Vcpu } from '../../ids.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U, and, not, show, type Tri } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { judgeRead } from './register-read.js';

/** Is the reported vector surely not the highest in service? A vector neither requested nor in service cannot be ended either. */
function wrong({ cpu, vec }: { readonly cpu: Vcpu; readonly vec: number }, m: Machine): Tri {
  if (m.lapics.highestInService(cpu) > vec) return T;
  const absent = and(not(m.lapics.inService(cpu, vec)), not(m.lapics.pending(cpu, vec)));
  if (absent !== F) return absent;
  return m.lapics.of(cpu).isr.highestPossible > vec ? U : F;
}

/** An EOI that found nothing in service. */
function judgeNothing({ cpu }: EventOf<'apic.eoi'>, m: Machine, judge: Judge): void {
  const top = m.lapics.highestInService(cpu);
  if (top < 0) return;
  const lapic = m.lapics.of(cpu);
  judge.breach({
    entity: `vector:${top}@cpu${cpu}`,
    sentence: `the EOI of CPU ${cpu} found nothing in service, but vector ${top} is`,
    because: [lapic.acceptBy[top], lapic.injectBy[top], lapic.eoiBy[top]],
    state: { 'isr.highest': String(top) },
  });
}

export const eoiWrongVector: Rule = {
  id: 'lapic/eoi-wrong-vector',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, signalling interrupt servicing completion: EOI clears the highest bit of ISR',
  summary: 'An EOI ends the highest-priority vector in service.',
  needs: ['apic.eoi', ['cpu.inject', 'apic.read', 'ioapic.eoi']],
  on: {
    'apic.read': (e, m, judge) =>
      judgeRead(e, m, judge, { reg: 'isr', why: 'eoi', fact: ({ set }) => (set ? ' after the EOI that had to end it' : ' after an EOI that had to end a higher vector') }),
    'ioapic.eoi': (e, m, judge) => {
      if (e.cpu === undefined) return;
      const lapic = m.lapics.of(e.cpu);
      const { ended } = lapic;
      if (ended === undefined) return judge.undecided('isr');
      if (ended === e.vec) return judge.held();
      judge.breach({
        entity: `vector:${e.vec}@cpu${e.cpu}`,
        sentence: `the EOI of CPU ${e.cpu} was broadcast for vector ${e.vec}, but vector ${ended} was the highest in service`,
        because: [lapic.injectBy[e.vec], lapic.injectBy[ended], lapic.endBy],
        state: { 'isr.highest': String(ended) },
      });
    },
    'apic.eoi': (e, m, judge) => {
      const { cpu, vec } = e;
      const lapic = m.lapics.of(cpu);
      if (vec === undefined) return;
      if (vec < 0) return judgeNothing(e, m, judge);
      // Taken from the 8259 pair: a rule of its own.
      if (m.lapics.onlyExtInt(cpu, vec) === T) return judge.held();
      if (!m.ctx.channels.covers('cpu.inject')) return judge.undecided('isr');
      judge.breachIf(wrong({ cpu, vec }, m), 'isr', () => {
        const top = m.lapics.highestInService(cpu);
        const fact = top > vec ? `vector ${top} is the highest in service` : 'it is neither in service nor requested';
        return {
          entity: `vector:${vec}@cpu${cpu}`,
          sentence: `the EOI of CPU ${cpu} ended vector ${vec}, but ${fact}`,
          because: [lapic.injectBy[vec], lapic.eoiBy[vec], top < 0 ? undefined : lapic.injectBy[top]],
          state: { 'isr.highest': String(top), isr: show(lapic.isr.get(vec)), irr: show(lapic.irr.get(vec)) },
        };
      });
    },
  },
};
