// Rules by the ids a person gives.

import { nearestHint } from '../import/nearest.js';
import { RULES } from '../rules/index.js';
import type { Rule } from '../rules/rule.js';
import { UsageError } from './usage.js';

const IDS = RULES.map(({ id }) => id);

/** Ids that are alike; the component is easily forgotten. */
function hint(wanted: string): string {
  const same = IDS.filter((id) => id.endsWith(`/${wanted}`));
  const alike = same.length > 0 ? ` (nearest: ${same.join(', ')})` : nearestHint(wanted, IDS);
  return alike === '' ? '; `irqreplay rules` lists them' : alike;
}

export function ruleOf(id: string): Rule {
  const rule = RULES.find((each) => each.id === id);
  if (rule === undefined) throw new UsageError(`there is no rule ${id}${hint(id)}`);
  return rule;
}

/** Undefined, which means all, if none is named. */
export function selectRules(ids: readonly string[]): readonly Rule[] | undefined {
  return ids.length === 0 ? undefined : [...new Set(ids)].sort().map((id) => ruleOf(id));
}
