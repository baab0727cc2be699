// The ranges of the GIC's interrupt ids. Arm IHI 0069, 2.2: SGIs 0 to 15 and PPIs 16 to 31 of each CPU, SPIs, then LPIs.

import type { EventOf } from '../event.js';
import { intid, type Intid } from '../ids.js';
import { F, T, U, type Tri } from './tri.js';

/** Below: SGIs. */
export const FIRST_PPI = 16;
/** Below: SGIs and PPIs, each CPU has its own. */
export const FIRST_SPI = 32;
export const FIRST_LPI = 8192;

/** From here to 1023: special INTIDs. */
export const FIRST_SPECIAL = 1020;
const LAST_SPECIAL = 1023;
/** An acknowledge found nothing. The other special ones tell of an interrupt that this register does not return. */
export const SPURIOUS = 1023;
/** Extended PPIs and SPIs of GICv3.1. */
const EXTENDED: readonly (readonly [number, number])[] = [
  [1056, 1120],
  [4096, 5120],
];

/** `chip` of the acknowledges of the virtual GIC. */
const GIC = 3;

/** The SPI whose end an acknowledge passes on: its pins are the SPIs. */
export const ackedSpi = (e: EventOf<'kvm.ack'>): Intid | undefined => (e.chip === GIC ? intid(e.pin + FIRST_SPI) : undefined);

/** 1020 to 1023 name no interrupt. */
export const isSpecial = (id: Intid): boolean => id >= FIRST_SPECIAL && id <= LAST_SPECIAL;

/** Does the INTID name an interrupt of a GIC that has those below `lines` and LPIs? */
export function isInterrupt(id: Intid, lines: number | undefined): Tri {
  if (id >= FIRST_LPI) return T;
  if (id > LAST_SPECIAL) return EXTENDED.some(([from, to]) => id >= from && id < to) ? U : F;
  if (id >= FIRST_SPECIAL) return F;
  return lines === undefined ? U : id < lines ? T : F;
}
