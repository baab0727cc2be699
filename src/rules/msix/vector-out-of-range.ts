// Entries lie below the table size. PCI Express Base 6.1.4.2 (Table Size); QEMU msix_notify, msix_vector_use.

import type { Event } from '../../event.js';
import type { Entry } from '../../ids.js';
import type { Machine } from '../../model/machine.js';
import { F, not } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';

/** VIRTIO_MSI_NO_VECTOR: no entry at all. */
const NO_VECTOR = 0xffff;

function judgeEntry(e: Event & { readonly fn: string }, number: Entry, what: string, m: Machine, judge: Judge): void {
  const fn = m.msix.of(e.fn);
  judge.breachIf(number === NO_VECTOR ? F : not(fn.has(number)), 'msix_n', () => ({
    entity: `msix:${e.fn}/${number}`,
    sentence: `entry ${number} of ${e.fn} ${what}, but the MSI-X table has ${fn.config.n} entries`,
    state: { n: String(fn.config.n) },
  }));
}

export const vectorOutOfRange: Rule = {
  id: 'msix/vector-out-of-range',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.2 (Table Size); QEMU msix_notify and msix_vector_use check it',
  summary: 'An MSI-X entry that fires, sends or is declared used lies inside the table.',
  needs: [['msix.fire', 'msix.msg', 'msix.use']],
  on: {
    'msix.fire': (e, m, judge) => judgeEntry(e, e.entry, 'fired', m, judge),
    'msix.msg': (e, m, judge) => {
      if (e.entry !== undefined) judgeEntry(e, e.entry, 'sent a message', m, judge);
    },
    'msix.use': (e, m, judge) => {
      if (e.ret >= 0) judgeEntry(e, e.vec, 'was declared used', m, judge);
    },
  },
};
