// A piece of the machine's state as text: what it is, and what is known of it. Unknown is `?`.

import type { Machine } from '../model/machine.js';
import { withoutDomain } from '../pci-name.js';
import { T, U, type Tri } from '../model/tri.js';

export interface Row {
  /** Nothing goes on there: shown by its number only. */
  readonly idle?: boolean;
  /** Which table it stands in. */
  readonly table: string;
  /** As findings name it: `pin:ioapic/10`. */
  readonly what: string;
  /** Variable to value, in the order in which they are shown. */
  readonly cells: Readonly<Record<string, string>>;
}

/** Rows of one component. */
export interface Table {
  /** What stands before the colon in the names of its things. */
  readonly names: string;
  readonly rows: (machine: Machine) => Row[];
}

/** Is anything known of it? */
export const isTold = ({ cells }: Row): boolean => Object.values(cells).some((cell) => cell !== '?');

/** Is it the thing, or a part of it: `msix:00:04.0` has the row `msix:0000:00:04.0/2`. */
export function isOf(what: string, thing: string): boolean {
  const [own, wanted] = [withoutDomain(what), withoutDomain(thing)];
  return own === wanted || ['/', '@', ' '].some((end) => own.startsWith(wanted + end));
}

export const bit = (value: Tri): string => (value === U ? '?' : value === T ? '1' : '0');
/** Edge- or level-triggered. */
export const trigger = (level: Tri): string => (level === U ? '?' : level === T ? 'level' : 'edge');
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
