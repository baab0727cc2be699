// The options of `state`, as yargs reads them.

import type { Argv } from 'yargs';
import { parseMoment, type NamedMoment } from './moment.js';
import { optional, withStreams } from './options.js';

const moments = (option: string) => (texts: readonly string[]): NamedMoment[] => texts.map((text) => parseMoment(text, `--${option}`));

export const stateOptions = (yargs: Argv) =>
  withStreams(yargs)
    .option('at', { type: 'string', array: true, nargs: 1, default: [], coerce: moments('at'), describe: 'the moment: seconds since the first event (12.5, or 12500ms), a time as events show it (@12500000), a number of events (#123), the place of an event (trace.txt:270) or a finding (finding:2), just before it; the end without it; given several times, each in the same replay' })
    .option('diff', { type: 'string', array: true, nargs: 2, default: [], coerce: moments('diff'), describe: 'what changed between two moments' })
    .option('index', { type: 'string', requiresArg: true, coerce: optional('index'), describe: 'a file that keeps the events and the machine at intervals, made where it is missing or the recording has changed: moments are then reached from the nearest of them' })
    .option('watch', { type: 'string', requiresArg: true, coerce: optional('watch'), describe: 'every change of one thing: gsi:10, pin:ioapic/10, msix:0000:00:04.0/2, vector:0x41@cpu1, intid:27, irqfd:9, lapic:cpu0, lr:cpu0/2; as JSON one line each' })
    .example('$0 state trace.dat --at 12.5', 'routes, irqfds, MSI-X tables, IOAPIC, local APICs, what is owed, at that moment')
    .example('$0 state trace.txt --at trace.txt:270', 'the same before the event that is told in that line')
    .example('$0 state trace.dat --at 12.5 --index trace.idx', 'the same from an index: in a large recording each further moment costs little')
    .example('$0 state trace.dat --watch pin:ioapic/10', 'every change of one pin, with the event that made it');
