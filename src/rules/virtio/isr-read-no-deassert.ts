// A read of the ISR status de-asserts the function's INTx wire. VIRTIO 1.2, 4.1.4.5; QEMU virtio_pci_isr_read, virtio_ioport_read.

import type { Event, EventOf } from '../../event.js';
import { proofText } from '../proof.js';
import type { Breach, Rule } from '../rule.js';

/** One read may come before an interrupt that is served late; not as many, each after another notification. */
const ROUNDS = 4;

const stillUp = (fn: string, because: readonly (Event | undefined)[], how: string): Breach => ({
  entity: `fn:${fn}`,
  sentence: `${fn} still asserts INTx ${how} although its ISR status was read`,
  because,
  state: { isr: '0' },
  unless: (later) => (later.kind === 'virtio.notify' || later.kind === 'virtio.config' || later.kind === 'intx.deassert' || later.kind === 'virtio.reset') && later.fn === fn,
});

const inStatus = (e: EventOf<'pci.status.read'>, read: Event | undefined): Breach =>
  stillUp(e.fn, [read, e], 'in its Status register, with no notification to come,');

export const isrReadNoDeassert: Rule = {
  id: 'virtio/isr-read-no-deassert',
  severity: 'violation',
  class: 'deadline',
  clause: 'VIRTIO 1.2, 4.1.4.5: a read of the ISR status causes the device to de-assert an interrupt',
  summary: 'A read of the ISR status of a virtio function lowers its INTx wire.',
  needs: ['virtio.isr.read', 'virtio.notify'],
  on: {
    'intx.deassert': (e, m, judge) => {
      if (m.ctx.owed.open('virtio.deassert', e.fn) !== undefined) judge.held();
    },
    'pci.status.read': (e, m, judge) => {
      const isr = m.virtio.get(e.fn)?.isr;
      if (isr?.readBy === undefined || isr.assertedBy !== undefined) return;
      if (e.int_status === 0) return judge.held();
      // Where configuration changes are not recorded the next read of the ISR has to show that there was none.
      if (!m.virtio.showsChanges) return;
      judge.breachIf(m.virtio.sight.risesUnasked(isr, e), 'notifications', () => inStatus(e, isr.readBy));
    },
    'virtio.isr.read': (e, m, judge) => {
      const stuck = m.virtio.stuckAt(e);
      if (stuck !== undefined && stuck.reads.length % ROUNDS === 0)
        judge.breach(stillUp(e.fn, [stuck.rise, ...stuck.reads], `on line ${stuck.rise.line}, which rose with it and was not written again at ${stuck.reads.length} reads,`));
      const { isr } = m.virtio.of(e.fn);
      const { suspect } = isr;
      if (suspect === undefined || m.virtio.showsChanges || !m.virtio.sight.shows(isr)) return;
      if (e.val > 1) return judge.held();
      judge.breachIf(m.virtio.sight.risesUnasked(isr, suspect), 'notifications', () => inStatus(suspect, isr.readBy));
    },
  },
  late: {
    'virtio.deassert': ({ debt, proof }, _, judge) => {
      judge.breach(stillUp(String(debt.key), [...debt.because, debt.by], `at ${proofText(proof)}`));
    },
  },
};
