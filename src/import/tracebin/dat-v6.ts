// trace.dat version 6: one block after the other (trace-cmd Documentation/trace-cmd/trace-cmd.dat.v6.5.txt).

import { Cursor } from '../cursor.js';
import { inMemory, type RandomAccess } from '../random-access.js';
import { MAX_CPUS, type BufferData, type CpuData, type DatLayout } from './dat-layout.js';
import { clockInUse } from './clocks.js';
import { TRACECLOCK, takeOption } from './dat-options.js';
import { readEventFormats, readHeaderInfo, readTracerFormats } from './format-blocks.js';

/** Length of the words that begin what follows the CPU count. */
const TAG = 10;
const DONE = 0;
const INSTANCE = 3;
/** Bytes of the file trace_clock; some trace-cmds spoilt it, and none reads it then. */
const MAX_CLOCK = 4096;

interface Instance {
  readonly name: string;
  readonly offset: number;
}

/** From behind the page size on. */
export function readVersion6(file: string, bytes: RandomAccess, cursor: Cursor, layout: DatLayout): void {
  layout.headerPage = readHeaderInfo(cursor);
  readTracerFormats(cursor, layout.types);
  readEventFormats(cursor, layout.types);
  cursor.skip(cursor.u32('the length of the kernel symbols'), 'the kernel symbols');
  cursor.skip(cursor.u32('the length of the printk formats'), 'the printk formats');
  cursor.skip(cursor.u64('the length of the command names'), 'the command names');
  const cpus = cursor.u32('the number of CPUs');
  if (cpus > MAX_CPUS) throw cursor.error(`${cpus} CPUs`, `at most ${MAX_CPUS}`);
  const instances: Instance[] = [];
  let tag = readTag(cursor);
  let clockFollows = false;
  if (tag === 'options') {
    clockFollows = readOptions(file, bytes, cursor, layout, instances);
    tag = readTag(cursor);
  }
  if (tag === 'latency') layout.text = { offset: cursor.at, size: bytes.size - cursor.at, packing: undefined };
  else if (tag === 'flyrecord') {
    layout.buffers.push(readBuffer(cursor, '', cpus));
    if (clockFollows) layout.clock = readClock(cursor) ?? layout.clock;
  } else throw cursor.error(JSON.stringify(tag), 'flyrecord, options or latency', cursor.at - TAG);
  for (const { name, offset } of instances) {
    cursor.at = offset;
    if (readTag(cursor) !== 'flyrecord') throw cursor.error('something else', `flyrecord, the data of the trace instance ${name}`, offset);
    layout.buffers.push(readBuffer(cursor, name, cpus));
  }
}

const readTag = (cursor: Cursor): string => cursor.text(TAG, 'flyrecord, options or latency').replace(/\0.*$/s, '').trim();

/** True if the clock stands behind the places of the data: the option of trace-cmd 2.9 is empty. */
function readOptions(file: string, bytes: RandomAccess, cursor: Cursor, layout: DatLayout, instances: Instance[]): boolean {
  let clockFollows = false;
  for (let id = cursor.u16('an option'); id !== DONE; id = cursor.u16('an option')) {
    const length = cursor.u32('the length of an option');
    const data = new Cursor(file, inMemory(cursor.bytes(length, `option ${id}`), bytes));
    if (id === INSTANCE) instances.push({ offset: data.u64('the offset of an instance'), name: data.name('the name of an instance') });
    else takeOption({ id, data, length }, layout);
    if (instances.length > MAX_CPUS) throw cursor.error('ever more trace instances', `at most ${MAX_CPUS}`);
    clockFollows ||= id === TRACECLOCK && length === 0;
  }
  return clockFollows;
}

function readClock(cursor: Cursor): string | undefined {
  const length = cursor.u64('the length of the clock');
  return length > MAX_CLOCK ? undefined : clockInUse(cursor.text(length, 'the clock'));
}

function readBuffer(cursor: Cursor, name: string, count: number): BufferData {
  const cpus: CpuData[] = [];
  for (let cpu = 0; cpu < count; cpu++) {
    const offset = cursor.u64(`where the data of CPU ${cpu} lie`);
    cpus.push({ cpu, offset, size: cursor.u64(`the size of the data of CPU ${cpu}`) });
  }
  return { name, cpus, packing: undefined, pageSize: undefined, clock: 'local' };
}
