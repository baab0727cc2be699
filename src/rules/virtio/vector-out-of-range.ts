// A vector beyond the table reads back NO_VECTOR. VIRTIO 1.2, 4.1.5.1.2; QEMU virtio_pci_common_write, msix_vector_use.

import { entry } from '../../ids.js';
import { NO_VECTOR } from '../../model/virtio-vectors.js';
import { F, not } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const virtioVectorOutOfRange: Rule = {
  id: 'virtio/vector-out-of-range',
  severity: 'violation',
  class: 'safety',
  clause: 'VIRTIO 1.2, 4.1.5.1.2: a vector that cannot be mapped reads back NO_VECTOR',
  summary: 'A vector that lies outside the MSI-X table reads back NO_VECTOR.',
  needs: ['virtio.vec.read'],
  on: {
    'virtio.vec.read': (e, m, judge) => {
      const table = m.msix.of(e.fn);
      judge.breachIf(e.val === NO_VECTOR ? F : not(table.has(entry(e.val))), 'msix_n', () => ({
        entity: `virtio:${e.fn}/${e.q ?? 'queue'}`,
        sentence: `${e.fn} took vector ${e.val} for ${e.q === 'cfg' ? 'configuration changes' : `queue ${e.q ?? 'selected'}`}, but its MSI-X table has ${table.config.n} entries`,
        because: [e.q === undefined ? undefined : m.virtio.of(e.fn).vectors.by(e.q)],
        state: { n: String(table.config.n) },
      }));
    },
  },
};
