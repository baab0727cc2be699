// What a check's result means for the program that called it.

import { SEVERITIES, verdictOf, type Analysis, type Severity } from '../finding.js';

export type FailOn = Severity | 'undecided';

/**
 * 1 for a finding of at least the severity. `undecided` fails on violations and on a check that proves nothing:
 * no rule was judged, or one that was asked for by name was not.
 */
export function exitCode(analysis: Analysis, failOn: FailOn, named: boolean): 0 | 1 {
  const least = failOn === 'undecided' ? 'violation' : failOn;
  const found = analysis.findings.some(({ severity }) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least));
  const vacuous = verdictOf(analysis) === 'undecided' || (named && analysis.rules.some(({ verdict }) => verdict === 'undecided'));
  return found || (failOn === 'undecided' && vacuous) ? 1 : 0;
}
