// A physical interrupt is assigned to one virtual one, and neither moves while it is under way. Linux kvm_vgic_map_phys_irq.

import type { EventOf } from '../../event.js';
import { FIRST_SPI } from '../../model/intids.js';
import type { Machine } from '../../model/machine.js';
import { T } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';

type MapChange = EventOf<'vgic.map'> | EventOf<'vgic.unmap'>;

/** PPIs are mapped once for each vCPU, each to its own CPU's interrupt. */
const isSameBank = (a: EventOf<'vgic.map'>, b: EventOf<'vgic.map'>): boolean => a.pid >= FIRST_SPI || (a.cpu !== undefined && a.cpu === b.cpu);

function judgeUnderWay(e: MapChange, m: Machine, judge: Judge): void {
  const first = m.vgic.holders(e.stream, e.vid).find(({ bank, slot }) => slot.hw === T && slot.inUse === T && (e.cpu === undefined || e.cpu === bank.cpu));
  if (first === undefined) return judge.held();
  judge.breach({
    entity: `intid:${e.vid}`,
    sentence: `the map of vINTID ${e.vid} changes while a list register of vCPU ${first.bank.cpu} holds it: its physical interrupt stays active for ever`,
    because: [m.forwarding.mapOf(e.vid, e.cpu), first.slot.by],
  });
}

export const mapConflict: Rule = {
  id: 'fwd/map-conflict',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM kvm_vgic_map_phys_irq, kvm_vgic_unmap_phys_irq',
  summary: 'A physical interrupt is mapped to one virtual interrupt, and the map changes only while neither is under way.',
  needs: ['vgic.map'],
  on: {
    'vgic.map': (e, m, judge) => {
      const others = m.forwarding.mapsTo(e.pid).filter((map) => map.vid !== e.vid && isSameBank(map, e));
      const heldBy = (map: EventOf<'vgic.map'>): ReturnType<typeof m.vgic.holders> =>
        m.vgic.holders(e.stream, map.vid).filter(({ bank, slot }) => slot.pid === e.pid && (e.cpu === undefined || e.cpu === bank.cpu));
      const other = others.find((map) => heldBy(map).some(({ slot }) => slot.inUse === T)) ?? others[0];
      if (other === undefined) return m.forwarding.mapOf(e.vid, e.cpu)?.pid === e.pid ? judge.held() : judgeUnderWay(e, m, judge);
      const held = heldBy(other);
      // A hardware's log shows what list registers hold, and not when a map ends.
      if (!m.ctx.channels.of('vgic.unmap').shows(other.stream) && !held.some(({ slot }) => slot.inUse === T)) return judge.undecided('vgic.unmap');
      judge.breach({
        entity: `pintid:${e.pid}`,
        sentence: `pINTID ${e.pid} is mapped to vINTID ${e.vid} while it is mapped to vINTID ${other.vid}`,
        because: [other, ...held.map(({ slot }) => slot.by)],
        unless: (later) => later.kind === 'vgic.unmap' && later.vid === other.vid,
      });
    },
    'vgic.unmap': (e, m, judge) => judgeUnderWay(e, m, judge),
  },
};
