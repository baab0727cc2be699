// A sample or a loss that waits for its turn, until what may be older has come.

import { RawRecord } from '../kvm/record.js';
import type { Place } from './sample.js';

export class Waiting extends RawRecord {
  readonly buffer = 0;
  readonly cpu: number;
  time: number;
  readonly tgid: number;
  /** What a loss is called, and how many events it was; undefined for a sample. */
  lost: { readonly n: number | undefined; readonly what: string } | undefined;

  constructor(view: DataView, { time, cpu, tgid, at, end }: Place, lost?: Waiting['lost']) {
    super();
    this.view = view;
    this.at = at;
    this.end = end;
    this.cpu = cpu;
    this.time = time;
    this.tgid = tgid;
    this.lost = lost;
  }
}
