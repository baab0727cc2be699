// What a hypervisor reads of its list registers as a whole, and what asserts the maintenance interrupt. Arm IHI 0069, ICH_ELRSR_EL2,
// ICH_EISR_EL2 and ICH_MISR_EL2; IHI 0048B, 5.3. Of each bit: is it surely set, is it perhaps.

import { bitOf } from '../bit-of.js';
import type { Lr } from '../ids.js';
import { lr as asLr } from '../ids.js';
import { ACTIVE, ANY, BOTH, INACTIVE, PENDING, type ListRegister, type LrBank } from './lr-bank.js';
import { F, T, U, and, known, not, type Tri } from './tri.js';

/** Bits of a register that surely read 1, and those that may. */
export interface Bits {
  readonly must: number;
  readonly may: number;
}

/** Registers that a status word tells of. */
const REGISTERS = 32;
const EOI_COUNT = 27;

/** Bits of the control register and of the status. */
const ENABLE = 0;
const ONE_OR_NONE = 1;
const NO_ENTRY = 2;
const NONE_PENDING = 3;
const ON = [4, 6] as const;
const OFF = [5, 7] as const;

interface RegisterState {
  readonly inUse: Tri;
  readonly pending: Tri;
  /** It shows the end of its interrupt. */
  readonly ended: Tri;
}

const UNKNOWN: RegisterState = { inUse: U, pending: U, ended: U };

const isIn = (set: number, states: number): Tri => ((set & states) === 0 ? F : (set & ~states) === 0 ? T : U);

/** Is everything shown that the guest does to what is pending, or active? */
type Shown = (isActive: boolean) => boolean;

function registerState(slot: ListRegister, shown: Shown): RegisterState {
  const set = !slot.isDoubtful && shown((slot.set & (ACTIVE | BOTH)) !== 0) ? slot.set : ANY;
  const asks = slot.hw === T ? F : and(not(slot.hw), slot.by.eoi === undefined ? U : known(slot.by.eoi));
  // Pending and active counts as pending in some implementations alone.
  const pending = isIn(set, PENDING);
  return { inUse: isIn(set, PENDING | ACTIVE | BOTH), pending: pending === F && (set & BOTH) !== 0 ? U : pending, ended: and(asks, isIn(set, INACTIVE)) };
}

function stateOf(bank: LrBank, lr: Lr, shown: Shown): RegisterState {
  const slot = bank.slots.get(lr);
  if (slot !== undefined) return registerState(slot, shown);
  const ended = bank.idle.get(lr);
  if (ended !== undefined) return { inUse: F, pending: F, ended };
  return bank.complete ? { inUse: F, pending: F, ended: U } : UNKNOWN;
}

function bitsOf(each: readonly Tri[]): Bits {
  let must = 0;
  let may = 0;
  for (const [n, bit] of each.entries()) {
    if (bit === T) must |= 1 << n;
    if (bit !== F) may |= 1 << n;
  }
  return { must: must >>> 0, may: may >>> 0 };
}

const any = (each: readonly Tri[]): Tri => (each.includes(T) ? T : each.includes(U) ? U : F);

export interface LrStatus {
  readonly elrsr: Bits;
  readonly eisr: Bits;
  readonly misr: Bits;
  /** The maintenance interrupt is asserted. */
  readonly maintenance: Tri;
}

/** `total`: how many registers there are, where that is known. */
export function lrStatus(bank: LrBank, total: number | undefined, shown: Shown): LrStatus {
  const registers = Array.from({ length: Math.min(total ?? REGISTERS, REGISTERS) }, (_, n) => stateOf(bank, asLr(n), shown));
  const ended = registers.map((each) => each.ended);
  const misr = bitsOf(causes(bank, registers, shown));
  const asserted = misr.must !== 0 ? T : misr.may === 0 ? F : U;
  return {
    elrsr: bitsOf(registers.map((each) => and(not(each.inUse), not(each.ended)))),
    eisr: bitsOf(ended),
    misr,
    maintenance: and(bank.control === undefined ? U : known(bitOf(bank.control, ENABLE)), asserted),
  };
}

/** Each bit of the maintenance interrupt status. */
function causes({ control, face: { groups }, endsSince }: LrBank, registers: readonly RegisterState[], shown: Shown): Tri[] {
  const end = any(registers.map(({ ended }) => ended));
  if (control === undefined) return [end, U, U, U, U, U, U, U];
  const asked = (n: number): Tri => known(bitOf(control, n));
  const valid = (state: Tri): number => registers.filter(({ inUse }) => inUse === state).length;
  const few = valid(T) > 1 ? F : valid(T) + valid(U) < 2 ? T : U;
  const noEntry = !shown(true) || endsSince ? U : known(control >>> EOI_COUNT === 0 ? 0 : 1);
  const found: Tri[] = [end, and(asked(ONE_OR_NONE), few), and(asked(NO_ENTRY), noEntry), and(asked(NONE_PENDING), not(any(registers.map(({ pending }) => pending))))];
  for (const group of [0, 1] as const) {
    found[ON[group]] = and(asked(ON[group]), groups[group]);
    // QEMU 7.2 looks at group 1's enable for group 0.
    found[OFF[group]] = and(asked(OFF[group]), group === 0 ? U : not(groups[group]));
  }
  return found;
}
