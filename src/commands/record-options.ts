// The options of `irqreplay record`, as yargs reads them.

import type { Argv } from 'yargs';
import { TARGETS } from '../record/recipe.js';
import { KERNEL_TOOLS, type KernelTool } from '../record/shell.js';
import { choice, once } from './options.js';
import { UsageError } from './usage.js';

const kilobytes = (value: number): number => {
  if (!Number.isSafeInteger(value) || value < 4) throw new UsageError('--buffer: expected a whole number of kB, at least 4');
  return value;
};

/** What stands behind `--`, which yargs keeps apart if it is told to. */
const commandOf = (words: unknown): readonly string[] => (Array.isArray(words) ? words.map(String) : []);

export const recordOptions = (yargs: Argv) =>
  yargs
    .parserConfiguration({ 'populate--': true })
    .option('target', choice('target', TARGETS, process.arch === 'arm64' ? 'arm64-kvm' : 'x86-kvm', 'what runs there: a KVM host, one with assigned devices (x86), or QEMU'))
    .option('tool', { choices: KERNEL_TOOLS, requiresArg: true, describe: 'what records (default trace-cmd; for --run tracefs)', coerce: once<KernelTool>('tool') })
    .option('kernel', { type: 'string', requiresArg: true, coerce: once<string>('kernel'), describe: 'version of the kernel, as uname -r prints it: some probes depend on it' })
    .option('buffer', { type: 'number', default: 16384, requiresArg: true, coerce: once('buffer', kilobytes), describe: 'size of each CPU\'s buffer in kB: what does not fit is lost' })
    .option('run', { type: 'boolean', default: false, describe: 'record the run of the command behind --, put back what that changed, and check the recording' })
    .option('tracefs', { type: 'string', default: '/sys/kernel/tracing', requiresArg: true, coerce: once<string>('tracefs'), describe: 'where tracefs is mounted (--run)' })
    .option('output', { type: 'string', default: 'trace.txt', requiresArg: true, coerce: once<string>('output'), describe: 'file to record to, which must not exist (--run)' })
    .middleware((args) => {
      args['command'] = commandOf(args['--']);
    })
    .example('$0 record --kernel 6.1 > record.sh', 'a script for trace-cmd, to read and to run on the host')
    .example('$0 record --run --output trace.txt -- sleep 10', 'ten seconds through tracefs, checked at once')
    .option('command', { type: 'string', array: true, hidden: true, default: [] });
