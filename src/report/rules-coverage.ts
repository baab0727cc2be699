// What each rule came to that had something to judge, and why it was undecided: silence must not look like health.

import { SEVERITIES, type Analysis, type RuleVerdict, type Severity } from '../finding.js';
import { table } from './table.js';
import { counted, grouped, tally } from './text.js';

/** What a rule came to in a word: a broken one by its gravest finding, for an `info` one is no fault. */
type Outcome = 'violated' | 'suspicious' | 'info' | 'held' | 'undecided';
const OUTCOMES: readonly Outcome[] = ['violated', 'suspicious', 'info', 'held', 'undecided'];
const BROKEN = { violation: 'violated', suspicious: 'suspicious', info: 'info' } as const satisfies Record<Severity, Outcome>;

function outcomeOf({ rule, verdict }: RuleVerdict, findings: Analysis['findings']): Outcome {
  if (verdict !== 'violated') return verdict;
  const severities = new Set(findings.filter((finding) => finding.rule === rule).map(({ severity }) => severity));
  return BROKEN[SEVERITIES.findLast((severity) => severities.has(severity)) ?? 'violation'];
}

const wasJudged = ({ breaches, held, undecided }: RuleVerdict): boolean => breaches + held + undecided > 0;

/** What the rule needs and the recording never showed; empty if that is nothing. */
export function unseenText({ missing }: RuleVerdict): string {
  const needs = missing.map((kinds) => (kinds.length > 1 ? `one of ${kinds.join(' or ')}` : kinds.join('')));
  return needs.length > 0 ? `never shown: ${needs.join(', ')}` : '';
}

/** Kinds that were never shown explain nothing where every judgement was certain. */
function why(rule: RuleVerdict): string {
  return [tally(rule.reasons), rule.undecided > 0 ? unseenText(rule) : ''].filter((part) => part !== '').join('; ');
}

type Judged = readonly (readonly [Outcome, RuleVerdict])[];

function judgedTable(judged: Judged): string {
  const rows = OUTCOMES.flatMap((wanted) => judged.filter(([outcome]) => outcome === wanted)).map(([outcome, rule]) => [
    rule.rule,
    outcome,
    grouped(rule.breaches),
    grouped(rule.held),
    grouped(rule.undecided),
    why(rule),
  ]);
  const columns = [
    { head: 'rule' },
    { head: 'outcome' },
    { head: 'broken', align: 'right' },
    { head: 'kept', align: 'right' },
    { head: 'unknown', align: 'right' },
    { head: 'unknown for want of', width: 50 },
  ] as const;
  return table(columns, rows);
}

export function rulesCoverage({ rules, findings }: Pick<Analysis, 'rules' | 'findings'>): string {
  const outcomes: Judged = rules.map((rule) => [outcomeOf(rule, findings), rule]);
  const counts = OUTCOMES.map((wanted) => [outcomes.filter(([outcome]) => outcome === wanted).length, wanted] as const);
  const judged = outcomes.filter(([, rule]) => wasJudged(rule));
  const shown = counts.filter(([n]) => n > 0).map(([n, outcome]) => `${grouped(n)} ${outcome}`);
  const blocks = [`${counted(rules.length, 'rule')}: ${shown.join(', ')}`];
  if (judged.length > 0) blocks.push(judgedTable(judged));
  const idle = rules.length - judged.length;
  if (idle > 0) blocks.push(`${counted(idle, 'rule')} had nothing to judge: \`irqreplay coverage\` tells what the recording does not show`);
  return blocks.join('\n\n');
}
