// A notified queue interrupts with its own vector. VIRTIO 1.2, 4.1.5.1.2; QEMU virtio_notify_vector.

import type { Machine } from '../../model/machine.js';
import type { Sent } from '../../model/virtio-function.js';
import type { Judge, Rule } from '../rule.js';
import { strayOf } from './stray.js';

function judgeSent(e: Sent, m: Machine, judge: Judge): void {
  const found = strayOf(e, m, 'wrong', judge);
  if (found === undefined) return;
  const { stray, row } = found;
  const fn = m.virtio.of(e.fn);
  const { queue, outstanding, owner } = stray;
  judge.breach({
    entity: `virtio:${e.fn}/${queue}`,
    sentence: `queue ${queue} of ${e.fn} was notified, but entry ${row} ${e.kind === 'msix.fire' ? 'fired' : 'sent its message'}, which is the vector of no notified queue`,
    because: [fn.vectors.by(queue), ...fn.strays, outstanding.by],
    state: { [`vector of queue ${queue}`]: owner === undefined ? 'unknown' : String(owner) },
    unless: (later) => (later.kind === 'virtio.notify' || later.kind === 'virtio.config' || later.kind === 'virtio.vec.write') && later.fn === e.fn,
  });
}

export const notifyWrongVector: Rule = {
  id: 'virtio/notify-wrong-vector',
  severity: 'violation',
  class: 'safety',
  clause: 'VIRTIO 1.2, 4.1.5.1.2: the interrupt of an event goes out by the vector mapped to it',
  summary: 'The interrupt of a notified queue goes out by the vector of that queue.',
  needs: ['virtio.notify', 'virtio.vec.write', ['msix.msg', 'msix.fire']],
  on: {
    'msix.fire': judgeSent,
    'msix.msg': judgeSent,
  },
};
