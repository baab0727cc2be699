// What the shell is offered where a rule is to be named; of everything else yargs knows what there is.

import { RULES } from '../rules/index.js';
import { print } from './output.js';

/** yargs knows nothing that begins with a dash alone: the shell itself chooses from what may follow. */
export const asked = (words: readonly string[]): readonly string[] => (/^--?$/.test(words.at(-1) ?? '') ? [...words.slice(0, -1), ''] : words);

/** Options whose value is a rule. */
const TAKES_RULE = new Set(['--rule', '--expect']);

/** `words` as the script of `completion` hands them over: its option, the program, the command, the rest. False where no rule is expected. */
export function completeRules(words: readonly string[]): boolean {
  const current = words.at(-1) ?? '';
  const isExplained = words[2] === 'explain' && words.length === 4 && !current.startsWith('-');
  if (!isExplained && !TAKES_RULE.has(words.at(-2) ?? '')) return false;
  const ids = RULES.map(({ id }) => id).filter((id) => id.startsWith(current));
  print(ids.map((id) => `${id}\n`).join(''));
  return true;
}
