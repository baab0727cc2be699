// NDJSON: records become events and events records without loss, and the hand-written check agrees with the zod schema.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventRecord } from '../../src/event.js';
import { formatEvent } from '../../src/import/irq-write.js';
import { parseIrq } from '../../src/import/irq.js';
import { eventToRecord, headerToRecord } from '../../src/import/ndjson-write.js';
import { ndjson } from '../../src/import/ndjson.js';
import { arbitraryEvent, FILES } from '../arbitrary-event.js';
import { decode, placed } from './decode.js';

const HEADER = headerToRecord({ base: 123_456_789_012_345_678n, clock: 'seconds', streams: FILES.map((file) => ({ file, recorder: 'trace-cmd report' })) });

const fileOf = (...records: unknown[]): string => [HEADER, ...records].map((record) => `${JSON.stringify(record)}\n`).join('');

const accepts = (record: unknown): boolean => {
  try {
    return decode(ndjson, fileOf(record)).events.length === 1;
  } catch {
    return false;
  }
};

test('a record becomes its event', () => {
  const text = '{"irqreplay":1,"base":"5","clock":"ns","streams":[]}\n\n{"ns":7,"on":1,"vm":"q","kind":"msix.read","fn":"a","entry":2,"field":"addr","val":"0xffffffffffffffff"}';
  const { events, info } = decode(ndjson, text);
  expect(events).toEqual([
    { seq: 0, ns: 7, on: 1, tid: -1, vm: 'q', stream: 0, at: 3, name: 'msix.read', kind: 'msix.read', fn: 'a', entry: 2, field: 'addr', val: 2n ** 64n - 1n },
  ]);
  expect(info).toMatchObject({ base: 5n, clock: 'ns', lines: 3 });
});

test('an event becomes its record, in the order of the table, defaults left out', () => {
  const [event] = parseIrq('@7 kvm.set_irq gsi=4 source=0 level=1', 'x.irq').events;
  expect(JSON.stringify(event && eventToRecord(event))).toBe('{"ns":7,"kind":"kvm.set_irq","gsi":4,"level":1,"source":0}');
});

test('the header tells the clock, the base and the recorders', () => {
  const { info, files } = decode(ndjson, fileOf());
  expect(info).toMatchObject({ base: 123_456_789_012_345_678n, clock: 'seconds', recorder: 'trace-cmd report', lines: 1 });
  expect(files).toEqual(['given', ...FILES]);
});

test('a source that the header does not list is a stream too', () => {
  const { events, files } = decode(ndjson, fileOf({ kind: 'vm.close', src: 'other.txt:3 kvm_destroy_vm' }));
  expect(events[0]).toMatchObject({ at: 3, name: 'kvm_destroy_vm' });
  expect(files[events[0]?.stream ?? 0]).toBe('other.txt');
});

describe('what cannot be read is named', () => {
  test.each([
    [fileOf() + '{"kind":"vm.close"', 'given:2: found "{\\"kind\\":\\"vm.close\\"", expected one whole JSON object per line'],
    [fileOf() + '[]\n', 'given:2: found "[]", expected a JSON object'],
    [fileOf({ kind: 'kvm.setirq' }), 'found "\\"kind\\":\\"kvm.setirq\\"", expected an event kind (nearest: kvm.set_irq'],
    [fileOf({ ns: 1 }), 'expected an event kind'],
    [fileOf({ kind: 'vm.close', extra: 1 }), 'found "\\"extra\\":1", expected a field of vm.close: ns, on, tid, vm, src'],
    [fileOf({ kind: 'kvm.ack', chip: 1 }), 'expected pin, an integer from 0'],
    [fileOf({ kind: 'kvm.ack', chip: 1, pin: '2' }), 'found "\\"pin\\":\\"2\\"", expected an integer from 0'],
    [fileOf({ kind: 'msix.read', fn: 'a', entry: 0, field: 'vc', val: 1 }), 'expected an unsigned integer below 2^64 (0x hexadecimal text in JSON)'],
    [fileOf({ kind: 'vm.close', src: 'nowhere' }), 'expected a source as file:line name'],
    ['{"irqreplay":2}\n', 'given:1: found "{\\"irqreplay\\":2}", expected a header'],
    ['{"kind":"vm.close"}\n', 'given:1: found "{\\"kind\\":\\"vm.close\\"}", expected a header'],
    ['{"irqreplay":1,"clock":"hours"}\n', 'expected a header'],
    ['{"irqreplay":1,"streams":[{"file":"a"}]}\n', 'expected a header'],
  ])('%j', (text, message) => {
    expect(() => decode(ndjson, text)).toThrow(message);
  });
});

describe('detection', () => {
  test.each(['{"irqreplay":1}\n{"kind":"vm.close"}', '\uFEFF { "base":"1", "irqreplay" : 1 }', '{"ns":0,"kind":"msix.fire"}'])('%j is NDJSON', (text) => {
    expect(ndjson.detect(Buffer.from(text))).toBe(true);
  });
  test.each(['', '{"op":"note"}\n{"irqreplay":1}', '# "irqreplay":1', '{"seq":10,"t0":1,"t1":2,"op":"KVM_IRQFD","ret":0}', '{"kind":"Pod"}'])('%j is not', (text) => {
    expect(ndjson.detect(Buffer.from(text))).toBe(false);
  });
});

test('every event survives the way to a record and back, and zod accepts the record', () => {
  fc.assert(
    fc.property(fc.array(arbitraryEvent, { minLength: 1, maxLength: 3 }), fc.array(fc.nat(200)), (given, pieces) => {
      const records = given.map((event) => eventToRecord(event, FILES));
      for (const record of records) expect(EventRecord.safeParse(JSON.parse(JSON.stringify(record))).error).toBeUndefined();
      const { events, files } = decode(ndjson, fileOf(...records), pieces);
      expect(events.map((event) => placed(event, files))).toEqual(given.map((event) => placed(event, FILES)));
    }),
    { numRuns: 1000 },
  );
});

test('event to text to event to record to event changes nothing', () => {
  fc.assert(
    fc.property(arbitraryEvent, (given) => {
      const litmus = parseIrq(formatEvent(given, FILES), 'x.irq');
      const { events, files } = decode(ndjson, fileOf(...litmus.events.map((event) => eventToRecord(event, litmus.files))));
      expect(events.map((event) => placed(event, files))).toEqual([placed(given, FILES)]);
    }),
    { numRuns: 1000 },
  );
});

test('the reader and the zod schema accept the same records', () => {
  const junk = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constantFrom(-1, 0, 1, 1.5, 256, 2 ** 53, 1e300, '0x1', '0X1', '1', 'a b', '', null, 'edge', 'cfg', 'P', {}, { a: 1 }, { a: 'b' }, []));
  const key = fc.oneof(fc.constantFrom('ns', 'on', 'tid', 'vm', 'kind', 'seq', 'line', 'at'), fc.string());
  fc.assert(
    fc.property(arbitraryEvent, fc.nat(), fc.boolean(), key, junk, (event, pick, known, other, value) => {
      const record = eventToRecord(event);
      const keys = Object.keys(record);
      const name = known ? (keys[pick % keys.length] ?? 'ns') : other;
      fc.pre(name !== 'src' && name !== '__proto__');
      const changed: unknown = JSON.parse(JSON.stringify({ ...record, [name]: value }));
      expect(accepts(changed)).toBe(EventRecord.safeParse(changed).success);
      const without = Object.fromEntries(Object.entries(record).filter(([each]) => each !== name));
      expect(accepts(without)).toBe(EventRecord.safeParse(without).success);
    }),
    { numRuns: 2000 },
  );
});
