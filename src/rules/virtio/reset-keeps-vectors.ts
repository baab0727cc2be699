// A reset of the device takes its vectors away. VIRTIO 1.2, 2.4 and 4.1.5.1.2; QEMU virtio_reset, virtio_pci_reset.

import { NO_VECTOR } from '../../model/virtio-vectors.js';
import { F, T, U, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const resetKeepsVectors: Rule = {
  id: 'virtio/reset-keeps-vectors',
  severity: 'suspicious',
  class: 'safety',
  clause: 'VIRTIO 1.2, 2.4 (device reset) and 4.1.5.1.2: after a reset every vector reads NO_VECTOR',
  summary: 'After a reset of a virtio device its vectors read NO_VECTOR until they are written.',
  needs: ['virtio.vec.read', 'virtio.vec.write', 'virtio.reset'],
  on: {
    'virtio.vec.read': (e, m, judge) => {
      const { vectors } = m.virtio.of(e.fn);
      const { resetBy } = vectors;
      if (e.q === undefined || !vectors.untouched(e.q) || resetBy === undefined) return;
      const sure = m.virtio.showsVectors && !m.ctx.unordered(resetBy, e);
      const kept: Tri = e.val === NO_VECTOR ? F : sure ? T : U;
      judge.breachIf(kept, 'writes of vectors', () => ({
        entity: `virtio:${e.fn}/${e.q}`,
        sentence: `the vector of ${e.fn} for ${e.q === 'cfg' ? 'configuration changes' : `queue ${e.q}`} reads ${e.val} after a reset, with no write since`,
        because: [resetBy],
        state: { vector: 'NO_VECTOR' },
        unless: (later) => (later.kind === 'virtio.vec.write' || later.kind === 'virtio.reset') && later.fn === e.fn,
      }));
    },
  },
};
