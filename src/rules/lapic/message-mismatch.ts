// A message means what its address and data say. Intel SDM vol. 3, message signalled interrupts; QEMU hw/intc/apic.c apic_send_msi.

import { decodeMessage, sameMessage, type Message } from '../../model/message.js';
import { not } from '../../model/tri.js';
import type { Rule } from '../rule.js';

const shown = ({ vec, dm, trig, dst, logical }: Message): string =>
  `vector ${vec}, delivery mode ${dm}, ${trig}, to ${logical === 1 ? 'logical' : 'physical'} destination ${dst}`;

export const messageMismatch: Rule = {
  id: 'lapic/message-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, message address and message data register formats',
  summary: 'A message reaches the local APICs as its address and data say.',
  needs: ['apic.msg'],
  on: {
    'apic.msg': (e, m, judge) => {
      if (e.addr === undefined || e.data === undefined) return;
      const sent = decodeMessage(e.addr, e.data);
      judge.breachIf(not(sameMessage(sent, e)), 'remapping', () => ({
        entity: `message:0x${e.addr?.toString(16)}/0x${e.data?.toString(16)}`,
        sentence: `data 0x${e.data?.toString(16)} at 0x${e.addr?.toString(16)} is ${shown(sent)}, but it was delivered as ${shown(e)}`,
        because: [m.causes.of(e)],
      }));
    },
  },
};
