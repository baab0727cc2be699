// An analysis as Markdown, for a step summary, an issue or a wiki; reads as plain text, too.

import { SEVERITIES, verdictOf, type Analysis, type FoldedFinding } from '../finding.js';
import { eventText } from './event-text.js';
import { rulesCoverage } from './rules-coverage.js';
import { streamText } from './streams.js';
import { clipped, counted, place, printable, sentenceCase, spellOf, type Files } from './text.js';

/** GitHub cuts a step summary at 1 MiB: findings written out at most, the rest is counted. */
const SHOWN = 100;

const MARKUP: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };

/** Words of the recording in running text: what Markdown or HTML would read as more than a letter is escaped, and nobody is mentioned. */
export const md = (text: string): string =>
  printable(text)
    .replace(/[\\`*_{}[\]<>&|~#$!]/g, (letter) => MARKUP[letter] ?? `\\${letter}`)
    .replace(/@(?=\w)/g, '@\u200b');

/** A name as code. */
export function code(text: string): string {
  const safe = printable(text);
  const ticks = '`'.repeat(1 + Math.max(0, ...[...safe.matchAll(/`+/g)].map(([run]) => run.length)));
  return ticks === '`' ? `\`${safe}\`` : `${ticks} ${safe} ${ticks}`;
}

/** Lines that are shown as they are; a fence inside cannot end it. */
export function fenced(lines: readonly string[], language = ''): string {
  const text = lines.map(printable).join('\n');
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function section(finding: FoldedFinding, files: Files): string {
  const { rule, severity, entity, sentence, clause, at, because, count, state } = finding;
  const events = [...because, at].map((event) => `${event === at ? '> ' : '  '}${place(event, files)}  ${eventText(event)}`);
  const states = Object.entries(state).map(([name, value]) => `${name}=${clipped(value)}`);
  const times = count > 1 ? ` It happened ${counted(count, 'time')}.` : '';
  return [
    `### ${severity}: ${rule}, ${code(entity)}`,
    `${md(sentenceCase(sentence))}.${times}`,
    fenced(events),
    ...(states.length > 0 ? [`State: ${md(states.join(', '))}`] : []),
    `Clause: ${md(clause)}`,
  ].join('\n\n');
}

export function markdown(analysis: Analysis): string {
  const { findings, streams, events, span, complete, blind } = analysis;
  const files = streams.map(({ file }) => file);
  const sorted = findings.toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.at.seq - b.at.seq);
  const loud = sorted.filter(({ severity }) => severity !== 'info');
  const rest = findings.length - Math.min(loud.length, SHOWN);
  const over = span > 0 ? ` over ${spellOf(streams)(span)}` : '';
  return `${[
    `## irqreplay: ${verdictOf(analysis)}`,
    `${counted(findings.length, 'finding')} in ${counted(events, 'event')}${over}${complete ? '' : '; cut short, the rest was not looked at'}.`,
    ...(blind === undefined ? [] : [`Nothing could be judged: ${md(blind)}.`]),
    ...loud.slice(0, SHOWN).map((finding) => section(finding, files)),
    ...(rest > 0 ? [`${counted(rest, 'finding')} more, not written out.`] : []),
    '### Coverage',
    fenced(rulesCoverage(analysis).split('\n')),
    fenced(streams.flatMap((stream) => streamText(stream).split('\n'))),
  ].join('\n\n')}\n`;
}
