// A vector register reads the vector that was written, or NO_VECTOR if it was refused. VIRTIO 1.2, 4.1.5.1.2; QEMU virtio_pci_common_write, virtio_ioport_write.

import { F, T, U, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

export const virtioVectorMismatch: Rule = {
  id: 'virtio/vector-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'VIRTIO 1.2, 4.1.5.1.2: reading a vector register returns the vector mapped to the event, or NO_VECTOR',
  summary: 'A vector register of a virtio function reads what was written to it, or NO_VECTOR.',
  needs: ['virtio.vec.read', 'virtio.vec.write', 'virtio.reset'],
  on: {
    'virtio.vec.read': (e, m, judge) => {
      if (e.q === undefined) return;
      const { vectors } = m.virtio.of(e.fn);
      const by = vectors.by(e.q);
      if (by?.kind !== 'virtio.vec.write') return;
      const holds = vectors.holds(e.q, e.val);
      const sure = m.virtio.showsVectors && !m.ctx.unordered(by, e);
      const differs: Tri = holds !== F ? F : sure ? T : U;
      judge.breachIf(differs, 'writes of vectors', () => ({
        entity: `virtio:${e.fn}/${e.q}`,
        sentence: `the vector of ${e.fn} for ${e.q === 'cfg' ? 'configuration changes' : `queue ${e.q}`} reads ${e.val}, but ${by.val} was written to it, and nothing since`,
        because: [by],
        state: { vector: String(by.val) },
        unless: (later) => (later.kind === 'virtio.vec.write' || later.kind === 'virtio.reset') && later.fn === e.fn,
      }));
    },
  },
};
