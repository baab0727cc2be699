// Which of the kernel trace texts this is, told by its first lines; every text is at most one of them.

import { Text } from '../kvm/text.js';
import { LineReader } from './line.js';
import { isSkipped, lossMark } from './marks.js';
import { refusedLayout, type Dialect } from './refuse.js';

/** Lines looked at: a boot log or a marker may stand in front of the first event. */
const MAX_LINES = 200;
/** Width of trace-cmd's column of event names. */
const NAME_COLUMN = 20;

const EVENT_NAME = /^([A-Za-z_]\w*):(\s*)/;
/** A record of perf's, or an event that is no tracepoint: `cycles:`, `cpu-clock:u:`, `cpu/cycles/ppp:`. */
const PERF_NAME = /^(?:PERF_RECORD_\w+ |[A-Za-z][\w/,=.:-]*:(?:\s|$))/;
const SYSTEM_NAME = /^[A-Za-z_]\w*:[A-Za-z_]\w*:(?:\s|$)/;

export function sniff(head: Buffer): Dialect | undefined {
  let weak: Dialect | undefined;
  for (const line of firstLines(head)) {
    const told = marked(line);
    if (told !== undefined) return told;
    const event = dialectOf(line);
    if (event === undefined) continue;
    if (event.sure) return event.dialect;
    weak ??= event.dialect;
  }
  return weak;
}

function firstLines(head: Buffer): string[] {
  const lines = head.toString('latin1').split('\n', MAX_LINES);
  return lines.map((line) => line.replace(/\r$/, '')).filter((line) => line !== '');
}

/** Lines that only one of them prints. */
function marked(line: string): Dialect | undefined {
  if (line.startsWith('# tracer:')) return 'tracefs';
  if (line.startsWith('#') && !line.startsWith('##### CPU')) return undefined;
  if (/\bcpus=\d+$/.test(line) && isSkipped(line)) return 'trace-cmd';
  const mark = lossMark(line);
  if (mark === undefined) return undefined;
  return mark.what.includes('DROPPED') ? 'trace-cmd' : 'tracefs';
}

function dialectOf(line: string): { dialect: Dialect; sure: boolean } | undefined {
  const text = new Text(Buffer.from(line, 'latin1'));
  const perf = new LineReader('blank');
  const isBlank = perf.read(text, 0, text.length);
  if (isBlank && SYSTEM_NAME.test(line.slice(perf.name))) return { dialect: 'perf-script', sure: true };
  const reader = new LineReader('dash');
  if (reader.read(text, 0, text.length)) return dashed(reader, line.slice(reader.name));
  if (isBlank && PERF_NAME.test(line.slice(perf.name))) return { dialect: 'perf-script', sure: false };
  const refused = refusedLayout(line);
  return refused === undefined ? undefined : { dialect: refused.dialect, sure: false };
}

/** trace-cmd pads the event's name and may print nanoseconds; tracefs never does. */
function dashed(reader: LineReader, rest: string): { dialect: Dialect; sure: boolean } | undefined {
  const [, name = '', blanks = ''] = EVENT_NAME.exec(rest) ?? [];
  if (name === '') return undefined;
  if (blanks.length > 1 || reader.decimals > 6 || reader.prefix !== '') return { dialect: 'trace-cmd', sure: true };
  if (name.length + 1 < NAME_COLUMN) return { dialect: 'tracefs', sure: true };
  return { dialect: reader.flags ? 'tracefs' : 'trace-cmd', sure: false };
}
