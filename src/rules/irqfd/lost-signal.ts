// Every signal on a bound, routed irqfd is followed by an injection. KVM virt/kvm/eventfd.c irqfd_wakeup, irqfd_inject.

import { U } from '../../model/tri.js';
import { proofText } from '../proof.js';
import type { Rule } from '../rule.js';
import { unlessInjected } from './injection.js';

export const lostSignal: Rule = {
  id: 'irqfd/lost-signal',
  severity: 'violation',
  class: 'deadline',
  clause: 'KVM irqfd_wakeup injects or schedules irqfd_inject; kvm_irqfd_deassign waits for it',
  summary: 'A signal on a bound irqfd with a route makes an injection.',
  needs: ['efd.signal', ['efd.void', 'kvm.irqfd.assign'], ['efd.void', 'kvm.routes'], ['efd.void', 'kvm.msi', 'kvm.set_irq']],
  on: {
    'efd.signal': (e, m, judge) => {
      if (m.irqfds.signals.due(e) === U && !m.passages.showsRequests(e)) judge.undecided('irqfd, route or injections');
    },
    'efd.void': ({ gsi }, _, judge) =>
      judge.breach({
        entity: `gsi:${gsi ?? '?'}`,
        sentence: `KVM was woken by a signal on the irqfd of ${gsi === undefined ? 'a GSI' : `GSI ${gsi}`}, and its thread went on without that KVM had begun to set the interrupt`,
      }),
    'kvm.routed': (e, _, judge) => {
      if (e.atomic === 1) judge.held();
    },
    'kvm.set_irq': (e, m, judge) => {
      if (e.level !== 0 && m.ctx.owed.open('irqfd.inject', e.gsi) !== undefined) judge.held();
    },
    'kvm.msi': (e, m, judge) => {
      if (m.irqfds.signals.isAwaited(e)) judge.held();
    },
  },
  late: {
    'irqfd.inject': (lapse, m, judge) => {
      const { debt, proof } = lapse;
      const gsi = Number(debt.key);
      judge.breach({
        entity: debt.entity,
        sentence: `a signal on GSI ${gsi} was followed by no injection, although its irqfd was bound and its route known, until ${proofText(proof)}`,
        because: [...debt.because, debt.by, proof],
        state: { gsi: String(gsi), routes: String(m.routes.nr ?? 'unknown') },
        ...unlessInjected(lapse),
      });
    },
  },
};
