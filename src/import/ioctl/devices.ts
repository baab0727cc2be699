// Rows about eventfds and the program's MSI-X device. eventfd(2); MSI-X table layout: PCIe base, "MSI-X Table Structure".

import type { Event } from '../../event.js';
import { entry } from '../../ids.js';
import type { Row } from './row.js';
import { NOTHING, type Op, type Stamp } from './stamp.js';
import { stamped } from '../stamp.js';

const WHOLE_COUNTER = 8;
const EAGAIN = 11;
/** The log names no PCI function: it knows one device. */
const MSIX_FN = 'msix0';
const MSIX_FIELDS = ['addr', 'addr_hi', 'data', 'vc'] as const;
const ENTRY_BYTES = 16;

export class Devices {
  /** Parts of the machine that are in use; what is in use before a VM is created, its creation does not reset. */
  readonly older = new Set<'irqfd' | 'msix'>();
  readonly #stamp: Stamp;

  constructor(stamp: Stamp) {
    this.#stamp = stamp;
  }

  readonly ops: ReadonlyMap<string, Op> = new Map<string, Op>([
    ['eventfd', (row) => this.#descriptor(row, stamped(this.#stamp.at(row, row.t0), { kind: 'fd.open', fd: row.ret, value: row.maybe('init') }))],
    ['dup', (row) => this.#descriptor(row, stamped(this.#stamp.at(row, row.t0), { kind: 'fd.dup', fd: row.int('fd'), ret: row.ret }))],
    ['close', (row) => this.#descriptor(row, stamped(this.#stamp.at(row, row.t0), { kind: 'fd.close', fd: row.int('fd'), gsi: undefined }))],
    ['eventfd_write', (row) => this.#signal(row)],
    ['eventfd_read', (row) => this.#read(row)],
    ['msix_mmio', (row) => this.#msixAccess(row)],
    ['pba_set', (row) => this.#msix(row, stamped(this.#stamp.at(row, row.t0), { kind: 'msix.fire', fn: MSIX_FN, entry: entry(row.int('entry')) }))],
  ]);

  #descriptor(row: Row, event: Event): readonly Event[] {
    this.older.add('irqfd');
    return row.ret < 0 ? NOTHING : [event];
  }

  #signal(row: Row): readonly Event[] {
    this.older.add('irqfd');
    const event: Event = stamped(this.#stamp.at(row, row.t0), { kind: 'efd.signal', fd: row.int('fd'), gsi: undefined });
    return row.ret === WHOLE_COUNTER ? this.#stamp.during(row, event) : NOTHING;
  }

  /** After it the counter is 0; one that was 0 before refuses. */
  #read(row: Row): readonly Event[] {
    const event: Event = stamped(this.#stamp.at(row, row.t1), { kind: 'efd.read', fd: row.int('fd') });
    return row.ret === WHOLE_COUNTER || row.ret === -EAGAIN ? [event] : NOTHING;
  }

  /** Reads give nothing: the row is written before the device has put a value into it. */
  #msixAccess(row: Row): readonly Event[] {
    const common = this.#stamp.at(row, row.t0);
    if (row.int('write') === 0) return NOTHING;
    if (row.text('region') === 'pba') return this.#msix(row, stamped(common, { kind: 'msix.pba.write', fn: MSIX_FN }));
    const offset = row.int('off');
    const field = MSIX_FIELDS[(offset % ENTRY_BYTES) / 4];
    const [val, len] = [row.big('val'), row.int('len')];
    if (field === undefined) row.missing = 'off, a multiple of 4';
    else return this.#msix(row, stamped(common, { kind: 'msix.write', fn: MSIX_FN, entry: entry(Math.floor(offset / ENTRY_BYTES)), field, val, len }));
    return NOTHING;
  }

  /** The logged device has no Message Control register: it is always enabled and never masked as a whole. */
  #msix(row: Row, event: Event): readonly Event[] {
    if (this.older.has('msix')) return [event];
    this.older.add('msix');
    return [stamped(this.#stamp.at(row, row.t0), { kind: 'msix.ctrl', fn: MSIX_FN, enable: 1, fmask: 0 }), event];
  }
}
