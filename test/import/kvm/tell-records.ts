// Binary records made by hand, and the events they become.

import type { Event } from '../../../src/event.js';
import { KvmAssembler } from '../../../src/import/kvm/assembler.js';
import { Fields, RawRecord } from '../../../src/import/kvm/record.js';
import { recordReader } from '../../../src/import/kvm/records.js';
import { told } from '../ftrace/text.js';

type Value = number | bigint | string;
/** Name, bytes (negative for a signed number) and value of each field, in the order of the record. */
export type Layout = readonly (readonly [string, number, Value])[];

export interface Sample {
  readonly name: string;
  readonly fields: Layout;
  readonly print?: string;
}

const HEADER = 8;

function encode(fields: Layout): { described: ConstructorParameters<typeof Fields>[0]; record: RawRecord } {
  const described = new Map<string, { offset: number; size: number; signed: boolean; shape: 'number' | 'array' }>();
  const view = new DataView(new ArrayBuffer(256));
  let at = HEADER;
  for (const [name, width, value] of fields) {
    const size = Math.abs(width);
    at = typeof value === 'string' ? at : Math.ceil(at / size) * size;
    described.set(name, { offset: at, size, signed: width < 0, shape: typeof value === 'string' ? 'array' : 'number' });
    if (typeof value === 'string') for (let i = 0; i < value.length; i++) view.setUint8(at + i, value.charCodeAt(i));
    else if (size === 8) view.setBigUint64(at, BigInt.asUintN(64, BigInt(value)), true);
    else if (size === 4) view.setInt32(at, Number(value), true);
    else view.setUint8(at, Number(value));
    at += size;
  }
  return { described, record: Object.assign(new RawRecord(), { view, at: 0, end: view.byteLength }) };
}

/** What records of one thread become. */
export function tellRecords(...samples: readonly Sample[]): Record<string, unknown>[] {
  const kvm = new KvmAssembler(0);
  const out: Event[] = [];
  kvm.begin(out);
  samples.forEach(({ name, fields, print = '' }, i) => {
    const { described, record } = encode(fields);
    Object.assign(kvm.journal, { ns: i * 1000, on: 0, tid: 740, line: i, name });
    recordReader(name, new Fields(described, print))?.(kvm, record);
  });
  kvm.end();
  return told(out);
}
