// With MSI-X on, a queue whose vector is NO_VECTOR interrupts in no way. VIRTIO 1.2, 4.1.5.1.2; PCI Express Base 6.1.4.3.

import type { Event, EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import type { Sent } from '../../model/virtio-function.js';
import { F, T, U, show } from '../../model/tri.js';
import type { Breach, Judge, Rule } from '../rule.js';
import { noChange, refutedAt, strayOf } from './stray.js';

type By = Event & { readonly fn: string };

const unwanted = (e: By, what: string, m: Machine): Breach => {
  const fn = m.virtio.of(e.fn);
  const [queue, out] = fn.vectors.outstanding.at(-1) ?? ['cfg', undefined];
  return {
    entity: `virtio:${e.fn}/${queue}`,
    sentence: `queue ${queue} of ${e.fn}, which has no vector, was notified, and ${what} although MSI-X is enabled`,
    because: [m.msix.of(e.fn).enableBy, fn.vectors.by(queue), out?.by],
    state: { enable: show(m.msix.of(e.fn).enabled), [`vector of queue ${queue}`]: 'NO_VECTOR' },
    unless: (later) => (later.kind === 'virtio.vec.write' || later.kind === 'msix.ctrl' || later.kind === 'virtio.notify' || later.kind === 'virtio.config') && later.fn === e.fn,
  };
};

function judgeSent(e: Sent, m: Machine, judge: Judge): void {
  const found = strayOf(e, m, 'none', judge);
  if (found !== undefined && m.msix.of(e.fn).enabledAt(e) === T) judge.breach(unwanted(e, `entry ${found.row} interrupted`, m));
}

function judgeWire(e: EventOf<'intx.assert'> | EventOf<'pci.status.read'>, how: string, m: Machine, judge: Judge): void {
  const out = m.virtio.get(e.fn)?.vectors.outstanding.at(-1)?.[1];
  if (out === undefined) return;
  const enabled = m.msix.of(e.fn).enabledAt(e);
  const mute = m.virtio.isMute(e.fn, out, e);
  judge.breachIf(enabled === F || mute === F ? F : enabled === T && mute === T ? T : U, 'vector', () => unwanted(e, how, m));
}

export const interruptWithoutVector: Rule = {
  id: 'virtio/interrupt-without-vector',
  severity: 'suspicious',
  class: 'safety',
  clause: 'VIRTIO 1.2, 4.1.5.1.2: NO_VECTOR disables interrupts for the event; PCI Express Base 6.1.4.3',
  summary: 'With MSI-X enabled, a queue that has no vector causes no interrupt.',
  needs: ['virtio.notify', 'virtio.vec.write'],
  on: {
    'msix.fire': judgeSent,
    'msix.msg': judgeSent,
    'virtio.isr.read': (e, m, judge) => {
      const found = refutedAt(e, m, 'none');
      if (found !== undefined) judge.breach(noChange(unwanted(found.sent, `entry ${found.row} interrupted`, m), found.sent));
    },
    'intx.assert': (e, m, judge) => judgeWire(e, 'it asserted INTx', m, judge),
    'pci.status.read': (e, m, judge) => {
      if (e.int_status === 1) judgeWire(e, 'its Status register shows INTx asserted', m, judge);
    },
  },
};
