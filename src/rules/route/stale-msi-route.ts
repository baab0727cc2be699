// A route follows its MSI-X entry. PCI Express Base 6.1.4.5: contents written while masked count from the unmask on, so the VMM must
// update the route then (QEMU virtio_pci_vq_vector_unmask, kvm_irqchip_update_msi_route and the commit).

import type { Event, EventOf } from '../../event.js';
import type { Gsi } from '../../ids.js';
import type { Machine } from '../../model/machine.js';
import { LANDED_AFTER } from '../../model/flights.js';
import { decodeMessage, isRemappable, messageOf, sameMessage } from '../../model/message.js';
import type { MsixEntry } from '../../model/msix-entry.js';
import type { MsixFunction } from '../../model/msix-function.js';
import { routeText, type Route } from '../../model/routing-table.js';
import { F, T, U, and, not, show, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

/** A message through the route of a GSI that belongs to a row. */
interface Sent {
  readonly fn: MsixFunction;
  readonly entry: MsixEntry;
  readonly route: Extract<Route, { type: 'msi' }>;
  readonly signal: EventOf<'efd.signal'> | undefined;
  readonly gsi: Gsi;
}

function sentThrough(e: EventOf<'kvm.msi'>, m: Machine): Sent | undefined {
  const signal = m.routes.trail.behind(e);
  const gsi = e.gsi ?? (signal === undefined ? undefined : m.irqfds.gsiOf(signal));
  const [route] = gsi === undefined ? [] : m.routes.of(gsi);
  if (gsi === undefined || route?.type !== 'msi') return undefined;
  const owner = m.msix.bypass.ownerOf(gsi, route);
  if (owner === undefined) return undefined;
  const vector = decodeMessage(route.addr, route.data).vec;
  if (vector === undefined || vector !== messageOf(e).vec) return undefined;
  return { fn: owner.fn, entry: owner.fn.peek(owner.number), route, signal, gsi };
}

/** Can nothing else have sent this message? */
function isAlone(e: EventOf<'kvm.msi'>, { gsi, entry }: Sent, { msix: { bypass } }: Machine): boolean {
  const said = messageOf(e);
  return bypass.isAlone(gsi, said) && !bypass.hasAlias(entry, said, e);
}

/** Has the row been unmasked since it was rewritten, and the VMM had the time to follow? What was under way at the write may go by old or new contents, what was signalled after the unmask not. */
function refreshDue({ writeBy, maskBy, blurred }: MsixEntry, signal: Event | undefined, e: EventOf<'kvm.msi'>, { ctx }: Machine): boolean {
  if (writeBy === undefined || maskBy === undefined || maskBy.seq < writeBy.seq) return false;
  if (blurred && (signal === undefined || signal.seq < maskBy.seq || ctx.unordered(maskBy, signal))) return false;
  return maskBy.tid >= 0 || !(e.ns - maskBy.ns <= LANDED_AFTER);
}

/** With interrupt remapping the row holds a handle, and the route what it stands for. An address that nobody has written is 0. */
const isPlain = (fn: MsixFunction, { addr }: MsixEntry): boolean => (addr === undefined ? fn.restIsQuiet : !isRemappable(addr));

export const staleMsiRoute: Rule = {
  id: 'route/stale-msi-route',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.5; QEMU virtio_pci_vq_vector_unmask (kvm_irqchip_update_msi_route, kvm_irqchip_commit_routes)',
  summary: 'After the unmask of a rewritten MSI-X entry its irqfd sends the new message.',
  needs: ['kvm.msi', 'kvm.routes', 'msix.write', 'efd.signal'],
  on: {
    'kvm.msi': (e, m, judge) => {
      if (e.taken === 0) return;
      const sent = sentThrough(e, m);
      if (sent === undefined) return;
      const { fn, entry, route, signal, gsi } = sent;
      const differs = not(sameMessage(entry.message, messageOf(e)));
      if (differs === F) return judge.held();
      const sure: Tri = refreshDue(entry, signal, e, m) && isPlain(fn, entry) && isAlone(e, sent, m) ? T : U;
      const data = entry.data === undefined ? 'unknown' : `0x${entry.data.toString(16)}`;
      const old = routeText(route);
      judge.breachIf(and(and(differs, fn.liveSurely(entry, e)), sure), 'msix.entry', () => ({
        entity: entry.entity,
        sentence: `${entry.title} was rewritten and unmasked, and its irqfd on GSI ${gsi} still sent the message of the old route, ${old}`,
        because: [m.routes.by, ...m.irqfds.bindingsOf(gsi).map(({ by }) => by), entry.writeBy, entry.maskBy, signal],
        state: { 'msix.data': data, 'msix.vcmask': show(entry.mask), route: old },
        unless: (later) => later.kind === 'kvm.routes',
      }));
    },
  },
};
