// The catalogue of rules as a table.

import type { Severity } from '../finding.js';
import { table } from './table.js';

/** What the catalogue tells of a rule. */
interface RuleRow {
  readonly id: string;
  readonly severity: Severity;
  readonly class: string;
  readonly summary: string;
}

export function ruleList(rules: readonly RuleRow[]): string {
  const rows = rules.map(({ id, severity, class: kind, summary }) => [id, severity, kind, summary]);
  return `${table([{ head: 'rule' }, { head: 'severity' }, { head: 'class' }, { head: 'what must hold', width: 80 }], rows)}\n`;
}
