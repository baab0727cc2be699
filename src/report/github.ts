// GitHub Actions workflow commands: one annotation per finding, at a line of the recording. Ten of a kind are shown per step.

import type { Analysis, FoldedFinding, Severity } from '../finding.js';
import { counted, printable, type Files } from './text.js';

const COMMANDS = { violation: 'error', suspicious: 'warning', info: 'notice' } as const satisfies Record<Severity, string>;
/** GitHub drops the annotations of one kind beyond that. */
const SHOWN = 10;

/** `%`, and line ends, which would end the command (actions/toolkit, command.ts). */
const data = (text: string): string => printable(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
/** A property's value also ends at a comma or a colon. */
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

function annotation({ rule, severity, entity, sentence, clause, at, count }: FoldedFinding, files: Files): string {
  const times = count > 1 ? ` (${counted(count, 'time')})` : '';
  const place = `file=${property(files[at.stream] ?? '-')},line=${Math.max(1, at.at)},title=${property(`${rule} ${entity}`)}`;
  return `::${COMMANDS[severity]} ${place}::${data(`${sentence}${times}. ${clause}`)}`;
}

export function github({ streams, findings }: Analysis): string {
  const files = streams.map(({ file }) => file);
  const lines: string[] = [];
  for (const severity of ['violation', 'suspicious', 'info'] as const) {
    const own = findings.filter((finding) => finding.severity === severity);
    lines.push(...own.slice(0, SHOWN).map((finding) => annotation(finding, files)));
    if (own.length > SHOWN) lines.push(`${counted(own.length - SHOWN, 'finding')} more of severity ${severity}, not annotated`);
  }
  return lines.map((line) => `${line}\n`).join('');
}
