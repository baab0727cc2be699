// A list register with HW=1 names the physical interrupt that is mapped. Linux kvm_vgic_map_phys_irq; Arm IHI 0048B, GICH_LR.HW.

import type { EventOf } from '../../event.js';
import { T } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { shownRegister, whenGuestRuns } from './guest-runs.js';

const mapText = (map: EventOf<'vgic.map'> | undefined): string => (map === undefined ? 'none' : `pINTID ${map.pid}`);

export const lrHwWrongPintid: Rule = {
  id: 'vgic/lr-hw-wrong-pintid',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICH_LR<n>_EL2.pINTID; KVM kvm_vgic_map_irq',
  summary: 'A list register with the HW bit carries the physical interrupt that the virtual one is mapped to.',
  needs: ['vgic.flush', 'vgic.map'],
  on: whenGuestRuns((slot, e, m, judge) => {
    if (slot.hw !== T || slot.inUse !== T) return;
    const map = m.forwarding.mapOf(slot.vid, e.cpu);
    const unmapped = m.forwarding.isUnmapped(slot.vid, e.cpu);
    if (slot.pid === undefined) judge.undecided('pINTID');
    else if (map?.pid === slot.pid) judge.held();
    else if (map === undefined && unmapped !== T) judge.undecided('map');
    else
      judge.breach({
        entity: `intid:${slot.vid}`,
        sentence: `list register ${slot.lr} of vCPU ${e.cpu} holds vINTID ${slot.vid} with HW=1 and pINTID ${slot.pid}; the map is ${mapText(map)}`,
        because: [map, slot.by],
        state: { ...shownRegister(slot), map: mapText(map) },
        unless: (later) => (later.kind === 'vgic.map' || later.kind === 'vgic.unmap') && later.vid === slot.vid,
      });
  }),
};
