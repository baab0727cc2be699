// What QEMU changes in its copy of the routing table KVM does not know until it gets the whole. QEMU kvm_irqchip_commit_routes (KVM_SET_GSI_ROUTING).

import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';

export const notCommitted: Rule = {
  id: 'route/not-committed',
  severity: 'violation',
  class: 'deadline',
  clause: 'QEMU kvm_irqchip_add_msi_route, kvm_irqchip_update_msi_route, kvm_irqchip_commit_routes',
  summary: 'QEMU gives KVM the routing table after each change of its own copy.',
  needs: ['kvm.route.commit', ['kvm.route.add', 'kvm.route.update']],
  on: { 'kvm.route.commit': (_, __, judge) => judge.held() },
  late: {
    'route.commit': ({ debt, proof }, _, judge) =>
      judge.breach({
        entity: debt.entity,
        sentence: `QEMU changed a route and went on, to ${proofText(proof)}, without giving KVM the table: KVM sends what the old one says`,
        because: [debt.by],
      }),
  },
};
