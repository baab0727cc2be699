// What a message-signalled interrupt says: its address and data, decoded. Intel SDM vol. 3, message signalled interrupts; KVM irq_comm.c kvm_set_msi_irq.

import type { EventOf } from '../event.js';
import { vector, type Vector } from '../ids.js';
import { F, T, U, and, same, type Tri } from './tri.js';

/** Fields are undefined where they are not known. */
export interface Message {
  readonly dst?: number | undefined;
  readonly vec?: Vector | undefined;
  /** Delivery mode as recorders number it: 0 Fixed, 1 LowPrio. */
  readonly dm?: number | undefined;
  readonly logical?: 0 | 1 | undefined;
  readonly trig?: 'edge' | 'level' | undefined;
}

/** Address bit 4: interrupt format 1, a handle that only the remapping table can read (Intel VT-d, remappable format). */
export const isRemappable = (addr: number): boolean => (addr & 0x10) !== 0;

/** Address bits 19:12 are the destination; 11:5 and 63:40 extend it. Whether KVM heeds 63:40 depends on KVM_CAP_X2APIC_API. */
export function decodeMessage(addr: bigint | undefined, data: number | undefined): Message {
  const low = addr === undefined ? undefined : Number(addr & 0xffff_ffffn);
  if (low !== undefined && isRemappable(low)) return {};
  return Object.assign(decodeAddress(addr), decodeData(data));
}

function decodeAddress(addr: bigint | undefined): Message {
  if (addr === undefined) return {};
  const low = Number(addr & 0xffff_ffffn);
  const extended = Number((addr >> 32n) & 0xffff_ff00n) | (((low >>> 5) & 0x7f) << 8);
  return { dst: (extended | ((low >>> 12) & 0xff)) >>> 0, logical: (low & 4) === 0 ? 0 : 1 };
}

function decodeData(data: number | undefined): Message {
  if (data === undefined) return {};
  return { vec: vector(data & 0xff), dm: (data >>> 8) & 7, trig: (data & 0x8000) === 0 ? 'edge' : 'level' };
}

/** What a recorded message says: its decoded fields, else its raw ones decoded. */
export const messageOf = (e: EventOf<'kvm.msi'>): Message => (e.vec === undefined && e.dst === undefined ? decodeMessage(e.addr, e.data) : e);

/** Are two messages the same, by what is known of both? */
export function sameMessage(a: Message, b: Message): Tri {
  return and(and(sameDestination(a.dst, b.dst), same(a.vec, b.vec)), and(and(same(a.dm, b.dm), same(a.logical, b.logical)), same(a.trig, b.trig)));
}

/** Destinations that agree in bits 7:0 only may be one: recorders and KVM differ in whether they heed the rest. */
function sameDestination(a: number | undefined, b: number | undefined): Tri {
  if (a === undefined || b === undefined) return U;
  if (a === b) return T;
  return ((a ^ b) & 0xff) === 0 ? U : F;
}
