// Two runs side by side, as text: `-` only in the first, `+` only in the second.

import type { Comparison, FoundThing } from '../comparison.js';
import { clipped, counted, duration, grouped, printable, sentenceCase, type Paint } from './text.js';

/** Where two recordings cease to be the same. */
export interface Parting {
  /** Equal events before it, and the last of them. */
  readonly after: number;
  readonly last: string | undefined;
  readonly a: string;
  readonly b: string;
}

export interface Walk {
  /** Events that one of them has before the other begins. */
  readonly skipped: readonly [number, number];
  /** Undefined if they are equal to the end. */
  readonly parting: Parting | undefined;
}

interface Whole extends Comparison {
  /** Undefined where only reports were compared. */
  readonly walk: Walk | undefined;
}

/** Things shown; a program reads all of them. */
const SHOWN = 30;

const time = (ns: number): string => (Number.isNaN(ns) ? 'unknown' : duration(ns));
const both = ([a, b]: readonly [number, number]): string => `${grouped(a)} and ${grouped(b)}`;
const times = (count: number): string => (count > 1 ? `  ×${grouped(count)}` : '');

function few(rows: readonly string[]): string {
  const more = rows.length - SHOWN;
  return [...rows.slice(0, SHOWN), ...(more > 0 ? [`  and ${grouped(more)} more: --format json shows all`] : [])].join('\n');
}

const STYLES = { '-': 'green', '+': 'red', '?': 'yellow' } as const satisfies Record<string, Parameters<Paint>[0]>;

/** `doubt`: of the other one, as its predicate. */
function lone(sign: keyof typeof STYLES, { severity, finding, count, sentence, at }: FoundThing, doubt: string | undefined, paint: Paint): string {
  const head = `  ${sign} ${severity.padEnd(10)} ${printable(finding)}${times(count)}`;
  return `${paint(STYLES[sign], head)}\n      ${clipped(printable(sentenceCase(sentence)))} (${printable(at)})${doubt === undefined ? '' : `\n      ${doubt}: its silence says nothing`}`;
}

const blind = (which: string, undecided: boolean): string | undefined => (undecided ? `the ${which} shows too little to judge this rule` : undefined);

function findings({ gone, fresh, untold, kept }: Whole, paint: Paint): string {
  const other = kept.filter(({ counts: [a, b] }) => a !== b).map(({ severity, finding, counts }) => `  = ${severity.padEnd(10)} ${printable(finding)}  ${both(counts)} times`);
  const rows = [
    ...gone.map((each) => lone('-', each, blind('second', each.undecided), paint)),
    ...fresh.map((each) => lone('+', each, blind('first', each.undecided), paint)),
    ...untold.map((each) => lone('?', each, `in the ${each.by} only; the ${each.by === 'first' ? 'second' : 'first'} ${each.silence}`, paint)),
    ...other,
  ];
  const open = untold.length > 0 ? `, ${untold.length} of which one does not tell` : '';
  return [`${paint('bold', 'Findings')}: ${gone.length} gone, ${fresh.length} new, ${kept.length} in both${open}`, ...(rows.length > 0 ? [few(rows)] : [])].join('\n');
}

function ways({ ways: all, only }: Whole, paint: Paint): string[] {
  const rows = all.map(({ thing, gone, fresh, interrupts, vanished, medianNs: [a, b] }) => {
    const lost = vanished[0] + vanished[1] > 0 ? `, of which ${both(vanished)} vanished` : '';
    const head = `  ${printable(thing)}  ${both(interrupts)} interrupts${lost}, median ${time(a)} and ${time(b)}`;
    return [head, ...gone.map((each) => `      - ${printable(each)}`), ...fresh.map((each) => `      + ${printable(each)}`)].join('\n');
  });
  const alone = only.map(({ thing, interrupts: [a, b] }) => `  ${a > 0 ? '-' : '+'} ${printable(thing)}  ${counted(a + b, 'interrupt')}`);
  return [
    ...(rows.length > 0 ? [`${paint('bold', 'Another way, time or fate')}\n${few(rows)}`] : []),
    ...(alone.length > 0 ? [`${paint('bold', 'Interrupts in one of them only')}\n${few(alone)}`] : []),
  ];
}

function parting({ walk }: Whole, paint: Paint): string {
  if (walk === undefined) return 'Reports hold findings only: compare the recordings to see ways, times and where the two part.';
  const [a, b] = walk.skipped;
  const late = a + b === 0 ? '' : `The ${a > 0 ? 'second' : 'first'} begins ${counted(a + b, 'event')} into the ${a > 0 ? 'first' : 'second'}, with unknown state.\n`;
  if (walk.parting === undefined) return `${late}The two show the same events to the end.`;
  const { after, last, a: one, b: two } = walk.parting;
  const same = last === undefined ? '' : `    ${clipped(printable(last))}\n`;
  return `${late}${paint('bold', 'Where they part')}, after ${counted(after, 'equal event')}\n${same}  - ${clipped(printable(one))}\n  + ${clipped(printable(two))}`;
}

export function diffText(whole: Whole, a: string, b: string, paint: Paint): string {
  return [`- ${printable(a)}\n+ ${printable(b)}`, findings(whole, paint), ...ways(whole, paint), `${parting(whole, paint)}\n`].join('\n\n');
}
