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
  return blocks.length === 0 ? 'nothing is known: nothing has been shown so far, or the machine was closed\n' : `${blocks.join('\n\n')}\n`;
}

const cell = (text: string): string => (text === '' ? '-' : clipped(printable(text)));

/** `owes ioapic.deliver since ioapic.in`, `no longer owes it`. */
function owedText(cells: Change['cells']): string {
  const of = (wanted: string): { before: string; after: string } => {
    const [, before = '', after = ''] = cells.find(([name]) => name === wanted) ?? [];
    return { before, after };
  };
  const { before, after } = of('owed');
  return after === '' ? `no longer owes ${before}` : `owes ${after}${of('by').after === '' ? '' : ` since ${of('by').after}`}`;
}

const textOf = ({ table: name, cells }: Change): string =>
  name === 'Owed' && cells.some(([cellName]) => cellName === 'owed') ? owedText(cells) : cells.map(([cellName, before, after]) => `${cellName} ${cell(before)} -> ${cell(after)}`).join(', ');

/** One line per thing: `pin:ioapic/10  input 0 -> 1, remote IRR ? -> 1`. */
export const changeLines = (changes: readonly Change[], indent = ''): string[] => changes.map((change) => `${indent}${printable(change.what)}  ${printable(textOf(change))}`);
