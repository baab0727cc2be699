// The active state of the physical GIC's interrupts, as far as forwarding needs it. Arm IHI 0069, 4.1 (states) and ICC_EOIR1_EL1;
// an SPI is active or not for all CPUs, an SGI or PPI for each by itself.

import type { Event, EventOf } from '../event.js';
import { vcpu, type Intid, type Vcpu } from '../ids.js';
import type { Component, Steps } from './component.js';
import { FIRST_LPI, FIRST_SPI } from './intids.js';
import { F, T, U, join, known, type Tri } from './tri.js';

/** What forwarding asks of the physical GIC, and tells it. */
export interface PhysicalGic {
  /** Is the interrupt active? `cpu` counts for SGIs and PPIs. */
  active(id: Intid, cpu: Vcpu): Tri;
  /** What made it so. */
  activeBy(id: Intid, cpu: Vcpu): Event | undefined;
  /** Does EOIR only drop the priority on this CPU? */
  eoimode(cpu: Vcpu): Tri;
  /** The guest ended an interrupt whose list register has HW=1: surely (T), or perhaps (U). Nothing else shows it. */
  deactivateByHardware(id: Intid, cpu: Vcpu, by: Event, sure: Tri): void;
}

/** The physical CPU on which a vCPU's event happened: where the recorder does not name it, the two are one. */
export const physicalCpu = (e: Event & { readonly cpu: Vcpu }): Vcpu => (e.on >= 0 ? vcpu(e.on) : e.cpu);

interface Active {
  readonly state: Tri;
  readonly by: Event;
}

type Banked = EventOf<'pgic.iar'> | EventOf<'pgic.eoir'> | EventOf<'pgic.dir'> | EventOf<'pgic.act'> | EventOf<'pgic.read'>;

export class PhysicalActive implements Component, PhysicalGic {
  readonly #states = new Map<string, Active>();
  readonly #modes = new Map<Vcpu, Tri>();
  #rest: Tri = U;

  readonly steps: Steps = {
    'pgic.iar': (e) => this.#set(e, T),
    'pgic.eoir': (e) => this.#end(e, this.eoimode(e.cpu), F),
    'pgic.dir': (e) => this.#end(e, this.eoimode(e.cpu), T),
    'pgic.act': (e) => this.#set(e, known(e.val)),
    'pgic.read': (e) => {
      if (e.act !== undefined) this.#set(e, known(e.act));
    },
    'pgic.eoimode': (e) => void this.#modes.set(e.cpu, known(e.val)),
  };

  /** Which mode the CPUs are in was set by software, perhaps unseen. */
  begin(fromReset: boolean): void {
    this.#states.clear();
    this.#modes.clear();
    this.#rest = fromReset ? F : U;
  }

  lose(): void {
    this.begin(false);
  }

  active(id: Intid, cpu: Vcpu): Tri {
    if (id >= FIRST_LPI) return F;
    return this.#states.get(key(id, cpu))?.state ?? this.#rest;
  }

  activeBy(id: Intid, cpu: Vcpu): Event | undefined {
    return this.#states.get(key(id, cpu))?.by;
  }

  eoimode(cpu: Vcpu): Tri {
    return this.#modes.get(cpu) ?? U;
  }

  deactivateByHardware(id: Intid, cpu: Vcpu, by: Event, sure: Tri): void {
    if (sure !== F) this.#states.set(key(id, cpu), { state: sure === T ? F : U, by });
  }

  /** It deactivates if the CPU is in `mode`. */
  #end(e: EventOf<'pgic.eoir'> | EventOf<'pgic.dir'>, now: Tri, mode: Tri): void {
    if (now === mode) this.#set(e, F);
    else if (now === U) this.#set(e, join(this.active(e.id, e.cpu), F));
  }

  #set(e: Banked, state: Tri): void {
    if (e.id >= FIRST_SPI) this.#states.set(key(e.id, undefined), { state, by: e });
    else if (e.cpu !== undefined) this.#states.set(key(e.id, e.cpu), { state, by: e });
    else this.#anyBank(e, state);
  }

  /** One CPU's, and it is not told which. */
  #anyBank(e: Banked, state: Tri): void {
    for (const [bank, before] of this.#states) if (bank.startsWith(`${e.id}/`)) this.#states.set(bank, { state: join(before.state, state), by: e });
    if (this.#rest !== state) this.#rest = U;
  }
}

const key = (id: Intid, cpu: Vcpu | undefined): string => (id < FIRST_SPI ? `${id}/${cpu}` : String(id));
