// Priorities of an 8259's pins: a ring that begins at the pin of highest priority. 8259A data sheet, rotation; KVM and QEMU get_priority.

export const PINS = 8;

/** Place of the lowest bit set, 8 for none. */
export const lowest = (mask: number): number => (mask === 0 ? PINS : 31 - Math.clz32(mask & -mask));

/** A register turned so that bit n is the pin of the n-th highest priority. */
export const ranked = (mask: number, prio: number): number => ((mask >> prio) | (mask << (PINS - prio))) & 0xff;

export const rankOf = (pin: number, prio: number): number => (pin - prio + PINS) & 7;

export const pinAt = (rank: number, prio: number): number => (rank + prio) & 7;
