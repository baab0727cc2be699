// The options of `irqreplay diff`, as yargs reads them: each side is one run.

import type { Argv, Options } from 'yargs';
import { choice, OFFSET, VM_DESCRIBED, withFormat, withWords, type Positionals } from './options.js';
import { UsageError } from './usage.js';

const SIDES: Positionals = {
  expand: async (words) => [...words],
  describe: 'two runs, or two reports of check --format json: a recording, or several of one run with commas between them (a/raw.txt,a/ioctl.jsonl) or as a pattern in quotes',
};

const twoAtMost = (vms: readonly string[]): readonly string[] => {
  if (vms.length > 2) throw new UsageError(`--vm: expected that of both sides, or one for each, found ${vms.length}`);
  return vms;
};

/** A VM has another name in another recording. */
const VM_OF_SIDES = { type: 'string', array: true, nargs: 1, default: [], coerce: twoAtMost, describe: `${VM_DESCRIBED}; given twice, the first file's and the second's` } as const satisfies Options;

export const diffOptions = (yargs: Argv) =>
  withFormat(withWords(yargs, SIDES))
    .option('offset', OFFSET)
    .option('vm', VM_OF_SIDES)
    .option('fail-on', choice('fail-on', ['new', 'any', 'never'], 'never', 'what makes the exit code 1: findings above info that are new, or any that differ'))
    .example('$0 diff before.dat after.dat --fail-on new', 'what a change of the kernel did to the same test')
    .example("$0 diff a/raw.txt,a/ioctl.jsonl 'b/{raw.txt,ioctl.jsonl}'", 'the same for runs of which each has two recordings');
