// JUnit XML as CI servers read it: of a check a suite for the recording, a case per rule; of a test run a suite, a case per recording.
// A rule that nothing could be said of is skipped, with the reason.

import type { Analysis, FoldedFinding, RuleVerdict, Severity } from '../finding.js';
import { SEVERITIES } from '../finding.js';
import { findingText } from './finding.js';
import { differences, type Judged } from './judgements.js';
import { unseenText } from './rules-coverage.js';
import { tally, type Files } from './text.js';
import { xml } from './xml.js';

interface JunitOptions {
  /** Findings below it do not fail a case. */
  readonly failOn: Severity;
}

/** Findings of one rule written out; the rest is counted. */
const MAX_SHOWN = 20;

interface Case {
  readonly text: string;
  readonly outcome: 'passed' | 'failed' | 'error' | 'skipped';
}

/** `more`: elements behind the cases. */
function suite(name: string, cases: readonly Case[], more: readonly string[] = []): string {
  const count = (wanted: Case['outcome']): number => cases.filter(({ outcome }) => outcome === wanted).length;
  const counts = `tests="${cases.length}" failures="${count('failed')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="irqreplay" ${counts} time="0">`,
    `<testsuite name="${xml(name)}" ${counts} time="0">`,
    ...cases.map(({ text }) => text),
    ...more,
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

const opening = (classname: string, name: string): string => `<testcase classname="${xml(classname)}" name="${xml(name)}" time="0"`;

function reasonOf(rule: RuleVerdict): string {
  const unknown = tally(rule.reasons);
  const parts = [unknown === '' ? '' : `unknown: ${unknown}`, unseenText(rule)].filter((part) => part !== '');
  return parts.length > 0 ? parts.join('; ') : 'what it judges did not happen';
}

function failureOf(findings: readonly FoldedFinding[], files: Files): string {
  const [first] = findings;
  const shown = findings.slice(0, MAX_SHOWN).map((finding) => findingText(finding, files, (_, text) => text));
  if (findings.length > MAX_SHOWN) shown.push(`and ${findings.length - MAX_SHOWN} more`);
  return `<failure type="${first?.severity ?? 'violation'}" message="${xml(first?.sentence ?? '')}">${xml(shown.join('\n\n'))}</failure>`;
}

function caseOf(verdict: RuleVerdict, findings: readonly FoldedFinding[], files: Files): Case {
  const [component = '', defect = ''] = verdict.rule.split('/');
  const open = opening(component, defect);
  if (findings.length > 0) return { outcome: 'failed', text: `${open}>${failureOf(findings, files)}</testcase>` };
  if (verdict.verdict === 'undecided') return { outcome: 'skipped', text: `${open}><skipped message="${xml(reasonOf(verdict))}"/></testcase>` };
  return { outcome: 'passed', text: `${open}/>` };
}

export function junit({ streams, findings, rules, blind }: Analysis, { failOn }: JunitOptions): string {
  const files = streams.map(({ file }) => file);
  const grave = findings.filter(({ severity }) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(failOn));
  const cases = rules.map((rule) => caseOf(rule, grave.filter((finding) => finding.rule === rule.rule), files));
  return suite(files.join(' '), cases, blind === undefined ? [] : [`<system-out>${xml(blind)}</system-out>`]);
}

function judgedCase(judged: Judged): Case {
  const { file, error } = judged;
  const cut = file.lastIndexOf('/');
  const open = opening(cut < 0 ? '.' : file.slice(0, cut), file.slice(cut + 1));
  if (error !== undefined) return { outcome: 'error', text: `${open}><error message="${xml(error)}"/></testcase>` };
  const lines = differences(judged);
  if (lines.length === 0) return { outcome: 'passed', text: `${open}/>` };
  return { outcome: 'failed', text: `${open}><failure message="${xml(lines[0] ?? '')}">${xml(lines.join('\n'))}</failure></testcase>` };
}

/** Of a test run. */
export const judgementsJunit = (judged: readonly Judged[]): string => suite('recordings', judged.map(judgedCase));
