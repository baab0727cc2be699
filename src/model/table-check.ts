// What KVM must refuse as a GSI routing table. virt/kvm/irqchip.c (setup_routing_entry), arch/x86/kvm/irq_comm.c,
// arch/arm64/kvm/vgic/vgic-irqfd.c (kvm_set_routing_entry).

import type { Gsi } from '../ids.js';
import { PINS, type Route, type RoutingTable } from './routing-table.js';
import { F, T, U, type Tri } from './tri.js';

/** The first GSI for which KVM must refuse the table: per GSI one entry per chip, a message stands alone, the chips have so many pins. */
export function conflict(table: RoutingTable): Gsi | undefined {
  for (const [gsi, routes] of table.routes) if (conflicting(routes)) return gsi;
  return undefined;
}

/** Must KVM refuse this table? */
export function illegal(table: RoutingTable): Tri {
  if (conflict(table) !== undefined) return T;
  if (!table.complete) return U;
  for (const routes of table.routes.values()) if (routes.some(doubtful)) return U;
  return F;
}

/** 8259 master and slave are two chips: pins 0-7 and 8-15. */
function conflicting(routes: readonly Route[]): boolean {
  for (const route of routes) if ('pin' in route && route.pin >= PINS[route.type]) return true;
  return routes.length > 1 && clashing(routes);
}

/** Two routes to one chip, or a message beside another route. As bits: with filter, map and Set it made `illegal` the largest function of a check for V8. */
function clashing(routes: readonly Route[]): boolean {
  let taken = 0;
  for (const route of routes) {
    const chip = chipBit(route);
    if (route.type === 'msi' || (taken & chip) !== 0) return true;
    taken |= chip;
  }
  return false;
}

/** No bit for what is not known to be a chip. */
function chipBit(route: Route): number {
  if (route.type === 'pic') return route.pin >= 8 ? 4 : 2;
  return route.type === 'ioapic' ? 1 : route.type === 'gic' ? 8 : 0;
}

/** With 32-bit APIC ids the low byte of the high half must be 0 (kvm_msi_route_invalid); the type of `other` is not known. */
const doubtful = (route: Route): boolean =>
  route.type === 'other' || (route.type === 'msi' && route.addr !== undefined && ((route.addr >> 32n) & 0xffn) !== 0n);
