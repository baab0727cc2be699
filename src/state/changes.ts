// What differs between two moments: rows gone, new, and cells that changed.

import type { Row } from './row.js';

export interface Change {
  readonly table: string;
  readonly what: string;
  /** Variable, before, after; '' where the thing was not there, `?` where nothing was known of it. */
  readonly cells: readonly (readonly [name: string, before: string, after: string])[];
}

/** Things that come and go. That another one is in no row says only that nothing is known of it. */
const COMING_AND_GOING: ReadonlySet<string> = new Set(['routes', 'irqfds', 'List registers', 'Owed']);

const keyOf = ({ table, what, cells }: Row): string => (table === 'Owed' ? `${table} ${what} ${cells['owed'] ?? ''}` : `${table} ${what}`);

function changeOf(before: Row | undefined, after: Row | undefined): Change | undefined {
  const row = after ?? before;
  if (row === undefined) return undefined;
  const absent = COMING_AND_GOING.has(row.table) ? '' : '?';
  const names = new Set([...Object.keys(before?.cells ?? {}), ...Object.keys(after?.cells ?? {})]);
  const cells = [...names].flatMap((name) => {
    const old = before?.cells[name] ?? absent;
    const now = after?.cells[name] ?? absent;
    // that a thing is named, or forgotten, is no news of what is unknown
    return old === now || [old, now].every((value) => value === '' || value === '?') ? [] : [[name, old, now] as const];
  });
  return cells.length === 0 ? undefined : { table: row.table, what: row.what, cells };
}

export function changesBetween(before: readonly Row[], after: readonly Row[]): Change[] {
  const old = new Map(before.map((row) => [keyOf(row), row]));
  const now = new Map(after.map((row) => [keyOf(row), row]));
  const keys = new Set([...old.keys(), ...now.keys()]);
  return [...keys].map((key) => changeOf(old.get(key), now.get(key))).filter((change) => change !== undefined);
}
