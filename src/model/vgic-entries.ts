// Interrupts that must come into a list register, counted by entries into the guest. Linux vgic_flush_lr_state: at every entry
// what is pending and enabled gets a register, the most urgent first. Which vCPU an SPI goes to may not be known: then all must have entered.

import type { Event } from '../event.js';
import type { Vcpu } from '../ids.js';
import type { Context } from './context.js';
import { PENDING, type LrBank } from './lr-bank.js';
import type { Debt, DebtName } from './owed.js';
import { F } from './tri.js';
import type { Interrupt } from './vgic-interrupts.js';

type Name = Extract<DebtName, 'vgic.level' | 'vgic.edge' | 'vgic.slot' | 'fwd.inject'>;

const NAMES: readonly Name[] = ['vgic.level', 'vgic.edge', 'vgic.slot', 'fwd.inject'];
/** Entries by which it must have come: one may have been under way already. */
const ENTRIES: Record<Name, number> = { 'vgic.level': 2, 'vgic.edge': 2, 'vgic.slot': 3, 'fwd.inject': 2 };

/** Is an interrupt of this id surely less urgent than another? */
type LessUrgent = (vid: Interrupt['id'], than: Interrupt, cpu: Vcpu) => boolean;

interface Wait {
  readonly name: Name;
  readonly of: Interrupt;
  readonly by: Event;
  readonly entries: Map<Vcpu, number>;
}

const keyOf = (name: Name, of: Interrupt): number => of.key * NAMES.length + NAMES.indexOf(name);

export class Entries {
  private readonly ctx: Context;
  private readonly lessUrgent: LessUrgent;
  private readonly waits = new Map<number, Wait>();

  constructor(ctx: Context, lessUrgent: LessUrgent) {
    this.ctx = ctx;
    this.lessUrgent = lessUrgent;
  }

  clear(): void {
    this.waits.clear();
    for (const name of NAMES) this.ctx.owed.forgive(name);
  }

  owe(name: Name, of: Interrupt, by: Event, because: Debt['because']): void {
    if (this.ctx.owed.open(name, of.key) !== undefined) return;
    this.waits.set(keyOf(name, of), { name, of, by, entries: new Map() });
    this.ctx.owed.owe({ name, key: of.key, entity: of.entity, by, because });
  }

  /** It has come, or need not come any more. */
  settle(of: Interrupt): void {
    if (this.waits.size > 0) for (const name of NAMES) this.end(name, of);
  }

  /** It was given up: that is too late for an edge. */
  late(name: Name, of: Interrupt, proof: Event): void {
    this.waits.delete(keyOf(name, of));
    this.ctx.owed.late(name, of.key, proof);
  }

  /** A vCPU enters the guest; `banks` are all that the same recorder has shown. */
  entered(e: Event, bank: LrBank, banks: Iterable<LrBank>): void {
    if (this.waits.size === 0) return;
    const vcpus = [...banks].filter(({ enteredBy }) => enteredBy !== undefined).map(({ cpu }) => cpu);
    for (const wait of this.waits.values()) {
      const { name, of, by, entries } = wait;
      if (by.stream !== e.stream || (of.cpu !== undefined && of.cpu !== bank.cpu)) continue;
      if (!this.isPassedOver(wait, bank)) {
        entries.delete(bank.cpu);
        continue;
      }
      entries.set(bank.cpu, (entries.get(bank.cpu) ?? 0) + 1);
      const needed = of.cpu === undefined ? vcpus : [of.cpu];
      if (needed.every((cpu) => (entries.get(cpu) ?? 0) >= ENTRIES[name])) this.late(name, of, e);
    }
  }

  /** Could this entry have taken it? A free register could, or one that holds something less urgent. */
  private isPassedOver({ name, of }: Wait, bank: LrBank): boolean {
    if (name !== 'vgic.slot') return bank.full(this.ctx.config.nrLr) === F;
    return [...bank.slots.values()].some((slot) => slot.by.st === 'P' && slot.set === PENDING && this.lessUrgent(slot.vid, of, bank.cpu));
  }

  private end(name: Name, of: Interrupt): void {
    this.waits.delete(keyOf(name, of));
    this.ctx.owed.clear(name, of.key);
  }
}
