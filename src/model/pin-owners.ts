// Which GSIs have ever driven a pin: KVM keeps a level bit per pin and source, whatever GSI set it (ioapic.c irq_states, i8259.c irq_states).

import type { Gsi, Pin } from '../ids.js';
import type { RoutingTable } from './routing-table.js';

type Chip = 'ioapic' | 'pic';

export class PinOwners {
  /** Per chip: pin to its GSI, `several` once a second one has driven it. */
  private readonly owners: Readonly<Record<Chip, Map<Pin, Gsi | 'several'>>> = { ioapic: new Map(), pic: new Map() };
  private readonly sharing = new Set<Gsi>();

  /** A table under which GSIs can drive pins. */
  add(table: RoutingTable): void {
    for (const [gsi, routes] of table.routes) {
      for (const route of routes) {
        if (route.type !== 'ioapic' && route.type !== 'pic') continue;
        const owners = this.owners[route.type];
        const owner = owners.get(route.pin);
        const alone = owner === undefined || owner === gsi;
        owners.set(route.pin, alone ? gsi : 'several');
        if (alone) continue;
        this.sharing.add(gsi);
        if (owner !== 'several') this.sharing.add(owner);
      }
    }
  }

  /** Has another GSI driven a pin of this one? */
  share(gsi: Gsi): boolean {
    return this.sharing.has(gsi);
  }

  /** The one GSI that has driven the pin, undefined if none or several have. */
  of(chip: Chip, pin: Pin): Gsi | undefined {
    const owner = this.owners[chip].get(pin);
    return owner === 'several' ? undefined : owner;
  }

  clear(): void {
    this.owners.ioapic.clear();
    this.owners.pic.clear();
    this.sharing.clear();
  }
}
