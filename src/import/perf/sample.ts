// Samples and the trailers of other records: when, on which CPU, and where a sample's raw data lie (include/uapi/linux/perf_event.h).

import { MAX_CPUS } from '../tracebin/dat-layout.js';
import type { Reference } from '../tracebin/reference.js';
import type { Attribute } from './attribute.js';

/** When and where a record was made; `at` and `end` are those of a tracepoint's own record. */
export interface Place {
  readonly time: number;
  readonly cpu: number;
  /** The thread's process, -1 where it does not tell. */
  readonly tgid: number;
  readonly at: number;
  readonly end: number;
}

export class Samples {
  readonly #view: DataView;
  readonly #reference: Reference;

  constructor(view: DataView, reference: Reference) {
    this.#view = view;
    this.#reference = reference;
  }

  /** The sample from behind its header to `end`; undefined if it does not hold what the attribute says. */
  sample(from: number, end: number, attribute: Attribute): Place | undefined {
    const { time, cpu, process, fixed, raw, endsRaw } = attribute;
    if (time === undefined || cpu === undefined || !raw || from + fixed > end) return undefined;
    const size = this.#afterChain(this.#afterRead(from + fixed, end, attribute), end, attribute);
    if (size + 4 > end) return undefined;
    const length = this.#view.getUint32(size, true);
    if (endsRaw ? size + 4 + length !== end : size + 4 + length > end) return undefined;
    const tgid = process === undefined ? -1 : this.#view.getInt32(from + process, true);
    const number = this.#view.getUint32(from + cpu, true);
    return number >= MAX_CPUS ? undefined : { time: this.#time(from + time), cpu: number, tgid, at: size + 4, end: size + 4 + length };
  }

  /** Of a record that ends at `end`; undefined if it does not tell. */
  trailer(from: number, end: number, { trailing }: Attribute): Place | undefined {
    if (trailing.time === undefined || trailing.cpu === undefined || end - Math.max(trailing.time, trailing.cpu) < from) return undefined;
    return { time: this.#time(end - trailing.time), cpu: this.#view.getUint32(end - trailing.cpu, true), tgid: -1, at: end, end };
  }

  #time(at: number): number {
    return this.#reference.from(this.#view.getBigUint64(at, true));
  }

  /** PERF_SAMPLE_READ: a value, or the number of values in front of them. */
  #afterRead(at: number, end: number, { read }: Attribute): number {
    if (read === undefined) return at;
    if (!read.group) return at + (read.times + read.perValue) * 8;
    return at + 8 > end ? end : at + (1 + read.times + this.#count(at) * read.perValue) * 8;
  }

  #afterChain(at: number, end: number, { callchain }: Attribute): number {
    if (!callchain) return at;
    return at + 8 > end ? end : at + (1 + this.#count(at)) * 8;
  }

  /** No record holds more than 64 KiB. */
  #count(at: number): number {
    return Math.min(this.#view.getUint32(at, true), 0xffff);
  }
}
