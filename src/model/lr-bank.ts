// The list registers of one vCPU as one recorder shows them. Arm IHI 0069, ICH_LR<n>_EL2; IHI 0048B, GICH_LRn.
// A register's state is a set of possible states: what the guest does with it is seen only where its accesses are recorded.

import type { Event, EventOf } from '../event.js';
import { lr as asLr, type Intid, type Lr, type Vcpu } from '../ids.js';
import { GuestInterface } from './guest-interface.js';
import { F, T, U, known, type Tri } from './tri.js';

/** States as bits of a set. */
export const INACTIVE = 1;
export const PENDING = 2;
export const ACTIVE = 4;
export const BOTH = 8;
export const ANY = INACTIVE | PENDING | ACTIVE | BOTH;

export const SETS = { I: INACTIVE, P: PENDING, A: ACTIVE, PA: BOTH } as const;
const SHORT = ['I', 'P', 'A', 'PA'] as const;

/** The set that a recorder names; of an unnamed state that something holds the register. */
const setOf = (state: keyof typeof SETS | undefined): number => (state === undefined ? PENDING | ACTIVE | BOTH : SETS[state]);

export const showSet = (set: number): string => (set === ANY ? 'unknown' : SHORT.filter((_, i) => ((set >> i) & 1) === 1).join(' or '));

/** A list register that was read and holds on to what it holds. */
type Shown = EventOf<'vgic.fold'> & { readonly lr: Lr; readonly vid: Intid };

const isShown = (e: EventOf<'vgic.fold'>): e is Shown => e.kept === 1 && e.lr !== undefined && e.vid !== undefined;

/** Does it show the end of its interrupt once that is inactive? Unless fields are told, the status of empty registers has told that it does not. */
const asksForEnd = ({ eoi, hw }: EventOf<'vgic.flush'> | EventOf<'vgic.fold'>): Tri => known(eoi === 1 && hw !== 1 ? 1 : 0);

/** One list register in use. */
export class ListRegister {
  readonly lr: Lr;
  readonly vid: Intid;
  readonly hw: Tri;
  readonly pid: Intid | undefined;
  /** What filled it, or showed it first. */
  readonly by: EventOf<'vgic.flush'> | Shown;
  /** Possible states. */
  set: number;
  /** The guest has run with it. */
  ran = false;
  /** Whether an end came through is not sure: it does only at the priority that the guest runs. */
  isDoubtful = false;
  /** The guest's acknowledge of it. */
  takenBy: EventOf<'gic.iar'> | undefined;
  /** The guest's EOIR of it, without a DIR or another acknowledge yet. */
  eoirBy: EventOf<'gic.eoir'> | undefined;

  constructor(by: EventOf<'vgic.flush'> | Shown) {
    this.lr = by.lr;
    this.vid = by.vid;
    this.hw = by.hw === undefined ? U : known(by.hw);
    this.pid = by.hw === 1 ? by.pid : undefined;
    this.by = by;
    this.set = setOf(by.st);
  }

  /** It reads so. */
  show(st: keyof typeof SETS): void {
    this.set = SETS[st];
    this.isDoubtful = false;
    this.eoirBy = undefined;
  }

  /** Does it surely hold an interrupt? */
  get inUse(): Tri {
    if ((this.set & INACTIVE) === 0) return T;
    return this.set === INACTIVE ? F : U;
  }

  /** The guest ends the interrupt, surely (T) or perhaps (U). */
  end(ends: Tri): void {
    this.move(ACTIVE, ends === T ? INACTIVE : ACTIVE | INACTIVE);
    this.move(BOTH, ends === T ? PENDING : BOTH | PENDING);
  }

  /** Is it surely active, pending behind that or not? */
  get isActive(): boolean {
    return (this.set & ~(ACTIVE | BOTH)) === 0;
  }

  /** In all states of `from` it may be: goes to `to`. */
  move(from: number, to: number): void {
    if ((this.set & from) !== 0) this.set = (this.set & ~from) | to;
  }
}

export class LrBank {
  readonly cpu: Vcpu;
  readonly slots = new Map<Lr, ListRegister>();
  /** Registers that hold nothing, and whether they show an end to be told: EOI bit without HW. */
  readonly idle = new Map<Lr, Tri>();
  /** What is not in `slots` is empty. */
  complete: boolean;
  /** The latest entry into the guest. */
  enteredBy: Event | undefined;
  /** The guest's CPU interface. */
  readonly face = new GuestInterface();
  /** The hypervisor's control register: enable, conditions of the maintenance interrupt, count of ends without a list register. */
  control: number | undefined;
  /** The guest has, perhaps, ended something since it was written that no list register holds. */
  endsSince = false;
  /** All registers are read back at once. */
  readsAll = false;
  private highest = -1;

  constructor(cpu: Vcpu, complete: boolean) {
    this.cpu = cpu;
    this.complete = complete;
  }

  /** Those that hold the interrupt, perhaps, in a state of `set`. */
  holding(vid: Intid, set: number): ListRegister[] {
    return [...this.slots.values()].filter((slot) => slot.vid === vid && (slot.set & set) !== 0);
  }

  flush(e: EventOf<'vgic.flush'>): void {
    this.highest = Math.max(this.highest, e.lr);
    if (e.st === 'I') return this.empty(e.lr, asksForEnd(e));
    this.idle.delete(e.lr);
    this.slots.set(e.lr, new ListRegister(e));
  }

  /** A register has been read back, and taken out unless it is kept. */
  fold(e: EventOf<'vgic.fold'>): void {
    if (e.lr === undefined) return;
    const slot = this.slots.get(e.lr);
    this.idle.delete(e.lr);
    if (!isShown(e) || e.st === undefined) this.slots.delete(e.lr);
    else if (e.st === 'I') this.empty(e.lr, asksForEnd(e));
    else if (slot?.vid === e.vid) slot.show(e.st);
    else this.slots.set(e.lr, new ListRegister(e));
  }

  /** Status registers tell what is known of no list register otherwise. */
  learn({ elrsr, eisr }: EventOf<'vgic.status'>): void {
    for (let n = 0; n < 32; n++) {
      const which = asLr(n);
      if (this.slots.has(which)) continue;
      if (elrsr !== undefined && ((elrsr >>> n) & 1) === 1) this.idle.set(which, F);
      if (eisr !== undefined && ((eisr >>> n) & 1) === 1) this.idle.set(which, T);
    }
  }

  /** The hypervisor has set its control register. */
  command(value: number | undefined): void {
    this.control = value;
    this.endsSince = false;
  }

  private empty(lr: Lr, ended: Tri): void {
    this.slots.delete(lr);
    this.idle.set(lr, ended);
  }

  /** All registers have been read back. */
  emptied(): void {
    this.slots.clear();
    this.idle.clear();
    this.complete = this.readsAll = true;
  }

  /** The guest runs. Unless it is `watched`, it may acknowledge and end what it finds. */
  enter(e: Event, watched: boolean): void {
    this.enteredBy = e;
    this.run(watched);
  }

  run(watched: boolean): void {
    for (const slot of this.slots.values()) this.runSlot(slot, watched);
  }

  private runSlot(slot: ListRegister, watched: boolean): void {
    slot.ran = true;
    if (watched) return;
    slot.move(BOTH, BOTH | PENDING | ACTIVE | INACTIVE);
    slot.move(PENDING, PENDING | ACTIVE | INACTIVE);
    slot.move(ACTIVE, ACTIVE | INACTIVE);
  }

  /** Is it known of every register what it holds, or that it is empty? */
  isKnown(total: number | undefined): boolean {
    if (this.complete) return true;
    for (let n = 0; n < (total ?? 1); n++) if (!this.slots.has(asLr(n)) && !this.idle.has(asLr(n))) return false;
    return total !== undefined;
  }

  /** The guest acknowledged the interrupt: the register that held it is active now, or where ends do not show has been. */
  acknowledge(e: EventOf<'gic.iar'>, showsEnds: boolean): void {
    const taken = showsEnds ? ACTIVE : ACTIVE | INACTIVE;
    const waiting = this.holding(e.id, PENDING);
    this.face.take(e, waiting.length === 1 ? waiting[0]?.by : undefined);
    for (const slot of waiting) {
      slot.ran = true;
      slot.takenBy = e;
      slot.eoirBy = undefined;
      slot.set = waiting.length === 1 ? taken : slot.set | taken;
    }
    if (waiting.length > 0) return;
    // It was pending otherwise than is known.
    const known = this.holding(e.id, ANY);
    for (const slot of known) slot.set = known.length === 1 ? taken : ANY;
  }

  /** How many registers it has, by what is said of all CPUs; undefined if it has shown more. */
  total(said: number | undefined): number | undefined {
    return said !== undefined && this.highest < said ? said : undefined;
  }

  /** Are all its registers in use? `total` is how many there are, where that is known. */
  full(total: number | undefined): Tri {
    if (!this.complete) return U;
    if (this.slots.size === 0) return F;
    if (total !== undefined) return this.slots.size >= total ? T : F;
    return this.slots.size <= this.highest ? F : U;
  }
}
