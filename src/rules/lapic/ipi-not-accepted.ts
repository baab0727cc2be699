// An IPI reaches the local APIC it is for. Intel SDM vol. 3, issuing interprocessor interrupts; KVM kvm_apic_send_ipi, kvm_irq_delivery_to_apic.

import { sentBy } from '../../model/apic-requests.js';
import type { Rule } from '../rule.js';

export const ipiNotAccepted: Rule = {
  id: 'lapic/ipi-not-accepted',
  severity: 'violation',
  class: 'deadline',
  clause: 'Intel SDM vol. 3, APIC chapter, determining IPI destination; KVM kvm_apic_send_ipi, QEMU apic_bus_deliver: what is sent is accepted before the sender goes on',
  summary: 'An IPI, a message or a local interrupt is accepted by each local APIC that it is surely addressed to.',
  needs: [
    ['kvm.ipi', 'apic.ipi', 'apic.msg', 'apic.local'],
    ['apic.accept', 'apic.request'],
  ],
  on: {
    'apic.accept': (e, m, judge) => {
      if (m.ipis.isOwed(e)) judge.held();
    },
    'apic.request': (_, { requests }, judge) => {
      if ((requests.delivery?.least ?? 0) > 0) judge.held();
    },
  },
  late: {
    'lapic.request': ({ debt: { by, entity }, proof }, _, judge) => {
      if (by.kind !== 'apic.ipi' && by.kind !== 'apic.msg' && by.kind !== 'apic.local') return;
      if (proof.tid !== by.tid || proof.kind === 'meta.end') return judge.undecided('order');
      judge.breach({ entity, sentence: `not all local APICs that it is addressed to took the ${sentBy(by)}`, because: [by] });
    },
    'lapic.ipi': ({ debt, proof }, _, judge) => {
      const ipi = debt.by;
      if (ipi.kind !== 'kvm.ipi') return;
      // At the end of the recording, or where the thread moved to another CPU, the acceptance may be elsewhere.
      if (proof.tid !== ipi.tid || proof.on !== ipi.on) return judge.undecided('order');
      const to = ipi.shorthand === 'none' ? `APIC ${ipi.dst}` : ipi.shorthand === 'self' ? 'its own APIC' : 'all APICs';
      judge.breach({
        entity: debt.entity,
        sentence: `the IPI with vector ${ipi.vec} to ${to} was not accepted before its thread went on`,
        because: [...debt.because, ipi],
        // The destination may have switched its APIC off, which no event shows.
        ...(ipi.shorthand === 'none' ? { severity: 'suspicious' } : {}),
      });
    },
  },
};
