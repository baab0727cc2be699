// The guest's end of the interrupt unmasks the function. Linux vfio_pci_intx_unmask_handler, run by the resamplefd.

import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const unmaskNever: Rule = {
  id: 'vfio/unmask-never',
  severity: 'violation',
  class: 'deadline',
  clause: 'Linux vfio_pci_intx_unmask_handler; KVM API, KVM_IRQFD_FLAG_RESAMPLE',
  summary: 'A function that VFIO has masked in its handler is unmasked when the guest has ended the interrupt.',
  needs: [['vfio.irq', 'efd.signal'], ['kvm.ack', 'kvm.resample'], 'vfio.unmask'],
  on: {
    'vfio.unmask': (_, m, judge) => {
      if (m.ctx.owed.any('vfio.unmask')) judge.held();
    },
  },
  late: {
    'vfio.unmask': ({ debt, proof }, m, judge) => {
      const name = String(debt.key);
      judge.breach({
        entity: debt.entity,
        sentence: `${name} asserted its INTx and was masked; the guest ended the interrupt, but nothing unmasked the function up to ${proofText(proof)}: the device is silent`,
        because: [...debt.because, debt.by],
        state: { masked: '1', gsi: String(m.vfio.named(name)?.gsi ?? 'unknown') },
        unless: (later) => later.kind === 'vfio.unmask',
      });
    },
  },
};
