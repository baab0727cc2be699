// What forwarding asks of the physical GIC, and tells it.

import type { Event } from '../event.js';
import { vcpu, type Intid, type Vcpu } from '../ids.js';
import type { Tri } from './tri.js';

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
