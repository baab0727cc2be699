// trace.dat version 7: sections found through a chain of options (trace-cmd Documentation/trace-cmd/trace-cmd.dat.v7.5.txt).

import { Cursor } from '../cursor.js';
import { inMemory, type Packing, type RandomAccess } from '../random-access.js';
import { MAX_CPUS, type CpuData, type DatLayout } from './dat-layout.js';
import { takeOption, type Option } from './dat-options.js';
import { readEventFormats, readHeaderInfo, readTracerFormats } from './format-blocks.js';

const OPTIONS = 0;
const DONE = 0;
const BUFFER = 3;
const HEADER_INFO = 16;
const TRACER_FORMATS = 17;
const EVENT_FORMATS = 18;
const BUFFER_TEXT = 22;
const COMPRESSED = 1;
/** Sections of options in one file; a chain that runs in a circle ends here. */
const MAX_LINKS = 1000;

export class Version7 {
  readonly #file: string;
  readonly #bytes: RandomAccess;
  readonly #layout: DatLayout;
  readonly #packing: Packing | undefined;

  constructor(file: string, bytes: RandomAccess, layout: DatLayout, packing: Packing | undefined) {
    this.#file = file;
    this.#bytes = bytes;
    this.#layout = layout;
    this.#packing = packing;
  }

  /** `offset` of the first options. */
  read(offset: number): void {
    let next = offset;
    for (let links = 0; next !== 0; links++) {
      const { body, at } = this.#section(next, OPTIONS, 'a section of options');
      if (links > MAX_LINKS) throw body.error('ever more sections of options', `at most ${MAX_LINKS}`, at);
      next = this.#options(body);
    }
  }

  /** The place of the next options, 0 for none. */
  #options(body: Cursor): number {
    while (!body.ended) {
      const id = body.u16('an option');
      const length = body.u32('the length of an option');
      const data = new Cursor(this.#file, inMemory(body.bytes(length, `option ${id}`), this.#bytes));
      if (id === DONE) return data.u64('the place of the next options');
      this.#take({ id, data, length });
    }
    return 0;
  }

  #take(option: Option): void {
    const { id, data } = option;
    const section = (what: string): Cursor => this.#section(data.u64(`the place of ${what}`), id, what).body;
    if (id === BUFFER) this.#buffer(data);
    else if (id === HEADER_INFO) this.#layout.headerPage = readHeaderInfo(section('the header of pages'));
    else if (id === TRACER_FORMATS) readTracerFormats(section('the formats of tracer events'), this.#layout.types);
    else if (id === EVENT_FORMATS) readEventFormats(section('the event formats'), this.#layout.types);
    else if (id === BUFFER_TEXT) this.#text(data);
    else takeOption(option, this.#layout);
  }

  #header(at: number, id: number, what: string): { cursor: Cursor; packed: boolean; size: number } {
    const cursor = new Cursor(this.#file, this.#bytes, at, 16);
    const found = cursor.u16(what);
    if (found !== id) throw cursor.error(`section ${found}`, `${what}, section ${id}`, at);
    const packed = (cursor.u16(what) & COMPRESSED) !== 0;
    cursor.skip(4, what);
    return { cursor, packed, size: cursor.u64(`the size of ${what}`) };
  }

  /** The section at `at`, unpacked if it is packed. */
  #section(at: number, id: number, what: string): { body: Cursor; at: number } {
    const { cursor, packed, size } = this.#header(at, id, what);
    if (!packed) return { body: new Cursor(this.#file, this.#bytes, cursor.at), at };
    const length = cursor.u32(`the packed size of ${what}`);
    const unpacked = cursor.u32(`the unpacked size of ${what}`);
    if (this.#packing === undefined || length > size) throw cursor.error(`${length} packed bytes`, what, at);
    return { body: new Cursor(this.#file, inMemory(cursor.unpack(length, { packing: this.#packing, size: unpacked, what }), this.#bytes)), at };
  }

  #buffer(data: Cursor): void {
    const at = data.u64('the place of a trace buffer');
    const name = data.name('the name of a trace buffer');
    const clock = data.name('the clock of a trace buffer');
    const pageSize = data.u32('the page size of a trace buffer');
    const count = data.u32('the number of CPUs of a trace buffer');
    if (count > MAX_CPUS || this.#layout.buffers.length > MAX_CPUS) throw data.error(`${count} CPUs`, `at most ${MAX_CPUS}`);
    const cpus: CpuData[] = [];
    for (let i = 0; i < count; i++) {
      const cpu = data.u32('the number of a CPU');
      cpus.push({ cpu, offset: data.u64(`where the data of CPU ${cpu} lie`), size: data.u64(`the size of the data of CPU ${cpu}`) });
    }
    const { cursor, packed } = this.#header(at, BUFFER, 'a trace buffer');
    if (packed && this.#packing === undefined) throw cursor.error('packed data', 'data as they are, as the file says');
    this.#layout.buffers.push({ name, clock, pageSize: pageSize === 0 ? undefined : pageSize, packing: packed ? this.#packing : undefined, cpus });
  }

  #text(data: Cursor): void {
    const { cursor, packed, size } = this.#header(data.u64('the place of a trace text'), BUFFER_TEXT, 'a trace text');
    this.#layout.text = { offset: cursor.at, size, packing: packed ? this.#packing : undefined };
  }
}
