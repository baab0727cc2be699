// A message that is written to the local APICs is delivered. Intel SDM vol. 3, message signalled interrupts; QEMU hw/intc/apic.c apic_send_msi.

import { T, U } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const messageLost: Rule = {
  id: 'lapic/message-lost',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, message signalled interrupts: a write of a message delivers an interrupt',
  summary: 'A message that is written to the local APICs is delivered before its sender does anything else with them.',
  needs: ['apic.msg'],
  on: {
    'apic.msg': (e, _, judge) => {
      if (e.addr !== undefined) judge.held();
    },
    'apic.void': (e, m, judge) => {
      const name = `0x${e.addr.toString(16)}/0x${e.data.toString(16)}`;
      judge.breachIf(m.ctx.channels.covers('apic.msg') ? T : U, 'apic.msg', () => ({
        entity: `message:${name}`,
        sentence: `data 0x${e.data.toString(16)} was written to 0x${e.addr.toString(16)}, and no delivery followed before the sender went on`,
      }));
    },
  },
};
