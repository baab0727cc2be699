// A pending interrupt goes to the vCPU that the guest has chosen. Linux vgic_target_oracle, vgic_mmio_write_irouter, vgic_mmio_write_target.

import { FIRST_LPI, FIRST_SPI } from '../../model/intids.js';
import type { Rule } from '../rule.js';

export const wrongVcpu: Rule = {
  id: 'vgic/wrong-vcpu',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM vgic_target_oracle: what is pending and not active goes to the target that the guest has written',
  summary: 'A pending SPI is put into a list register of the vCPU that it is routed to.',
  needs: ['vgic.flush', 'gic.route'],
  on: {
    'vgic.flush': (e, m, judge) => {
      if (e.vid < FIRST_SPI || e.vid >= FIRST_LPI || e.st !== 'P') return;
      const { routeBy } = m.vgic.interrupts.of(e.vid, undefined);
      if (routeBy?.cpu === undefined || routeBy.stream !== e.stream) return judge.undecided('route');
      if (routeBy.cpu === e.cpu) return judge.held();
      // User space may have written another since, unseen.
      if (!m.vgic.registers.writes.isDone(routeBy, e) || !m.ctx.recent(routeBy, e)) return judge.undecided('route');
      judge.breach({
        entity: `intid:${e.vid}`,
        sentence: `vINTID ${e.vid} is routed to CPU ${routeBy.cpu}, and it is put into list register ${e.lr} of CPU ${e.cpu}`,
        because: [routeBy],
      });
    },
  },
};
