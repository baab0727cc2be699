// Patterns among the files that are named, which a shell has not expanded because they stood in quotes or it knows no `**`.

import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { UsageError } from './usage.js';

const PATTERN = /[*?[{]/;

/** What is there under its very name is no pattern. */
const isPattern = (path: string): boolean => PATTERN.test(path) && !existsSync(path);

async function matches(pattern: string): Promise<string[]> {
  const { glob } = await import('tinyglobby');
  const found = await glob(pattern, { expandDirectories: false });
  if (found.length === 0) throw new UsageError(`no file matches ${pattern}`);
  return (isAbsolute(pattern) ? found.map((path) => resolve(path)) : found).sort();
}

/** `a/raw.txt,a/ioctl.jsonl`: the files of one run in one word, each of which may be a pattern; commas in `{}` are its own. */
export async function filesOfRun(word: string): Promise<string[]> {
  return expandGlobs(existsSync(word) ? [word] : word.split(/,(?![^{]*\})/).filter((part) => part !== ''));
}

/** Files that match, sorted, in place of each pattern. */
export async function expandGlobs(paths: readonly string[]): Promise<string[]> {
  const expanded: string[] = [];
  for (const path of paths) expanded.push(...(isPattern(path) ? await matches(path) : [path]));
  return expanded;
}
