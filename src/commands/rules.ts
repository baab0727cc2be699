// `irqreplay rules`: the catalogue.

import { ruleList } from '../report/rule-list.js';
import { RULES } from '../rules/index.js';
import { print } from './output.js';

export function rules(format: 'pretty' | 'json'): number {
  const rows = RULES.map(({ id, severity, class: kind, summary, clause, needs }) => ({ id, severity, class: kind, summary, clause, needs: needs.map((need) => [need].flat().join(' or ')) }));
  print(format === 'json' ? `${JSON.stringify(rows, null, 1)}\n` : ruleList(rows));
  return 0;
}
