// perf.data as `perf record` writes it to a file (tools/perf/Documentation/perf.data-file-format.txt).

import type { Event } from '../event.js';
import { Cursor } from './cursor.js';
import type { FileFormat, StreamInfo } from './format.js';
import { MAGIC, readHeader, type PerfHeader } from './perf/header.js';
import { PerfStream } from './perf/perf-stream.js';
import type { RandomAccess } from './random-access.js';

/** The magic as a machine of the other byte order writes it. */
const SWAPPED = Buffer.from('2ELIFREP', 'latin1');

export const perfData: FileFormat = {
  name: 'perf-data',
  detect: (head) => [MAGIC, SWAPPED].some((magic) => head.subarray(0, magic.length).equals(magic)),
  read: readPerfData,
};

function* readPerfData(info: StreamInfo, stream: number, bytes: RandomAccess): Generator<Event[]> {
  const cursor = new Cursor(info.file, bytes);
  if (cursor.bytes(MAGIC.length, 'the magic').equals(SWAPPED)) throw cursor.error('big-endian data', 'little-endian data: take the output of `perf script`', 0);
  const header = readHeader(cursor);
  const { version, kernel, usual } = header;
  info.recorder = 'perf record';
  const parts = [version === '' ? '' : `perf ${version}`, kernel === '' ? '' : `Linux ${kernel}`, `clock ${usual.clock}`, cpusText(header), header.thinned ? 'not every event sampled' : ''];
  info.about = parts.filter((part) => part !== '').join('; ');
  info.clock = 'ns';
  yield* new PerfStream({ info, stream, bytes, header, cursor }).batches();
}

const cpusText = ({ cpus: { all, chosen } }: PerfHeader): string => (all === 0 ? '' : `${chosen === undefined ? '' : `${chosen} of `}${all} CPUs`);
