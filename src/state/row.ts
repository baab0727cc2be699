// A piece of the machine's state as text: what it is, and what is known of it. Unknown is `?`.

import { T, U, type Tri } from '../model/tri.js';

export interface Row {
  /** Which table it stands in. */
  readonly table: string;
  /** As findings name it: `pin:ioapic/10`. */
  readonly what: string;
  /** Variable to value, in the order in which they are shown. */
  readonly cells: Readonly<Record<string, string>>;
}

export const bit = (value: Tri): string => (value === U ? '?' : value === T ? '1' : '0');
export const hex = (value: number | bigint | undefined): string => (value === undefined ? '?' : `0x${value.toString(16)}`);
export const decimal = (value: number | undefined): string => (value === undefined ? '?' : String(value));

/** The numbers of known bits, and how many are not known: `65,81 (3 unknown)`. */
export function listed(count: number, of: (number: number) => Tri): string {
  const set: number[] = [];
  let unknown = 0;
  for (let i = 0; i < count; i++) {
    const value = of(i);
    if (value === T) set.push(i);
    else if (value === U) unknown++;
  }
  if (unknown === count) return '?';
  const known = set.length === 0 ? 'none' : set.join(',');
  return unknown === 0 ? known : `${known} (${unknown} unknown)`;
}
