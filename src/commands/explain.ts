// `irqreplay explain RULE`: the rule's page.

import { readFileSync } from 'node:fs';
import { print } from './output.js';
import { ruleOf } from './select-rules.js';

const PAGES = new URL('../../docs/rules/', import.meta.url);

export function explain(id: string): number {
  print(readFileSync(new URL(`${ruleOf(id).id}.md`, PAGES), 'utf8'));
  return 0;
}
