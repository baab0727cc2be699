// Which of what list registers hold pending comes first. Arm IHI 0069, 4.8 and the pseudocode HighestPriorityVirtualInterrupt.

import { PRIORITY_BITS } from '../../model/guest-interface.js';
import { BOTH, PENDING, type ListRegister, type LrBank } from '../../model/lr-bank.js';
import type { Machine } from '../../model/machine.js';
import { F, T } from '../../model/tri.js';

/** The lowest priority is never signalled. */
const LOWEST = 0xff & PRIORITY_BITS;

const isWaiting = ({ set, isDoubtful }: ListRegister): boolean => set === PENDING && !isDoubtful;

const groupOf = ({ by }: ListRegister): 0 | 1 | undefined => by.group;

/** Is it surely pending, and more urgent than another of the same group? */
export const isMoreUrgent = (a: ListRegister, b: ListRegister): boolean =>
  isWaiting(a) && groupOf(a) === groupOf(b) && a.by.prio !== undefined && b.by.prio !== undefined && (a.by.prio & PRIORITY_BITS) < (b.by.prio & PRIORITY_BITS);

/** Could another one come first, so that a read for the group of `slot` finds nothing? One of the same group would be found itself. */
function mayCover(other: ListRegister, slot: ListRegister, bank: LrBank, m: Machine): boolean {
  const group = groupOf(other);
  if (group === groupOf(slot) || (other.set & (PENDING | BOTH)) === 0) return false;
  // QEMU's GICv2 looks for the most urgent of both groups as long as either is on.
  if (m.ctx.config.gicVersion === 3 && group !== undefined && bank.face.groups[group] === F) return false;
  return other.by.prio === undefined || slot.by.prio === undefined || (other.by.prio & PRIORITY_BITS) <= (slot.by.prio & PRIORITY_BITS);
}

/**
 * A register that surely holds what a read of the highest pending interrupt must find, or of one as urgent, past mask and running priority
 * where `isDue` says so. Of group 0 an LPI that no list register holds may come first in GICv3.
 */
export function overlooked(group: 0 | 1 | undefined, bank: LrBank, m: Machine, isDue: (slot: ListRegister) => boolean): ListRegister | undefined {
  const version = m.ctx.config.gicVersion;
  const wanted = version === 2 ? 0 : group;
  if (wanted === undefined || (version !== 2 && wanted === 0) || bank.face.groups[wanted] !== T || bank.control === undefined || (bank.control & 1) === 0 || !m.vgic.isKnown(bank)) return undefined;
  const slots = [...bank.slots.values()];
  return slots.find(
    (slot) => isWaiting(slot) && groupOf(slot) === wanted && (slot.by.prio ?? LOWEST) < LOWEST && isDue(slot) && !slots.some((other) => mayCover(other, slot, bank, m)),
  );
}
