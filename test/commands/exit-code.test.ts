// Exit codes: what each analysis comes to under each --fail-on.

import { expect, test } from 'vitest';
import { exitCode } from '../../src/commands/exit-code.js';
import type { Analysis, FoldedFinding, RuleVerdict, Severity } from '../../src/finding.js';
import { parseIrq } from '../../src/import/irq.js';

const [event] = parseIrq('meta.end', 'x').events;

function analysis(severities: readonly Severity[], verdicts: readonly RuleVerdict['verdict'][]): Analysis {
  if (event === undefined) throw new Error('no event');
  const evidence = { at: event, because: [], last: event, state: {}, count: 1, clause: '', sentence: '', entity: '' };
  const findings = severities.map((severity): FoldedFinding => ({ ...evidence, rule: 'a/b', severity }));
  const rules = verdicts.map((verdict) => ({ rule: 'a/b', verdict, breaches: 0, held: 0, undecided: 0, reasons: {}, missing: [] }));
  return { streams: [], events: 1, span: 0, findings, rules, complete: true };
}

test('findings count from the severity on that was asked for', () => {
  const suspicious = analysis(['info', 'suspicious'], ['violated']);
  expect((['violation', 'suspicious', 'info'] as const).map((least) => exitCode(suspicious, least, false))).toEqual([0, 1, 1]);
  expect(exitCode(analysis(['violation'], ['violated']), 'violation', false)).toBe(1);
  expect(exitCode(analysis([], ['held']), 'info', false)).toBe(0);
});

test('undecided fails where nothing was judged, and on violations', () => {
  expect(exitCode(analysis([], ['undecided', 'undecided']), 'undecided', false)).toBe(1);
  expect(exitCode(analysis([], ['held', 'undecided']), 'undecided', false)).toBe(0);
  expect(exitCode(analysis(['violation'], ['violated', 'held']), 'undecided', false)).toBe(1);
  expect(exitCode(analysis(['info'], ['violated', 'held']), 'undecided', false)).toBe(0);
});

test('undecided fails where one of the rules asked for was not judged', () => {
  expect(exitCode(analysis([], ['held', 'undecided']), 'undecided', true)).toBe(1);
  expect(exitCode(analysis([], ['held', 'held']), 'undecided', true)).toBe(0);
});

test('nothing judged is no failure unless asked for', () => {
  expect(exitCode(analysis([], ['undecided']), 'violation', false)).toBe(0);
});
