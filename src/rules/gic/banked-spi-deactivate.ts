// Any CPU may deactivate an SPI. QEMU commit 7175a562f157 (Fix deactivation of SPI lines).

import type { Rule } from '../rule.js';
import { activeBreach, judgeRead, wrongActive } from './read-back.js';
import { onGics } from './views.js';

export const bankedSpiDeactivate: Rule = {
  id: 'gic/banked-spi-deactivate',
  severity: 'violation',
  class: 'deadline',
  clause: 'Arm IHI 0048B, GICC_DIR: the active state of an SPI is one for all CPUs (QEMU commit 7175a562f157)',
  summary: 'The deactivation of an SPI by another CPU than the one that took it ends its active state.',
  needs: ['gic.iar', 'gic.dir', 'gic.read'],
  on: onGics('read', (e, gic, judge) => {
    const of = gic.of(e.id, e.cpu);
    if (of === undefined || e.act === undefined) return;
    judgeRead(judge, of.active, wrongActive(e, gic, of), 'other-cpu', () => activeBreach(gic, of, `INTID ${e.id} reads active although another CPU than the one that took it has deactivated it`));
  }),
};
