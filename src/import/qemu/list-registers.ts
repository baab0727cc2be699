// List registers as a hypervisor writes and reads them: written before the guest runs, read back and cleared after it.
// Arm IHI 0069, ICH_LR<n>_EL2; IHI 0048B, GICH_LRn; Linux vgic_v3_save_state, vgic_v2_save_state.

import { bitOf } from '../../bit-of.js';
import { intid, lr as asLr, vcpu, type Intid } from '../../ids.js';
import type { GicTeller } from './gic-teller.js';

interface ListRegister {
  /** 0 inactive, 1 pending, 2 active, 3 both. */
  readonly state: number;
  readonly vid: number;
  readonly hw: 0 | 1;
  readonly pid: number;
  /** Ask for a maintenance interrupt at the end; only without a physical interrupt. */
  readonly eoi: 0 | 1;
  readonly prio: number;
  readonly group: 0 | 1;
  /** It comes before all priorities, and is acknowledged by a register of its own. */
  readonly nmi: 0 | 1;
}

const FIRST_SPI = 32;

const STATES = ['I', 'P', 'A', 'PA'] as const;
/** ICH_LR<n>_EL2 from its halves. */
export const wideRegister = (low: number, high: number): ListRegister => ({
  state: high >>> 30,
  vid: low,
  hw: bitOf(high, 29),
  pid: high & 0x1fff,
  eoi: bitOf(high, 9),
  prio: (high >>> 16) & 0xff,
  group: bitOf(high, 28),
  nmi: bitOf(high, 27),
});

/** GICH_LRn. */
export const narrowRegister = (value: number): ListRegister => ({
  state: (value >>> 28) & 3,
  vid: value & 0x3ff,
  hw: bitOf(value, 31),
  pid: (value >>> 10) & 0x3ff,
  eoi: bitOf(value, 19),
  prio: (value >>> 20) & 0xf8,
  group: bitOf(value, 30),
  nmi: 0,
});

/** What the hardware never changes. */
const fixed = ({ hw, pid, eoi, prio, group, nmi }: ListRegister): { hw: 0 | 1; pid: Intid | undefined; eoi: 0 | 1 | undefined; prio: number | undefined; group: 0 | 1 } => ({
  hw,
  pid: hw === 1 ? intid(pid) : undefined,
  eoi: hw === 1 ? undefined : eoi,
  prio: nmi === 1 ? undefined : prio,
  group,
});

/** What becomes of an NMI may not be recorded. */
const stateOf = ({ state, nmi }: ListRegister): (typeof STATES)[number] | undefined => (nmi === 1 && state !== 0 ? undefined : STATES[state]);

/** Status of which registers are empty (a bit for each that holds nothing, not even an end to be told) or show an end, and of the maintenance interrupt. */
export type StatusName = 'elrsr' | 'eisr' | 'misr';

/** Registers that a status tells of. */
const REGISTERS = 32;
const keyOf = (cpu: number, n: number): number => cpu * REGISTERS + n;

export class ListRegisters {
  readonly #gic: GicTeller;
  /** What each register of a CPU holds, as far as it is known. */
  readonly #held = new Map<number, Intid>();
  /** Registers of which the latest word is that nothing is left in them, nor an end to be told. */
  readonly #empty = new Set<number>();
  /** The physical interrupt behind each virtual one, as told last. */
  readonly #maps = new Map<string, Intid>();

  constructor(gic: GicTeller) {
    this.#gic = gic;
  }

  forget(): void {
    this.#held.clear();
    this.#empty.clear();
  }

  wrote(cpu: number, n: number, of: ListRegister): void {
    if (of.state !== 0) return this.#fill(cpu, n, of);
    const vid = this.#held.get(keyOf(cpu, n));
    if (!this.#empties(cpu, n, of)) this.#gic.journal.say({ kind: 'vgic.flush', cpu: vcpu(cpu), lr: asLr(n), vid: vid ?? intid(of.vid), st: 'I', ...fixed(of) });
  }

  /** Nothing is left in a register. Was that so already? */
  #empties(cpu: number, n: number, { hw, eoi }: Pick<ListRegister, 'hw' | 'eoi'>): boolean {
    const key = keyOf(cpu, n);
    const ended = eoi === 1 && hw === 0;
    const known = this.#empty.has(key) && !ended;
    this.#held.delete(key);
    if (ended) this.#empty.delete(key);
    else this.#empty.add(key);
    return known;
  }

  #fill(cpu: number, n: number, of: ListRegister): void {
    const vid = intid(of.vid);
    const { journal } = this.#gic;
    if (of.hw === 1) this.#map(cpu, vid, intid(of.pid));
    this.#held.set(keyOf(cpu, n), vid);
    this.#empty.delete(keyOf(cpu, n));
    journal.say({ kind: 'vgic.flush', cpu: vcpu(cpu), lr: asLr(n), vid, st: stateOf(of), ...fixed(of) });
  }

  /** A PPI is mapped for its CPU alone. */
  #map(cpu: number, vid: Intid, pid: Intid): void {
    const own = pid < FIRST_SPI ? vcpu(cpu) : undefined;
    const key = `${vid}@${own ?? 'all'}`;
    if (this.#maps.get(key) === pid) return;
    this.#maps.set(key, pid);
    this.#gic.journal.say({ kind: 'vgic.map', vid, pid, cpu: own });
  }

  /** A read leaves it as it is. */
  wasRead(cpu: number, n: number, of: ListRegister): void {
    if (of.state === 0) return this.#emptied(cpu, n, intid(of.vid), fixed(of));
    this.#held.set(keyOf(cpu, n), intid(of.vid));
    this.#empty.delete(keyOf(cpu, n));
    this.#fold(cpu, n, intid(of.vid), stateOf(of), fixed(of));
  }

  /** The control register; without a value it may be any. */
  controlled(cpu: number, value: number | undefined): void {
    this.#gic.journal.say({ kind: 'vgic.hcr', cpu: vcpu(cpu), val: value });
  }

  /** A status register was read. */
  status(cpu: number, name: StatusName, value: number): void {
    this.#gic.journal.say({ kind: 'vgic.status', cpu: vcpu(cpu), [name]: value });
    if (name !== 'elrsr') return;
    for (let n = 0; n < REGISTERS; n++) {
      const vid = this.#held.get(keyOf(cpu, n));
      if (bitOf(value, n) === 1 && vid !== undefined) this.#emptied(cpu, n, vid);
    }
  }

  #emptied(cpu: number, n: number, vid: Intid, read?: ReturnType<typeof fixed>): void {
    if (!this.#empties(cpu, n, { hw: read?.hw ?? 0, eoi: read?.eoi ?? 0 })) this.#fold(cpu, n, vid, 'I', read);
  }

  #fold(cpu: number, n: number, vid: Intid, st: (typeof STATES)[number] | undefined, read: Partial<ReturnType<typeof fixed>> = {}): void {
    const { journal } = this.#gic;
    journal.say({ kind: 'vgic.fold', cpu: vcpu(cpu), lr: asLr(n), vid, st, kept: 1, ...read });
  }
}
