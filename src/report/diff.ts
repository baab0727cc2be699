// Two runs side by side, as text: `-` only in the first, `+` only in the second.

import type { Comparison, FoundThing } from '../comparison.js';
import { clipped, counted, duration, printable, type Paint } from './text.js';

interface Whole extends Comparison {
  /** The first events that differ, after so many equal ones; null if none does. */
  readonly parting: { readonly after: number; readonly a: string; readonly b: string } | null;
}

const row = (sign: string, { severity, finding }: FoundThing): string => `  ${sign} ${severity.padEnd(10)} ${printable(finding)}`;

const time = (ns: number): string => (Number.isNaN(ns) ? 'unknown' : duration(ns));

export function diffText({ gone, fresh, kept, ways, parting }: Whole, a: string, b: string, paint: Paint): string {
  const blocks = [`${paint('bold', 'Findings')}: ${gone.length} gone, ${fresh.length} new, ${kept} in both`];
  if (gone.length + fresh.length > 0) blocks.push([...gone.map((each) => paint('green', row('-', each))), ...fresh.map((each) => paint('red', row('+', each)))].join('\n'));
  if (ways.length > 0) {
    const rows = ways.map((way) => {
      const hops = [...way.gone.map((hop) => `- ${hop}`), ...way.fresh.map((hop) => `+ ${hop}`)].join(', ');
      return `  ${printable(way.thing)}  median ${time(way.medianNs[0])} and ${time(way.medianNs[1])}${hops === '' ? '' : `  ${hops}`}`;
    });
    blocks.push(`${paint('bold', 'Ways and times')}\n${rows.join('\n')}`);
  }
  if (parting !== null) {
    blocks.push(`${paint('bold', 'Where they part')}, after ${counted(parting.after, 'equal event')}\n  - ${clipped(printable(parting.a))}\n  + ${clipped(printable(parting.b))}`);
  }
  return `${printable(a)} and ${printable(b)}\n\n${blocks.join('\n\n')}\n`;
}
