// An EOI clears Remote IRR of the pins that it ends, and of no others. 82093AA redirection entry bit 14; QEMU ioapic_eoi_broadcast.

import { F, T, U } from '../../model/tri.js';
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
      const pin = m.ioapic.pin(e.pin);
      const isOthers = pin.vec === undefined || e.vec === undefined ? U : pin.vec === e.vec ? F : T;
      const wrong = pin.level === F ? T : isOthers;
      judge.breachIf(m.ctx.channels.covers('ioapic.rte') ? wrong : U, 'rte', () => ({
        entity: pin.entity,
        sentence: `the EOI of vector ${e.vec ?? '?'} cleared Remote IRR of IOAPIC pin ${e.pin}, ${pin.level === F ? 'which is edge-triggered' : `whose vector is ${pin.vec}`}`,
        because: [pin.rteBy, pin.deliverBy],
        state: { 'rte.vec': String(pin.vec ?? 'unknown'), 'rte.trig': pin.level === F ? 'edge' : 'level' },
      }));
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
