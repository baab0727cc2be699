// What an EOI ends was requested: with one request a vector comes into service once. Intel SDM vol. 3, APIC chapter (IRR to ISR).

import { T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const endedUnrequested: Rule = {
  id: 'lapic/ended-unrequested',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, interrupt acceptance for fixed interrupts (IRR to ISR); KVM apic_set_eoi',
  summary: 'Between two EOIs of a vector something has requested it.',
  needs: ['apic.accept', 'cpu.inject', 'apic.eoi'],
  on: {
    'apic.eoi': (e, m, judge) => {
      const because = m.retakes.unrequested(e);
      if (because === undefined) return judge.held();
      const { channels } = m.ctx;
      const shown = channels.of('apic.accept').shows(e.stream) && channels.of('cpu.inject').shows(e.stream) && !m.lapics.takes.mayHide && m.lapics.showsOthers;
      judge.breachIf(shown ? T : U, 'requests of others', () => ({
        entity: `vector:${e.vec}@cpu${e.cpu}`,
        sentence: `CPU ${e.cpu} ends vector ${e.vec} a second time, and nothing has requested it since it was taken for the first`,
        because,
        unless: (later) => later.kind === 'apic.accept' && later.vec === e.vec && later.cpu === e.cpu,
      }));
    },
  },
};
