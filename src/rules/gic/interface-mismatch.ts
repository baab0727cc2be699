// The registers of a CPU interface read as they were written. Arm IHI 0048B, 4.4; IHI 0069, 12.2 and ICH_VMCR_EL2.

import type { Event } from '../../event.js';
import type { GicEvent } from '../../model/gic-event.js';
import type { InterfaceWords } from '../../model/gic-interfaces.js';
import type { Gic } from '../../model/gic.js';
import type { Machine } from '../../model/machine.js';
import type { Judge, Rule } from '../rule.js';
import { entityOf, onGics } from './views.js';

/** Priority bits that every implementation has, of the physical interface and of the virtual one. */
const PHYSICAL_BITS = 0xf0;
const VIRTUAL_BITS = 0xf8;
/** Largest binary points that an implementation may impose: what is written below them reads so. */
const COARSEST = [3, 4] as const;

interface Word {
  readonly name: string;
  readonly read: number | undefined;
  readonly by: (Event & { readonly val?: number | undefined }) | undefined;
  /** May it read so, having been written so? */
  readonly fits: (read: number, written: number) => boolean;
  /** Largest value that may be what a reset leaves. */
  readonly reset: number;
}

const isSame = (read: number, written: number): boolean => read === written;

function wordsOf(e: GicEvent<'iface'>, { pmr, eoimode, points, enables }: InterfaceWords, priorities: number): Word[] {
  const point = (group: 0 | 1): Word => ({
    name: `binary point of group ${group}`,
    read: group === 0 ? e.bpr0 : e.bpr1,
    by: points[group],
    fits: (read, written) => read === written || (written < read && read <= COARSEST[group]),
    reset: COARSEST[group],
  });
  return [
    { name: 'priority mask', read: e.pmr, by: pmr, fits: (read, written) => ((read ^ written) & priorities) === 0, reset: 0 },
    { name: 'EOImode', read: e.eoimode, by: eoimode, fits: isSame, reset: 0 },
    { name: 'enable of group 0', read: e.grpen0, by: enables[0], fits: isSame, reset: 0 },
    { name: 'enable of group 1', read: e.grpen1, by: enables[1], fits: isSame, reset: 0 },
    point(0),
    point(1),
  ];
}

/** As a reset leaves it, which nobody records: of a GICv3's physical interface that of a CPU which was switched off, too. */
function mayBeReset({ read, by, reset }: Word, e: GicEvent<'iface'>, gic: Gic, m: Machine): boolean {
  if (read === undefined || by === undefined || read > reset) return false;
  if (m.interfaces.isVirtual && e.kind === 'gic.iface') return !m.ctx.recent(by, e);
  return !gic.isVersion2 || !gic.distributor.isSame(by, e);
}

function judge(e: GicEvent<'iface'>, gic: Gic, judge: Judge, m: Machine): void {
  const words = m.interfaces.wordsOf(e);
  if (words === undefined) return;
  const isGuests = m.interfaces.isVirtual && gic.view === 'gic';
  for (const word of wordsOf(e, words, isGuests ? VIRTUAL_BITS : PHYSICAL_BITS)) {
    const { name, read, by, fits } = word;
    if (read === undefined || by?.val === undefined) continue;
    if (fits(read, by.val) || mayBeReset(word, e, gic, m)) judge.held();
    // Each Security state has registers of its own.
    else if ((m.ctx.config.gicViews !== 0 && !isGuests) || !m.ctx.channels.of(by.kind).shows(e.stream)) judge.undecided('view');
    else
      judge.breach({
        entity: entityOf(gic, `gic:cpu${e.cpu}`),
        sentence: `the ${name} of CPU ${e.cpu} reads 0x${read.toString(16)}, but 0x${by.val.toString(16)} was written, and nothing since`,
        because: [by],
      });
  }
}

export const interfaceMismatch: Rule = {
  id: 'gic/interface-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICC_PMR_EL1, ICC_BPR0_EL1, ICC_CTLR_EL1, ICC_IGRPEN0_EL1, ICH_VMCR_EL2: the fields read as written',
  summary: 'Priority mask, binary points, group enables and EOImode of a CPU interface read as last written.',
  needs: [['gic.pmr', 'gic.bpr', 'gic.grpen', 'gic.eoimode'], 'gic.iface'],
  on: onGics('iface', judge),
};
