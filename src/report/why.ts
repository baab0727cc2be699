// Why a finding is one: "Let ... Then ... but ...: a contradiction", each step an event with its place, the state it changed, and the
// clause that forces the end. Where CPUs race, each has a column.

import type { Event } from '../event.js';
import type { FoldedFinding } from '../finding.js';
import { formatEvent } from '../import/irq-write.js';
import type { Change } from '../state/changes.js';
import type { Step } from '../state/steps.js';
import { changeLines } from './state.js';
import { clipped, duration, place, printable, sentenceCase, type Files, type Paint } from './text.js';

/** State that one event changes; more is cut. */
const MAX_CHANGES = 4;

/** `CPU 1  ` in the column of its CPU, if several took part. */
function columnOf(on: number, cpus: readonly number[]): string {
  if (cpus.length < 2) return '';
  return cpus.map((cpu) => (cpu === on ? `CPU ${cpu}` : '').padEnd(8)).join('');
}

/** What ends a wait without being an event of the machine is said in words. */
const told = (event: Event): string => (event.kind === 'meta.end' ? 'the recording ends, and nothing came' : clipped(printable(formatEvent({ ...event, ns: Number.NaN }))));

const COUNT = / \(\d+ unknown\)$/;

/** Of a list of bits that how many are unknown tells nothing to a reader. */
function withoutCounts(change: Change): Change[] {
  const cells = change.cells.filter(([, before, after]) => before.replace(COUNT, '') !== after.replace(COUNT, ''));
  return cells.length === 0 ? [] : [{ ...change, cells }];
}

function changed({ changes }: Step, entity: string): string[] {
  // what the finding is about first
  const sorted = changes.flatMap(withoutCounts).toSorted((a, b) => Number(b.what === entity) - Number(a.what === entity));
  const shown = changeLines(sorted.slice(0, MAX_CHANGES), '          ');
  const more = sorted.length - shown.length;
  return more > 0 ? [...shown, `          and ${more} more`] : shown;
}

export function whyText(finding: FoldedFinding, steps: readonly Step[], files: Files, paint: Paint): string {
  const { rule, entity, severity, sentence, clause, at, state } = finding;
  const cpus = [...new Set(steps.map(({ event }) => event.on))].filter((on) => on >= 0).sort((a, b) => a - b);
  const lines = [`${paint('bold', rule)}  ${printable(entity)}`, ''];
  for (const [i, step] of steps.entries()) {
    const { event } = step;
    const last = event.seq === at.seq;
    const word = last ? 'but' : i === 0 ? 'Let' : 'then';
    const since = event.ns - (steps[i - 1]?.event.ns ?? Number.NaN);
    const gap = Number.isNaN(since) || since < 0 ? '' : `, ${duration(since)} later`;
    lines.push(`${paint(last ? 'red' : 'cyan', word.padEnd(5))} ${columnOf(event.on, cpus)}${told(event)}`);
    lines.push(paint('dim', `          at ${place(event, files)}${gap}`), ...(last ? [] : changed(step, entity)));
  }
  const held = Object.entries(state).map(([name, value]) => `${name} is ${clipped(printable(value))}`);
  if (held.length > 0) lines.push(`      while ${held.join(', ')}`);
  lines.push(`      because of ${printable(clause)}${severity === 'violation' ? ': a contradiction' : ''}`, '', `${printable(sentenceCase(sentence))}.`);
  return `${lines.join('\n')}\n`;
}
