// The entries of an IOAPIC are memory but for two bits. 82093AA 3.2.4 (all other fields are read-write).

import type { EventOf } from '../../event.js';
import { AS_RESET, FIELDS, type EntryField, type WrittenEntry } from '../../model/ioapic-written.js';
import type { Machine } from '../../model/machine.js';
import type { Judge, Rule } from '../rule.js';

const NAMES: Readonly<Record<EntryField, string>> = {
  vec: 'vector',
  dm: 'delivery mode',
  logical: 'destination mode',
  pol: 'polarity',
  trig: 'trigger mode',
  mask: 'mask bit',
  dst: 'destination',
};

type Read = EventOf<'ioapic.rte.read'> | EventOf<'ioapic.dst.read'>;

function judgeFields(e: Read, written: WrittenEntry, m: Machine, judge: Judge): void {
  const read: { readonly [F in EntryField]?: string | number | undefined } = e;
  const shown = FIELDS.filter((field) => read[field] !== undefined);
  // An entry that reads as after a reset was reset, unless that would have been seen.
  const isReset = shown.every((field) => read[field] === AS_RESET[field]);
  for (const field of shown) {
    const held = written.held(field);
    const by = written.by(field);
    if (held === read[field]) judge.held();
    else if (held === undefined || by === undefined || (isReset && !m.ctx.showsResetsSince(by)) || m.ctx.unordered(by, e) || !m.ctx.recent(by, e)) judge.undecided(`rte.${field}`);
    else
      judge.breach({
        entity: `pin:ioapic/${e.pin}`,
        sentence: `the ${NAMES[field]} of IOAPIC pin ${e.pin} reads ${read[field]}, but its entry held ${held}, and nothing has written it since`,
        because: [by],
        state: { [`rte.${field}`]: String(held) },
        unless: (later) => later.kind === 'ioapic.rte' && later.pin === e.pin,
      });
  }
}

export const entryMismatch: Rule = {
  id: 'ioapic/entry-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: '82093AA 3.2.4: the fields of a redirection table entry are read-write, but for Delivery Status and Remote IRR',
  summary: 'An entry of the redirection table reads what was last written to it.',
  needs: ['ioapic.rte', ['ioapic.rte.read', 'ioapic.dst.read']],
  on: {
    'ioapic.rte.read': (e, m, judge) => judgeFields(e, m.ioapic.pin(e.pin).written, m, judge),
    'ioapic.dst.read': (e, m, judge) => judgeFields(e, m.ioapic.pin(e.pin).written, m, judge),
  },
};
