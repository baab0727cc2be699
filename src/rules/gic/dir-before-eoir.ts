// Priority drop first, deactivation second. Arm IHI 0048B, GICC_DIR: otherwise the active priority stays set.

import { isSpecial } from '../../model/intids.js';
import { T } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics, showRunning } from './views.js';

export const dirBeforeEoir: Rule = {
  id: 'gic/dir-before-eoir',
  severity: 'suspicious',
  class: 'safety',
  clause: 'Arm IHI 0048B, GICC_DIR: the interrupt is deactivated, but its bit in the active priorities registers remains set',
  summary: 'An interrupt is deactivated after its priority drop.',
  needs: ['gic.eoimode', 'gic.iar', 'gic.eoir', 'gic.dir'],
  on: onGics('dir', (e, gic, judge) => {
    if (isSpecial(e.id) || gic.eoimode(e.cpu) !== T) return;
    const cpu = gic.cpu(e.cpu);
    const entry = cpu.find(e.id);
    if (entry === undefined) return cpu.bottomless ? judge.undecided('what runs') : judge.held();
    // Taken again since, which was dropped: what still runs is an earlier one.
    if (gic.of(e.id, e.cpu)?.dropBy !== undefined) return judge.held();
    if (!gic.sight.sees('eoir')) return judge.undecided('eoir');
    judge.breach({
      entity: entityOf(gic, `intid:${e.id}@cpu${e.cpu}`),
      sentence: `CPU ${e.cpu} deactivated INTID ${e.id} before its EOIR: the running priority stays raised`,
      because: [entry.by],
      state: { running: showRunning(cpu) },
    });
  }),
};
