// A bug report about one finding, in Markdown that reads well as plain text: what, why, the way of the interrupt, the litmus test, how to reproduce.

import { verdictOf, type Analysis, type FoldedFinding } from '../finding.js';
import type { Life } from '../lives/life.js';
import type { Onward } from '../lives/onward.js';
import { pageOf } from './catalogue.js';
import { lifeText } from './life.js';
import { code, fenced, md } from './markdown.js';
import { streamText } from './streams.js';
import { counted, grouped, place, sentenceCase, shortNames, spellOf, wrapped, type Files, type Paint } from './text.js';

interface BugReport {
  readonly finding: FoldedFinding;
  readonly analysis: Analysis;
  readonly summary: string;
  /** The finding, step by step. */
  readonly why: string;
  /** Lives of the thing around the finding. */
  readonly lives: readonly Life[];
  /** Where others of it went on to. */
  readonly onward: Onward;
  /** The fewest events that show it. */
  readonly litmus: string;
  readonly version: string;
  /** What the finding is found with again: its number, `--set stormN=5`. */
  readonly number: number;
  readonly options: readonly string[];
}

const plain: Paint = (_style, text) => text;
const quoted = (file: string): string => (/^[\w./:=+~-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`);

const TIED = '\u00a0';
/** A word that begins a list, or makes a heading of the line above, where a line begins with it. */
const MARKER = / (?=(?:\d+[.)]|[-+=]+)(?: |$))/g;

/** Lines for a mail, none of which begins with what Markdown takes for more than a word. */
const paragraph = (text: string): string => wrapped(text.replace(MARKER, TIED)).join('\n').replaceAll(TIED, ' ');

function coverage({ rules }: Analysis): string {
  const count = (wanted: string): number => rules.filter(({ verdict }) => verdict === wanted).length;
  return `Of ${counted(rules.length, 'rule')} ${count('violated')} found something, ${count('held')} held, ${count('undecided')} could not be judged from this recording.`;
}

function environment({ streams, events, span }: Analysis): string {
  const over = span > 0 ? ` over ${spellOf(streams)(span)}` : '';
  return `${fenced(streams.flatMap((stream) => streamText(stream).split('\n')))}\n\n${grouped(events)} events replayed${over}.`;
}

export function bugReport({ finding, analysis, summary, why, lives, onward, litmus, version, number, options }: BugReport, files: Files): string {
  const { rule, entity, at, count, clause } = finding;
  const again = [...options, ...files].map(quoted).join(' ');
  const short = shortNames(files);
  return `${[
    `# ${rule}: ${code(entity)}`,
    paragraph(`${md(sentenceCase(finding.sentence))}.`),
    paragraph(`${md(summary)} Verdict: ${verdictOf(analysis)}. First at ${code(place(at, short))}${count > 1 ? `, ${counted(count, 'time')} in all` : ''}. Clause: ${md(clause)}.`),
    '## Why',
    fenced(why.trimEnd().split('\n')),
    ...(lives.length > 0 ? ['## The way of the interrupt', fenced(lives.flatMap((life) => lifeText(life, { files: short, paint: plain, spell: spellOf(analysis.streams), onward }).split('\n')))] : []),
    '## Shortest sequence that shows it',
    fenced(litmus.trimEnd().split('\n'), 'irq'),
    '## What the recording shows',
    paragraph(coverage(analysis)),
    environment(analysis),
    '## How to reproduce',
    paragraph(`With irqreplay ${version}; the rule is described in ${pageOf(rule)}. The litmus test above, saved as bug.irq:`),
    fenced([`irqreplay check --expect '${rule}' bug.irq`, `irqreplay check --rule ${rule} ${again}`, `irqreplay why --finding ${number} ${again}`]),
  ].join('\n\n')}\n`;
}
