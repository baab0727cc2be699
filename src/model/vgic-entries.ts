// Interrupts that must come into a list register, counted by entries into the guest. Linux vgic_flush_lr_state: at every entry
// what is pending and enabled gets a register, the most urgent first. Which vCPU an SPI goes to may not be known: then all must have entered.

import type { Event } from '../event.js';
import type { Vcpu } from '../ids.js';
import type { Context } from './context.js';
import { PENDING, type LrBank } from './lr-bank.js';
import { FIRST_PPI } from './intids.js';
import type { Debt, DebtName } from './owed.js';
import { F } from './tri.js';
import type { Interrupt } from './vgic-interrupts.js';

type Name = Extract<DebtName, 'vgic.level' | 'vgic.edge' | 'vgic.slot' | 'vgic.inject' | 'fwd.inject'>;

const NAMES: readonly Name[] = ['vgic.level', 'vgic.edge', 'vgic.slot', 'vgic.inject', 'fwd.inject'];
/** Entries by which it must have come: one may have been under way already. */
const ENTRIES: Record<Name, number> = { 'vgic.level': 2, 'vgic.edge': 2, 'vgic.slot': 3, 'vgic.inject': 2, 'fwd.inject': 2 };

/** Is an interrupt of this id surely less urgent than another? */
type LessUrgent = (vid: Interrupt['id'], than: Interrupt, cpu: Vcpu) => boolean;

interface Wait {
  readonly name: Name;
  readonly of: Interrupt;
  readonly by: Event;
  readonly entries: Map<Vcpu, number>;
  /** The vCPU that must take it, where that is known. */
  readonly target: Vcpu | undefined;
  /** What `by` is part of is over. Another thread may be held up in the middle of it for any time. */
  isOver: boolean;
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

  owe(name: Name, of: Interrupt, by: Event, because: Debt['because'], target = of.cpu): void {
    if (this.ctx.owed.open(name, of.key) !== undefined) return;
    this.waits.set(keyOf(name, of), { name, of, by, entries: new Map(), target, isOver: name !== 'vgic.inject' });
    this.ctx.owed.owe({ name, key: of.key, entity: of.entity, by, because });
  }

  /** It has come, or need not come any more. */
  settle(of: Interrupt): void {
    if (this.waits.size > 0) for (const name of NAMES) this.end(name, of);
  }

  /** Any of those may have come, or have become another. */
  settleAll(may: (of: Interrupt) => boolean): void {
    for (const { of } of this.waits.values()) if (may(of)) this.settle(of);
  }

  /** The thread does something else. */
  goesOn(e: Event): void {
    if (this.waits.size > 0) for (const wait of this.waits.values()) wait.isOver ||= wait.by.tid === e.tid && wait.by.stream === e.stream;
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
      const { name, of, by, entries, target, isOver } = wait;
      if (!isOver || by.stream !== e.stream || (target !== undefined && target !== bank.cpu)) continue;
      if (!this.isPassedOver(wait, bank)) {
        entries.delete(bank.cpu);
        continue;
      }
      entries.set(bank.cpu, (entries.get(bank.cpu) ?? 0) + 1);
      const needed = target === undefined ? vcpus : [target];
      if (needed.every((cpu) => (entries.get(cpu) ?? 0) >= ENTRIES[name])) this.late(name, of, e);
    }
  }

  /** Could this entry have taken it? A free register could, or one that holds something less urgent. */
  private isPassedOver({ name, of }: Wait, bank: LrBank): boolean {
    if (name !== 'vgic.slot') return bank.full(this.ctx.config.nrLr) === F && !this.holdsBack(bank);
    return [...bank.slots.values()].some((slot) => slot.by.st === 'P' && slot.set === PENDING && this.lessUrgent(slot.vid, of, bank.cpu));
  }

  /** In GICv2 an SGI of several sources keeps all that is less urgent out, until it has come from each (vgic_flush_lr_state). */
  private holdsBack(bank: LrBank): boolean {
    return this.ctx.config.gicVersion !== 3 && [...bank.slots.values()].some(({ vid }) => vid < FIRST_PPI);
  }

  private end(name: Name, of: Interrupt): void {
    this.waits.delete(keyOf(name, of));
    this.ctx.owed.clear(name, of.key);
  }
}
