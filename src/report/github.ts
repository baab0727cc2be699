// GitHub Actions workflow commands: one annotation per finding, at a line of the recording, or per recording of a test run that is not as expected.
// Ten of a kind are shown per step.

import type { Analysis, FoldedFinding, Severity } from '../finding.js';
import { differences, type Judged } from './judgements.js';
import { counted, printable, type Files } from './text.js';

const COMMANDS = { violation: 'error', suspicious: 'warning', info: 'notice' } as const satisfies Record<Severity, string>;
/** GitHub drops the annotations of one kind beyond that. */
const SHOWN = 10;

/** `%`, and line ends, which would end the command (actions/toolkit, command.ts). */
const data = (text: string): string => printable(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
/** A property's value also ends at a comma or a colon. */
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** One annotation. */
function annotated(command: string, place: { readonly file: string; readonly line: number; readonly title: string }, text: string): string {
  return `::${command} file=${property(place.file)},line=${Math.max(1, place.line)},title=${property(place.title)}::${data(text)}`;
}

function annotation({ rule, severity, entity, sentence, clause, at, count }: FoldedFinding, files: Files): string {
  const times = count > 1 ? ` (${counted(count, 'time')})` : '';
  return annotated(COMMANDS[severity], { file: files[at.stream] ?? '-', line: at.at, title: `${rule} ${entity}` }, `${sentence}${times}. ${clause}`);
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

/** `+ line 7: rule`, as litmus text is judged. */
const LINE = /^[-+] line (\d+): /;

/** Of a test run. */
export function judgementsGithub(judged: readonly Judged[]): string {
  const wrong = judged.flatMap((each) => {
    const lines = each.error === undefined ? differences(each) : [each.error];
    const [first] = lines;
    return first === undefined ? [] : [annotated('error', { file: each.file, line: Number(LINE.exec(first)?.[1] ?? 1), title: 'not as expected' }, lines.join('; '))];
  });
  if (wrong.length > SHOWN) wrong.splice(SHOWN, wrong.length, `${counted(wrong.length - SHOWN, 'recording')} more not as expected, not annotated`);
  return wrong.map((line) => `${line}\n`).join('');
}
