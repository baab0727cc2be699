// The whole machine as plain data, and a machine like it made of them: any graph of objects, arrays, maps, sets and the model's classes.
// What a machine's constructor builds is filled where it stands, so that the functions it handed out go on meaning it; functions themselves
// are not kept. Changes under way (Flights) are functions: a machine can be kept when none is.

import { AssignedFunction } from '../model/assigned-function.js';
import { Bits } from '../model/bits.js';
import { BusMaster } from '../model/bus-master.js';
import { Channel } from '../model/channels.js';
import { Eventfd } from '../model/eventfds.js';
import { GicBanks } from '../model/gic-banks.js';
import { GicCpu } from '../model/gic-cpu.js';
import { GicInterrupt } from '../model/gic-interrupt.js';
import { GicSignal } from '../model/gic-signal.js';
import { GsiLine } from '../model/gsi-line.js';
import { GuestInterface } from '../model/guest-interface.js';
import { Bit, IntxFunction, IntxLine } from '../model/intx-wire.js';
import { IoapicPin } from '../model/ioapic-pin.js';
import { Lapic } from '../model/lapic-cpu.js';
import { WrittenLapic } from '../model/lapic-written.js';
import { ListRegister, LrBank } from '../model/lr-bank.js';
import { Unhanded } from '../model/unhanded.js';
import { WrittenEntry } from '../model/ioapic-written.js';
import { WrittenConfig } from '../model/gic-written.js';
import { SgiSources } from '../model/gic-sgi-sources.js';
import { GicTargets } from '../model/gic-targets.js';
import { MessageIndex } from '../model/msix-index.js';
import { VectorUses } from '../model/msix-uses.js';
import { VectorBits } from '../model/vector-bits.js';
import { VirtioIsr } from '../model/virtio-isr.js';
import { VirtioVectors } from '../model/virtio-vectors.js';
import { ResetWatch } from '../model/reset-watch.js';
import { Machine } from '../model/machine.js';
import { MsixEntry } from '../model/msix-entry.js';
import { MsixFunction } from '../model/msix-function.js';
import { VfioDevice } from '../model/vfio.js';
import { Interrupt } from '../model/vgic-interrupts.js';
import { VirtioFunction } from '../model/virtio-function.js';

/** Classes of which a machine makes objects while it runs, and of what these are made of. */
const CLASSES = new Map<string, object>(
  Object.entries({
    AssignedFunction,
    Bit,
    Bits,
    BusMaster,
    Channel,
    Eventfd,
    GicBanks,
    GicCpu,
    GicInterrupt,
    GicSignal,
    GicTargets,
    GsiLine,
    GuestInterface,
    Interrupt,
    IntxFunction,
    IntxLine,
    IoapicPin,
    Lapic,
    ListRegister,
    LrBank,
    Unhanded,
    MessageIndex,
    MsixEntry,
    MsixFunction,
    ResetWatch,
    SgiSources,
    VectorUses,
    VfioDevice,
    VirtioFunction,
    VectorBits,
    VirtioIsr,
    VirtioVectors,
    WrittenConfig,
    WrittenEntry,
    WrittenLapic,
  }).map(([name, { prototype }]) => [name, prototype]),
);
const NAMES = new Map<unknown, string>([...CLASSES].map(([name, prototype]) => [prototype, name]));

/** Stands for the name of its class in a kept object; no field is called so. */
const CLASS = '<class>';
const NOT_KEPT = Symbol('a function');

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const classOf = (value: object): string => NAMES.get(Object.getPrototypeOf(value)) ?? value.constructor.name;
const isPlain = (value: object): boolean => Object.getPrototypeOf(value) === Object.prototype;
const cannot = (what: string): Error => new Error(`${what} cannot be kept`);

/** The machine as what a structured clone can carry. Throws while changes are under way. */
export function keep(machine: Machine): unknown {
  if (machine.ctx.flights.any) throw cannot('a machine with changes under way');
  return new Keeper().of(machine);
}

class Keeper {
  readonly #kept = new Map<object, unknown>();

  of(value: unknown): unknown {
    if (typeof value === 'function') return NOT_KEPT;
    if (!isObject(value) || ArrayBuffer.isView(value)) return value;
    const known = this.#kept.get(value);
    if (known !== undefined) return known;
    if (value instanceof WeakMap) return NOT_KEPT;
    if (Array.isArray(value)) return this.#list(value);
    if (value instanceof Map) return this.#map(value);
    if (value instanceof Set) return this.#set(value);
    return isPlain(value) ? this.#plain(value) : this.#object(value);
  }

  /** An element of something that grows while the machine runs. */
  #element(value: unknown): unknown {
    const kept = this.of(value);
    if (kept === NOT_KEPT) throw cannot('a function that the machine made while it ran');
    return kept;
  }

  #list(list: readonly unknown[]): unknown {
    const kept: unknown[] = [];
    this.#kept.set(list, kept);
    for (const value of list) kept.push(this.#element(value));
    return kept;
  }

  #map(map: ReadonlyMap<unknown, unknown>): unknown {
    const kept = new Map<unknown, unknown>();
    this.#kept.set(map, kept);
    for (const [key, value] of map) kept.set(this.#element(key), this.#element(value));
    return kept;
  }

  #set(set: ReadonlySet<unknown>): unknown {
    const kept = new Set<unknown>();
    this.#kept.set(set, kept);
    for (const value of set) kept.add(this.#element(value));
    return kept;
  }

  /** One that holds a function is a table that the constructor made: it stays as that makes it. */
  #plain(value: object): unknown {
    const kept: Record<string, unknown> = {};
    this.#kept.set(value, kept);
    for (const [name, field] of Object.entries(value)) {
      const own = this.of(field);
      if (own === NOT_KEPT) {
        this.#kept.set(value, NOT_KEPT);
        return NOT_KEPT;
      }
      kept[name] = own;
    }
    return kept;
  }

  #object(value: object): unknown {
    const kept: Record<string, unknown> = { [CLASS]: classOf(value) };
    this.#kept.set(value, kept);
    for (const [name, field] of Object.entries(value)) {
      const own = this.of(field);
      if (own !== NOT_KEPT) kept[name] = own;
    }
    return kept;
  }
}

/** A machine like the one that was kept, by the same version of the program. */
export function restore(kept: unknown): Machine {
  const machine = new Machine();
  if (!isObject(kept)) throw new Error('no machine was kept');
  new Restorer().restore(kept, machine);
  return machine;
}

class Restorer {
  readonly #made = new Map<object, object>();
  readonly #paired = new Set<object>();

  restore(kept: object, machine: Machine): void {
    this.#pair(kept, machine);
    const parts = [...this.#made];
    for (const [own, part] of parts) this.#fill(own, part);
  }

  /** Kept objects meet those that the constructor of the machine has made in their places. */
  #pair(kept: object, part: object): void {
    if (this.#made.has(kept) || this.#paired.has(part)) return;
    this.#made.set(kept, part);
    this.#paired.add(part);
    for (const [name, own] of Object.entries(kept)) {
      const there: unknown = Reflect.get(part, name);
      if (isObject(own) && CLASS in own && isObject(there) && own[CLASS] === classOf(there)) this.#pair(own, there);
    }
  }

  #of(kept: unknown): unknown {
    if (!isObject(kept) || ArrayBuffer.isView(kept)) return kept;
    const known = this.#made.get(kept);
    if (known !== undefined) return known;
    if (Array.isArray(kept)) return this.#list(kept);
    if (kept instanceof Map) return this.#map(kept);
    if (kept instanceof Set) return this.#set(kept);
    const made = CLASS in kept ? this.#object(kept[CLASS]) : {};
    this.#made.set(kept, made);
    this.#fill(kept, made);
    return made;
  }

  #list(kept: readonly unknown[]): unknown[] {
    const list: unknown[] = [];
    this.#made.set(kept, list);
    for (const value of kept) list.push(this.#of(value));
    return list;
  }

  #map(kept: ReadonlyMap<unknown, unknown>): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>();
    this.#made.set(kept, map);
    for (const [key, value] of kept) map.set(this.#of(key), this.#of(value));
    return map;
  }

  #set(kept: ReadonlySet<unknown>): Set<unknown> {
    const set = new Set<unknown>();
    this.#made.set(kept, set);
    for (const value of kept) set.add(this.#of(value));
    return set;
  }

  #object(name: unknown): object {
    const made = CLASSES.get(String(name));
    if (made === undefined) throw new Error(`what was kept holds one ${String(name)} more than a machine begins with`);
    const one: object = Object.create(made);
    return one;
  }

  #fill(kept: object, into: object): void {
    for (const [name, value] of Object.entries(kept)) if (name !== CLASS) Reflect.set(into, name, this.#of(value));
  }
}
