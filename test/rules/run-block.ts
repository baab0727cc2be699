// Runs a few events from a chosen start and says which rules fired at which of them.

import { Replay } from '../../src/analyze.js';
import type { Event } from '../../src/event.js';
import type { Severity } from '../../src/finding.js';
import { parseIrq } from '../../src/import/irq.js';
import { RULES } from '../../src/rules/index.js';

export interface Start {
  readonly state: 'reset' | 'unknown';
  /** Components that start unknown all the same, comma-separated. */
  readonly except?: string;
}

export interface Fired {
  /** Index of the event, 0-based. */
  readonly index: number;
  readonly rule: string;
  readonly severity: Severity;
}

/** What a page's block starts from: everything is recorded, and the state is reset but for `except`. */
export function prelude({ state, except = '' }: Start): readonly Event[] {
  const start = except === '' ? `meta.start state=${state}` : `meta.start state=${state} except="${except}"`;
  return parseIrq(`${start}\nmeta.chan chan=* cover=full\n`, 'prelude').events;
}

export function run(events: readonly Event[], start: Start): Fired[] {
  const fired: Fired[] = [];
  const replay = new Replay({
    rules: RULES,
    onFinding: ({ at, rule, severity }) => fired.push({ index: events.indexOf(at), rule, severity }),
  });
  replay.feed(prelude(start));
  replay.feed(events);
  replay.end();
  return fired.sort((a, b) => a.index - b.index || a.rule.localeCompare(b.rule));
}
