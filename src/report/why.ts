// Why a finding is one: "Let ... Then ... but ...: a contradiction", each step an event with its place, the state it changed, and the
// clause that forces the end. Where CPUs race, each has a column.

import type { Event } from '../event.js';
import type { FoldedFinding } from '../finding.js';
import type { Change } from '../state/changes.js';
import type { Step } from '../state/steps.js';
import { eventText } from './event-text.js';
import { changeLines } from './state.js';
import { clipped, counted, place, printable, sentenceCase, wrapped, type Files, type Paint, type Spell } from './text.js';

/** State that one event changes; more is cut. */
const MAX_CHANGES = 4;
const DEEP = ' '.repeat(10);

/** What several steps differ in, and so must tell. */
interface Actors {
  /** Recording CPUs, ascending. */
  readonly cpus: readonly number[];
  readonly severalThreads: boolean;
}

function actorsOf(steps: readonly Step[]): Actors {
  const cpus = [...new Set(steps.map(({ event }) => event.on))].filter((on) => on >= 0).sort((a, b) => a - b);
  return { cpus, severalThreads: new Set(steps.map(({ event }) => event.tid).filter((tid) => tid >= 0)).size > 1 };
}

/** `CPU 1  ` in the column of its CPU, if several took part. */
function columnOf(on: number, cpus: readonly number[]): string {
  if (cpus.length < 2) return '';
  return cpus.map((cpu) => (cpu === on ? `CPU ${cpu}` : '').padEnd(8)).join('');
}

/** What ends a wait without being an event of the machine is said in words. */
function told(event: Event, { severalThreads }: Actors): string {
  if (event.kind === 'meta.end') return 'the recording ends, and nothing came';
  return eventText({ ...event, ns: Number.NaN, on: -1, tid: severalThreads ? event.tid : -1 });
}

/** How long after the step before. */
function gapText(ns: number, before: number | undefined, spell: Spell): string {
  const since = ns - (before ?? Number.NaN);
  if (Number.isNaN(since)) return '';
  return since < 0 ? `, ${spell(-since)} before the step above, which is logged when it is over` : `, ${spell(since)} later`;
}

const COUNT = / \(\d+ unknown\)$/;

/** Of a list of bits that how many are unknown tells nothing to a reader. */
function withoutCounts(change: Change): Change[] {
  const cells = change.cells.filter(([, before, after]) => before.replace(COUNT, '') !== after.replace(COUNT, ''));
  return cells.length === 0 ? [] : [{ ...change, cells }];
}

/** Of the thing itself, if it changed at all; else of others. */
function changed({ changes }: Step, entity: string): string[] {
  const all = changes.flatMap(withoutCounts);
  const own = all.filter(({ what }) => what === entity);
  const shown = changeLines((own.length > 0 ? own : all).slice(0, MAX_CHANGES), DEEP);
  const more = all.length - shown.length;
  return more > 0 ? [...shown, `${DEEP}and ${counted(more, 'other change')}`] : shown;
}

/** What the last step met, and what forbids it. */
function ending({ severity, clause, state }: FoldedFinding): string[] {
  const held = Object.entries(state).map(([name, value]) => `${name} is ${clipped(printable(value))}`);
  const why = `because of ${printable(clause)}${severity === 'violation' ? ': a contradiction' : ''}`;
  return [...(held.length > 0 ? wrapped(`while ${held.join(', ')}`, '      ') : []), ...wrapped(why, '      ')];
}

interface WhyOptions {
  readonly files: Files;
  readonly paint: Paint;
  readonly spell: Spell;
}

export function whyText(finding: FoldedFinding, steps: readonly Step[], { files, paint, spell }: WhyOptions): string {
  const { rule, entity, sentence, at } = finding;
  const actors = actorsOf(steps);
  const lines = [`${paint('bold', rule)}  ${printable(entity)}`, ''];
  for (const [i, step] of steps.entries()) {
    const { event } = step;
    const last = event.seq === at.seq;
    const word = last ? 'but' : i === 0 ? 'Let' : 'then';
    const [first = '', ...rest] = wrapped(`${columnOf(event.on, actors.cpus)}${told(event, actors)}`, '      ', `${DEEP}  `);
    lines.push(`${paint(last ? 'red' : 'cyan', word.padEnd(5))}${first.slice(5)}`, ...rest);
    lines.push(paint('dim', `${DEEP}at ${place(event, files)}${gapText(event.ns, steps[i - 1]?.event.ns, spell)}`), ...(last ? [] : changed(step, entity)));
  }
  lines.push(...ending(finding), '', ...wrapped(`${printable(sentenceCase(sentence))}.`));
  return `${lines.join('\n')}\n`;
}
