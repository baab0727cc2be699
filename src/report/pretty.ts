// An analysis for a person: the verdict first, then the findings, then what could be judged at all.

import { SEVERITIES, verdictOf, type Analysis, type FoldedFinding, type Severity } from '../finding.js';
import { findingText } from './finding.js';
import { rulesCoverage } from './rules-coverage.js';
import { streamText } from './streams.js';
import { table } from './table.js';
import { counted, grouped, printable, spellOf, type Files, type Paint } from './text.js';

export interface PrettyOptions {
  /** Findings below it are summed up per rule. */
  readonly severity: Severity;
  /** Findings shown in full. */
  readonly maxFindings: number;
  readonly paint: Paint;
}

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);
const total = (findings: readonly FoldedFinding[]): number => findings.reduce((sum, { count }) => sum + count, 0);
const PLURALS = { violation: 'violations', suspicious: 'suspicious', info: 'info' } as const;
const VERDICT_STYLES = { violated: 'red', suspicious: 'yellow', held: 'green', undecided: 'yellow' } as const;

function spanText({ span, streams }: Analysis): string {
  if (span === 0) return '';
  return ` over ${spellOf(streams)(span)}`;
}

/** `violated: 2 violations, 14 info in 12,345 events over 3.20 s` */
function verdictLine(analysis: Analysis, paint: Paint): string {
  const verdict = verdictOf(analysis);
  const counts = SEVERITIES.toReversed().flatMap((severity) => {
    const n = total(analysis.findings.filter((finding) => finding.severity === severity));
    return n === 0 ? [] : [counted(n, severity, PLURALS[severity])];
  });
  const found = counts.length > 0 ? counts.join(', ') : 'no finding';
  const known = (analysis.suppressed ?? 0) > 0 ? `; ${counted(analysis.suppressed ?? 0, 'known finding')} left out` : '';
  const short = analysis.complete ? '' : '; cut short, the rest was not looked at';
  return `${paint(VERDICT_STYLES[verdict], verdict)}: ${found} in ${counted(analysis.events, 'event')}${spanText(analysis)}${known}${short}`;
}

function details(findings: readonly FoldedFinding[], files: Files, { maxFindings, paint }: PrettyOptions): string[] {
  const shown = findings.slice(0, maxFindings).map((finding) => findingText(finding, files, paint));
  const rest = findings.slice(maxFindings);
  if (rest.length > 0) shown.push(`${counted(rest.length, 'finding')} more, not shown (--max-findings)`);
  return shown;
}

/** Findings below the wanted severity, per rule. */
function summary(findings: readonly FoldedFinding[], paint: Paint): string {
  const groups = new Map<string, FoldedFinding[]>();
  for (const finding of findings) {
    const key = `${finding.severity} ${finding.rule}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  const rows = [...groups].map(([key, own]) => key.split(' ').concat(grouped(own.length), grouped(total(own))));
  const columns = [{ head: 'severity' }, { head: 'rule' }, { head: 'entities', align: 'right' }, { head: 'times', align: 'right' }] as const;
  return `${paint('bold', 'Not shown in full')} (--severity info)\n${table(columns, rows)}`;
}

export function pretty(analysis: Analysis, options: PrettyOptions): string {
  const { paint, severity } = options;
  const files = analysis.streams.map(({ file }) => file);
  const findings = analysis.findings.toSorted((a, b) => rank(b.severity) - rank(a.severity) || a.at.seq - b.at.seq);
  const shown = findings.filter((finding) => rank(finding.severity) >= rank(severity));
  const summed = findings.filter((finding) => rank(finding.severity) < rank(severity));
  const blocks = [verdictLine(analysis, paint)];
  if (analysis.blind !== undefined) blocks.push(paint('yellow', `nothing could be judged: ${printable(analysis.blind)}`));
  blocks.push(...details(shown, files, options));
  if (summed.length > 0) blocks.push(summary(summed, paint));
  blocks.push(`${paint('bold', 'Coverage')}\n${rulesCoverage(analysis)}`);
  blocks.push(analysis.streams.map(streamText).join('\n'));
  return `${blocks.join('\n\n')}\n`;
}

