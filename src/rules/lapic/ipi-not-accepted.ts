// An IPI reaches the local APIC it is for. Intel SDM vol. 3, issuing interprocessor interrupts; KVM kvm_apic_send_ipi, kvm_irq_delivery_to_apic.

import type { Rule } from '../rule.js';

export const ipiNotAccepted: Rule = {
  id: 'lapic/ipi-not-accepted',
  severity: 'violation',
  class: 'deadline',
  clause: 'KVM kvm_apic_send_ipi: the IPI is delivered, and its acceptance traced, before the write of the interrupt command register returns',
  summary: 'An IPI to the sender itself, or to an APIC that has just taken one, is accepted.',
  needs: ['kvm.ipi', 'apic.accept'],
  on: {
    'apic.accept': (e, m, judge) => {
      if (m.ipis.isOwed(e)) judge.held();
    },
  },
  late: {
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
