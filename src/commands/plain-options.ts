// The options of commands that take little: what a recording shows, what it consists of, how long things took, which way they went, the rules.

import type { Argv } from 'yargs';
import { count, optional, wholeNumber, withFiles, withFormat, withStreams } from './options.js';

export const coverageOptions = (yargs: Argv) => withStreams(yargs).example('$0 coverage trace.dat', 'which hops it shows, which rules that leaves undecided, what to record next time');

export const infoOptions = (yargs: Argv) => withFiles(yargs).example('$0 info trace.dat', 'recorder, clock, CPUs, events by name, what was lost');

export const rulesOptions = (yargs: Argv) => withFormat(yargs).example('$0 rules --format json', 'ids, severities and clauses for a program');

export const explainOptions = (yargs: Argv) =>
  yargs.positional('rule', { type: 'string', demandOption: true, describe: 'its id, ioapic/lost-level' }).example('$0 explain route/replaced-live-route', 'what it means, causes, when it is not a fault, examples');

export const statsOptions = (yargs: Argv) =>
  withStreams(yargs)
    .option('of', { type: 'string', requiresArg: true, coerce: optional('of'), describe: 'only interrupts of one thing: gsi:10, vector:0x41@cpu1' })
    .option('top', count('top', 20, 'things shown, the busiest first'))
    .example('$0 stats trace.dat', 'latency per hop, and per GSI, pin, vector and device')
    .example('$0 stats trace.txt --of gsi:10', 'the same for one GSI');

export const followOptions = (yargs: Argv) =>
  withStreams(yargs)
    .option('limit', count('limit', 10, 'lives shown, the first of them'))
    .option('slowest', {
      type: 'number',
      requiresArg: true,
      coerce: (value: number | number[] | undefined) => (value === undefined ? undefined : wholeNumber('slowest')(value)),
      describe: 'show the slowest so many instead',
    })
    .example('$0 follow trace.dat gsi:10 --slowest 3', 'the three interrupts of GSI 10 that took longest, hop by hop')
    .example('$0 follow trace.dat finding:1', 'the way of the interrupt that the first finding is about');
