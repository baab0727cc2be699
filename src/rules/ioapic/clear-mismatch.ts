// An EOI clears Remote IRR of the pins that it ends, and of no others. 82093AA redirection entry bit 14; QEMU ioapic_eoi_broadcast.

import type { Rule } from '../rule.js';

export const clearMismatch: Rule = {
  id: 'ioapic/clear-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: '82093AA redirection table entry, bit 14: Remote IRR is reset when an EOI message with the vector of the entry is received; QEMU ioapic_eoi_broadcast',
  summary: 'An EOI clears Remote IRR of the level pins that are in service with its vector, and of no other.',
  needs: ['ioapic.eoi', 'ioapic.cleared', 'ioapic.rte'],
  on: {
    'ioapic.cleared': (e, m, judge) => {
      const { entity, written, deliverBy } = m.ioapic.pin(e.pin);
      const [vec, trig] = [written.held('vec'), written.held('trig')];
      const wrong = trig === 'edge' ? 'trig' : vec !== undefined && e.vec !== undefined && vec !== e.vec ? 'vec' : undefined;
      if (wrong === undefined && vec !== undefined && trig !== undefined) return judge.held();
      const by = wrong === undefined ? undefined : written.by(wrong);
      // The machine may have been reset unseen.
      if (by === undefined || !m.ctx.channels.covers('ioapic.rte') || m.ctx.unordered(by, e) || !m.ctx.recent(by, e)) return judge.undecided('rte');
      judge.breach({
        entity,
        sentence: `the EOI of vector ${e.vec ?? 'unknown'} cleared Remote IRR of IOAPIC pin ${e.pin}, ${wrong === 'trig' ? 'which is edge-triggered' : `whose vector is ${vec}`}`,
        because: [by, deliverBy],
        state: { 'rte.vec': String(vec ?? 'unknown'), 'rte.trig': String(trig ?? 'unknown') },
      });
    },
  },
  late: {
    'ioapic.clear': ({ debt: { key, entity, by, because }, proof }, _, judge) => {
      if (by.kind !== 'ioapic.eoi' || proof.kind === 'meta.end') return judge.undecided('order');
      judge.breach({
        entity,
        sentence: `IOAPIC pin ${key} was in service when its vector ${by.vec} was ended, but its Remote IRR was not cleared`,
        because: [...because, by],
      });
    },
  },
};
