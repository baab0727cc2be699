// The registers that say what becomes of an interrupt read as written. Arm IHI 0048B, 4.3; IHI 0069, 12.9.

import type { Event } from '../../event.js';
import type { Context } from '../../model/context.js';
import type { GicEvent } from '../../model/gic-event.js';
import type { GicInterrupt } from '../../model/gic-interrupt.js';
import type { Written } from '../../model/gic-sight.js';
import type { Gic } from '../../model/gic.js';
import { FIRST_SPI } from '../../model/intids.js';
import { T } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

/** Priority bits that every implementation has. */
const PRIORITY_BITS = 0xf0;

interface Difference {
  readonly name: string;
  readonly read: string | number;
  readonly held: string | number;
  readonly by: Event;
  readonly channel: Written;
}

/** Is it routed otherwise than written? A target that does not exist need not be kept, and where there is one CPU alone none is. */
function wrongTargets({ targets, to }: GicEvent<'read'>, by: GicEvent<'route'>, cpus: number | undefined): boolean {
  if (to !== undefined && by.cpu !== undefined) return to !== by.cpu;
  if (targets === undefined || by.targets === undefined || cpus === undefined || cpus < 2) return false;
  return (targets & ~by.targets) !== 0 || (by.targets & ~targets & ((1 << cpus) - 1)) !== 0;
}

const showTargets = ({ targets, to, cpu }: { readonly targets?: number | undefined; readonly to?: number | undefined; readonly cpu?: number | undefined }): string =>
  targets === undefined ? `CPU ${to ?? cpu}` : `0x${targets.toString(16)}`;

/** Fields that read otherwise than written. As a reset leaves them, which nobody records, they do only where there was none since: `fresh`. */
function differences(e: GicEvent<'read'>, { written, targets }: GicInterrupt, { gicVersion, gicCpus }: Context['config'], fresh: (by: Event) => boolean): Difference[] {
  const { en, prio, trig, group, id } = e;
  const { by } = targets;
  const isReset = (read: number, by: Event): boolean => read === 0 && !fresh(by);
  const other = trig === 'edge' ? 'level' : 'edge';
  const found: (Difference | undefined)[] = [
    en !== undefined && written.en?.val === 1 - en && !isReset(en, written.en) ? { name: 'enable bit', read: en, held: 1 - en, by: written.en, channel: 'en' } : undefined,
    prio !== undefined && written.prio?.val !== undefined && !isReset(prio, written.prio) && ((prio ^ written.prio.val) & PRIORITY_BITS) !== 0
      ? { name: 'priority', read: `0x${prio.toString(16)}`, held: `0x${written.prio.val.toString(16)}`, by: written.prio, channel: 'prio' }
      : undefined,
    // Those of SGIs are fixed, and of PPIs they may be.
    trig !== undefined && written.trig?.trig === other && !isReset(trig === 'edge' ? 1 : 0, written.trig) && id >= FIRST_SPI
      ? { name: 'trigger mode', read: trig, held: other, by: written.trig, channel: 'cfg' }
      : undefined,
    // GICv2 without the Security Extensions has none.
    gicVersion === 3 && group !== undefined && written.group?.val === 1 - group && !isReset(group, written.group) ? { name: 'group', read: group, held: 1 - group, by: written.group, channel: 'group' } : undefined,
    by !== undefined && wrongTargets(e, by, gicCpus) && !isReset(e.targets ?? e.to ?? 0, by) ? { name: 'target', read: showTargets(e), held: showTargets(by), by, channel: 'route' } : undefined,
  ];
  return found.filter((each): each is Difference => each !== undefined);
}

const isConfig = ({ en, prio, trig, group, targets, to }: GicEvent<'read'>): boolean => (en ?? prio ?? trig ?? group ?? targets ?? to) !== undefined;

export const configMismatch: Rule = {
  id: 'gic/config-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0048B, GICD_ISENABLERn, GICD_IPRIORITYRn, GICD_ICFGRn, GICD_ITARGETSRn: the fields read as written',
  summary: 'Enable bit, priority, trigger mode, group and target of an interrupt read as last written.',
  needs: [['gic.en', 'gic.prio', 'gic.cfg', 'gic.group', 'gic.route'], 'gic.read'],
  on: onGics('read', (e, gic: Gic, judge, m) => {
    const of = isConfig(e) ? gic.of(e.id, e.cpu) : undefined;
    if (of === undefined) return;
    const fresh = (by: Event): boolean => gic.distributor.isSame(by, e);
    const [wrong] = differences(e, of, m.ctx.config, fresh);
    if (wrong === undefined) return judge.held();
    // An access of the other Security state finds something else, and what does not exist reads 0.
    if (m.ctx.config.gicViews !== 0 || gic.exists(e.id) !== T || !gic.sight.seesWrites(wrong.channel, of) || m.ctx.unordered(wrong.by, e)) return judge.undecided('view');
    judge.breach({
      entity: entityOf(gic, of.entity),
      sentence: `the ${wrong.name} of INTID ${e.id} reads ${wrong.read}, but ${wrong.held} was written, and nothing since`,
      because: [wrong.by],
    });
  }),
};
