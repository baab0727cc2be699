// The options of commands that take little: what a recording shows, what it consists of, the rules.

import type { Argv } from 'yargs';
import { withFiles, withFormat, withStreams } from './options.js';

export const coverageOptions = (yargs: Argv) => withStreams(yargs).example('$0 coverage trace.dat', 'which hops it shows, which rules that leaves undecided, what to record next time');

export const infoOptions = (yargs: Argv) => withFiles(yargs).example('$0 info trace.dat', 'recorder, clock, CPUs, events by name, what was lost');

export const rulesOptions = (yargs: Argv) => withFormat(yargs).example('$0 rules --format json', 'ids, severities and clauses for a program');

export const explainOptions = (yargs: Argv) =>
  yargs.positional('rule', { type: 'string', demandOption: true, describe: 'its id, ioapic/lost-level' }).example('$0 explain route/replaced-live-route', 'what it means, causes, when it is not a fault, examples');
