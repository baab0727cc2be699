// A notified queue interrupts with its own vector. VIRTIO 1.2, 4.1.5.1.2; QEMU virtio_notify_vector.

import type { Machine } from '../../model/machine.js';
import type { Sent, Stray } from '../../model/virtio-function.js';
import type { Breach, Judge, Rule } from '../rule.js';
import { noChange, refutedAt, strayOf } from './stray.js';

function wrong(e: Sent, { queue, outstanding, owner, vector }: Stray, m: Machine): Breach {
  const fn = m.virtio.of(e.fn);
  return {
    entity: `virtio:${e.fn}/${queue}`,
    sentence: `queue ${queue} of ${e.fn} was notified, but entry ${vector} ${e.kind === 'msix.fire' ? 'fired' : 'sent its message'}, which is the vector of no notified queue`,
    because: [fn.vectors.by(queue), ...fn.strays, outstanding.by],
    state: { [`vector of queue ${queue}`]: owner === undefined ? 'unknown' : String(owner) },
    unless: (later) => (later.kind === 'virtio.notify' || later.kind === 'virtio.config' || later.kind === 'virtio.vec.write') && later.fn === e.fn,
  };
}

function judgeSent(e: Sent, m: Machine, judge: Judge): void {
  const found = strayOf(e, m, 'wrong', judge);
  if (found !== undefined) judge.breach(wrong(e, found.stray, m));
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
    'virtio.isr.read': (e, m, judge) => {
      const found = refutedAt(e, m, 'wrong');
      if (found !== undefined) judge.breach(noChange(wrong(found.sent, found.stray, m), found.sent));
    },
  },
};
