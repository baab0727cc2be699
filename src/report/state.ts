// The machine at a moment, or what changed between two, as text.

import type { Change } from '../state/changes.js';
import type { Row } from '../state/row.js';
import { table } from './table.js';
import { clipped, counted, printable, type Paint } from './text.js';

export function stateText(rows: readonly Row[], paint: Paint): string {
  const names = [...new Set(rows.map((row) => row.table))];
  const blocks = names.map((name) => {
    const own = rows.filter((row) => row.table === name);
    const busy = own.filter(({ idle }) => idle !== true);
    const columns = Object.keys(own[0]?.cells ?? {});
    const cells = busy.map(({ what, cells: of }) => [printable(what), ...columns.map((column) => clipped(printable(of[column] ?? '')))]);
    const parts = [paint('bold', name), ...(busy.length === 0 ? [] : [table([{ head: '' }, ...columns.map((head) => ({ head }))], cells)])];
    if (busy.length < own.length) parts.push(`${counted(own.length - busy.length, 'more', 'more')} in which nothing goes on (--format json: all)`);
    return parts.join('\n');
  });
  return blocks.length === 0 ? 'nothing is known yet\n' : `${blocks.join('\n\n')}\n`;
}

const cell = (text: string): string => (text === '' ? '-' : clipped(printable(text)));

/** One line per thing: `pin:ioapic/10  input 0 -> 1, remote IRR ? -> 1`. */
export const changeLines = (changes: readonly Change[], indent = ''): string[] =>
  changes.map(({ what, cells }) => `${indent}${printable(what)}  ${cells.map(([name, before, after]) => `${name} ${cell(before)} -> ${cell(after)}`).join(', ')}`);
