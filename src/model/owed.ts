// The ledger of obligations: what is owed, what created it, what settles it, what cancels it, what proves it late.
// A rule about something missing listens for a debt gone late (`late` of a rule); components only keep the ledger.

import type { Event } from '../event.js';

/** Debts by name; the first word is the component that keeps them. */
const DEBTS = [
  'intx.rise',
  'intx.fall',
  'intx.fall-on-disable',
  'intx.fall-on-msi',
  'intx.fall-on-reset',
  'msix.send',
  'msix.message',
  'msix.pend',
  'irqfd.inject',
  'irqfd.inject-preexisting',
  'resample.notify',
  'resample.notify-all',
  'source.fall',
  'ioapic.deliver',
  'ioapic.edge',
  'ioapic.ack',
  'ioapic.clear',
  'lapic.broadcast',
  'lapic.ipi',
  'lapic.request',
  'virtio.deassert',
  'eoifd.signal',
  'eoifd.lower',
  'kmask.inject',
  'pic.inject',
  'pic.request',
  'pic.lower',
  'vgic.level',
  'vgic.edge',
  'vgic.slot',
  'vgic.inject',
  'vgic.queue',
  'fwd.inject',
  'vfio.unmask',
  'vfio.resend',
  'vfio.mode',
  'vfio.use',
  'vfio.route',
  'route.commit',
] as const;
export type DebtName = (typeof DEBTS)[number];

export interface Debt {
  readonly name: DebtName;
  /** Who owes it, unique under the name: a pin number, `fn/entry`, a GSI. */
  readonly key: string | number;
  /** The thing, as a finding names it. */
  readonly entity: string;
  /** What created it. */
  readonly by: Event;
  /** Earlier events a reader needs, oldest first. */
  readonly because: readonly Event[];
}

/** A debt that the current event proves late. */
export interface Lapse {
  readonly debt: Debt;
  readonly proof: Event;
}

export class Ledger {
  readonly names = DEBTS;
  private readonly debts = new Map<DebtName, Map<string | number, Debt>>();
  private readonly lapsed: Lapse[] = [];

  owe(debt: Debt): void {
    const open = this.debts.get(debt.name);
    if (open === undefined) this.debts.set(debt.name, new Map([[debt.key, debt]]));
    else open.set(debt.key, debt);
  }

  /** True if anything is owed under the name. */
  any(name: DebtName): boolean {
    return (this.debts.get(name)?.size ?? 0) > 0;
  }

  open(name: DebtName, key: string | number): Debt | undefined {
    return this.debts.get(name)?.get(key);
  }

  /** Everything owed now. */
  all(): Debt[] {
    return [...this.debts.values()].flatMap((debts) => [...debts.values()]);
  }

  /** It was paid, or nothing is owed any more. */
  clear(name: DebtName, key: string | number): Debt | undefined {
    const open = this.debts.get(name);
    const debt = open?.get(key);
    if (debt !== undefined) open?.delete(key);
    return debt;
  }

  /** Everything under a name is forgiven: the state it rests on is no longer known. */
  forgive(name: DebtName): void {
    this.debts.get(name)?.clear();
  }

  forgiveAll(): void {
    for (const open of this.debts.values()) open.clear();
  }

  /** `proof` cannot happen before the owed event: the debt is late, once. */
  late(name: DebtName, key: string | number, proof: Event): void {
    const debt = this.clear(name, key);
    if (debt !== undefined) this.lapsed.push({ debt, proof });
  }

  /** Every open debt is late. */
  allLate(proof: Event): void {
    for (const [name, open] of this.debts) for (const key of open.keys()) this.late(name, key, proof);
  }

  get anyLapsed(): boolean {
    return this.lapsed.length > 0;
  }

  /** What went late at the current event; empties the list. */
  takeLapsed(): readonly Lapse[] {
    return this.lapsed.splice(0);
  }
}
