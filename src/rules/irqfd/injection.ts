// What may be the injection of an irqfd's GSI: its line goes up, or a message is sent. KVM virt/kvm/eventfd.c irqfd_inject, irqfd_wakeup.

import type { Event } from '../../event.js';
import type { Lapse } from '../../model/owed.js';
import type { Breach } from '../rule.js';

const isInjection = (e: Event, gsi: number): boolean => e.kind === 'kvm.msi' || (e.kind === 'kvm.set_irq' && e.gsi === gsi && e.level !== 0);

/** Another CPU's injection may have come first; a log of calls has its own order. */
export const unlessInjected = ({ debt, proof }: Lapse): Pick<Breach, 'unless'> =>
  proof.on < 0 ? {} : { unless: (later) => isInjection(later, Number(debt.key)) };
