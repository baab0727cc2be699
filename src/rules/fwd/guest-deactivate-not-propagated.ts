// The guest's deactivation of a list register with HW=1 deactivates the physical interrupt. Arm IHI 0069, ICH_LR<n>_EL2.HW.

import type { EventOf } from '../../event.js';
import { FIRST_SPI } from '../../model/intids.js';
import type { Machine } from '../../model/machine.js';
import { onPassedOver } from '../gic/lost.js';
import type { Rule } from '../rule.js';

/**
 * Would an acknowledge show that makes it active again? QEMU has one line for accesses of a GICv2's CPU interface, the physical one and the
 * guest's. An SPI that a write made active is active on every CPU there, and the guest's deactivation is of one.
 */
const seesAcknowledges = ({ stream, id }: EventOf<'pgic.read'>, m: Machine): boolean =>
  m.pgic.sight.sees('iar') || (m.ctx.config.gicVersion === 2 && id < FIRST_SPI && m.vgic.sight.isWatched(stream));

export const guestDeactivateNotPropagated: Rule = {
  id: 'fwd/guest-deactivate-not-propagated',
  severity: 'violation',
  class: 'deadline',
  clause: 'Arm IHI 0069, ICH_LR<n>_EL2.HW: the deactivation is sent to the distributor',
  summary: 'When the guest has ended a forwarded interrupt its physical one reads inactive, and is taken again when its line is up.',
  needs: ['vgic.flush', 'vgic.fold', ['pgic.read', 'pgic.iar']],
  on: {
    ...onPassedOver('unseen-end', "waits since the guest's end of it, which should have deactivated it: it is pending"),
    'pgic.read': (e, m, judge) => {
      const released = m.forwarding.releasedBy(e.id, e.cpu);
      if (released === undefined || e.act === undefined) return;
      if (e.act === 0) return judge.held();
      if (released.stream !== e.stream) return judge.undecided('clock');
      if (!m.forwarding.showsActivation(e.stream, e.id) || !seesAcknowledges(e, m)) return judge.undecided('active state of the physical interrupt');
      judge.breach({
        entity: `pintid:${e.id}`,
        sentence: `the guest has ended the virtual interrupt of pINTID ${e.id}, whose list register had HW=1, and the physical one reads active still: it never fires again`,
        because: [...m.forwarding.mapsTo(e.id), released],
        state: { 'physical active': '1' },
        unless: (later) => (later.kind === 'pgic.iar' || later.kind === 'pgic.act') && later.id === e.id,
      });
    },
  },
};
