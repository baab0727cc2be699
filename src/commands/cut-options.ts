// The options of `irqreplay cut`, as yargs reads them.

import type { Argv, Options } from 'yargs';
import { commaSeparated, FROM, TO, withOutput } from './options.js';
import { UsageError } from './usage.js';

const LIST = { type: 'string', array: true, nargs: 1, default: [] } as const satisfies Options;

const numberOf = (option: string) => (text: string): number => {
  if (!/^(?:\d+|0x[0-9a-f]+)$/i.test(text)) throw new UsageError(`--${option} ${text}: expected a number, decimal or hexadecimal, or several with commas`);
  return Number(text);
};

const numbers = (option: string, describe: string) =>
  ({ ...LIST, coerce: (values: readonly string[]) => commaSeparated(values).map(numberOf(option)), describe }) as const satisfies Options;

const names = (describe: string) => ({ ...LIST, coerce: commaSeparated, describe }) as const satisfies Options;

export const cutOptions = (yargs: Argv) =>
  withOutput(yargs)
    .option('from', FROM)
    .option('to', TO)
    .option('gsi', numbers('gsi', 'leave out requests and acknowledges of other GSIs; as all that follow, may be a list with commas'))
    .option('pin', numbers('pin', 'leave out what happened at other pins of the IOAPIC'))
    .option('vector', numbers('vector', 'leave out messages, requests and EOIs of other vectors'))
    .option('intid', numbers('intid', 'leave out interrupts of the GIC with other INTIDs'))
    .option('device', names('leave out MSI, MSI-X, virtio and VFIO of other functions: 0000:00:04.0'))
    .option('cpu', numbers('cpu', 'leave out what other CPUs recorded'))
    .option('kind', names('leave out other kinds of event: ioapic.in, or all of ioapic'))
    .example('$0 cut trace.dat --from 12 --to 12.5 -o hang.irq', 'half a second of a recording')
    .example('$0 cut trace.dat --gsi 10 --pin 10 --vector 0x41 -o gsi10.ndjson.gz', 'the way of one interrupt, and what it shares with others');
