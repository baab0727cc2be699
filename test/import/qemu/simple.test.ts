// QEMU's simple back end: the same run as a log and as binary records must give the same events; damage; old versions.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/event.js';
import { TraceError, type Format, type StreamInfo } from '../../../src/import/format.js';
import { qemuLog } from '../../../src/import/qemu/log.js';
import { parseSignatures } from '../../../src/import/qemu/signature.js';
import { qemuSimple } from '../../../src/import/qemu/simple.js';
import { random } from '../../replay.js';

const FOLDER = new URL('../../../traces/formats/qemu-simple/', import.meta.url).pathname;
const read = (name: string): Buffer => gunzipSync(readFileSync(FOLDER + name));

function decode(format: Format, bytes: Buffer, chunk = 65_536): { events: Event[]; info: StreamInfo; error: unknown } {
  const info: StreamInfo = { file: 'q', format: '', recorder: '', clock: 'none', base: 0n, counts: new Map(), lines: 0, losses: [], lossMarks: 0, lostEvents: 0 };
  const decoder = format.open(info, 0);
  const events: Event[] = [];
  try {
    for (let at = 0; at < bytes.length; at += chunk) decoder.push(bytes.subarray(at, at + chunk), events);
    decoder.end(events);
    return { events, info, error: undefined };
  } catch (error) {
    return { events, info, error };
  }
}

/** What a record says, without where it stands and which thread wrote it: the binary form names the process. */
const said = (events: readonly Event[]): unknown[] => events.map((event) => ({ ...event, at: 0, tid: 0, ns: 0 }));

for (const name of ['q-e1000e', 'g-kut-gicv3-ipi']) {
  describe(name, () => {
    const whole = decode(qemuLog, read(`${name}.log.gz`));
    // That resets of an Arm machine show, its threads tell.
    const log = { ...whole, events: whole.events.filter((event) => event.kind !== 'meta.chan' || event.chan !== 'vm.reset' || !event.name.startsWith('gic')) };
    const simple = decode(qemuSimple(), read(`${name}.simple.gz`));

    test('has the counts of the log', () => {
      expect(simple.error).toBeUndefined();
      expect(simple.info.lossMarks).toBe(0);
      expect(simple.info.clock).toBe('ns');
      expect(simple.info.counts).toEqual(log.info.counts);
    });

    test('has the events of the log', () => {
      expect(said(simple.events)).toEqual(said(log.events));
    });

    test('times differ from the log\'s by no more than its microseconds and a moment', () => {
      const drift = simple.events.map(({ ns }, i) => Math.abs(ns - (log.events[i]?.ns ?? Number.NaN)));
      expect(drift.filter((ns) => !(ns < 1e6))).toEqual([]);
    });

    test('the chunks do not matter', () => {
      const bytes = read(`${name}.simple.gz`);
      for (const chunk of [3001, 64]) expect(decode(qemuSimple(), bytes, chunk).events).toEqual(simple.events);
    });
  });
}

describe('damage', () => {
  const bytes = read('q-e1000e.simple.gz');
  const next = random(7);

  test('cut anywhere: what was whole is given, then the place of the rest', () => {
    for (let i = 0; i < 200; i++) {
      const cut = Math.floor(next() * bytes.length);
      const { error, info } = decode(qemuSimple(), bytes.subarray(0, cut));
      expect(error).toBeUndefined();
      for (const { line, what } of info.losses) expect({ what, inside: line <= cut }).toEqual({ what, inside: true });
    }
  });

  test('a flipped byte is harmless, a loss, or an error with its place', () => {
    for (let i = 0; i < 200; i++) {
      const at = 24 + Math.floor(next() * (bytes.length - 24));
      const bad = Buffer.from(bytes);
      bad[at] = (bad[at] ?? 0) ^ (1 + Math.floor(next() * 255));
      const { error, info } = decode(qemuSimple(), bad);
      if (error !== undefined) {
        expect(error).toBeInstanceOf(TraceError);
        expect(String(error)).toMatch(/at byte \d+/);
      }
      expect(info.losses.length).toBeLessThanOrEqual(info.lossMarks);
    }
  });
});

/** A recording of `version` with one record each of `(id, arguments)`. */
function recording(version: bigint, records: readonly [bigint, readonly bigint[]][]): Buffer {
  const u64 = (...values: bigint[]): Buffer => {
    const out = Buffer.alloc(values.length * 8);
    values.forEach((value, i) => out.writeBigUInt64LE(value, i * 8));
    return out;
  };
  const body = records.map(([id, values]) => Buffer.concat([...(version > 3n ? [u64(1n)] : []), u64(id, 1_000_000_000n, BigInt(24 + values.length * 8) | (77n << 32n), ...values)]));
  return Buffer.concat([u64(0xffff_ffff_ffff_ffffn, 0xf2b1_77cb_0aa4_29b4n, version), ...body]);
}

const LIST = 'disable gone(void)\npic_set_irq(bool master, int irq, int level) "master %d irq %d level %d"\n# a comment\n';

describe('versions', () => {
  test('3 numbers its events by the list of its QEMU, comments not counted', () => {
    const { info, error } = decode(qemuSimple(parseSignatures(LIST)), recording(3n, [[1n, [1n, 4n, 0n]]]));
    expect(error).toBeUndefined();
    expect([...info.counts]).toEqual([['pic_set_irq', 1]]);
  });

  test('3 without the list is refused, and --qemu-events is named', () => {
    expect(String(decode(qemuSimple(), recording(3n, [])).error)).toMatch(/--qemu-events/);
  });

  test('others are refused', () => {
    expect(String(decode(qemuSimple(), recording(0n, [])).error)).toMatch(/version 0 at byte 16/);
  });
});

test('dropped events are a loss of so many', () => {
  const { events, info } = decode(qemuSimple(), recording(4n, [[0xffff_ffff_ffff_fffen, [12n]]]));
  expect(info.lostEvents).toBe(12);
  expect(events.map(({ kind }) => kind)).toEqual(['meta.lost']);
});

describe('what no QEMU writes', () => {
  const lossesOf = (values: readonly bigint[]): string[] => decode(qemuSimple(parseSignatures(LIST)), recording(3n, [[1n, values]])).info.losses.map(({ what }) => what);
  const MINUS_ONE = 0xffff_ffff_ffff_ffffn;

  test.each([
    ['a bool of 2', [2n, 4n, 0n]],
    ['an int of 33 bits', [1n, 4n, 1n << 32n]],
    ['a negative int that is not extended', [1n, 4n, 0xffff_fffen]],
    ['a pin that an 8259 has not', [1n, 8n, 0n]],
  ])('%s is a loss', (_, values) => {
    expect(lossesOf(values)).toHaveLength(1);
  });

  test('a negative int is none', () => {
    expect(lossesOf([1n, 4n, MINUS_ONE])).toEqual([]);
  });

  /** Version 4: names, then a record of event 1. */
  const named = (...names: readonly (readonly [bigint, string])[]): ReturnType<typeof decode> => {
    const whole = recording(4n, [[1n, [1n, 4n, 0n]]]);
    const mapping = names.map(([id, name]) => {
      const head = Buffer.alloc(20);
      head.writeBigUInt64LE(id, 8);
      head.writeUInt32LE(name.length, 16);
      return Buffer.concat([head, Buffer.from(name)]);
    });
    return decode(qemuSimple(), Buffer.concat([whole.subarray(0, 24), ...mapping, whole.subarray(24)]));
  };

  test('a name with a wrong letter is a loss, that of an event which is not read is none', () => {
    expect(named([1n, 'pic_sft_irq']).info.losses.map(({ what }) => what)).toEqual([expect.stringContaining('pic_set_irq')]);
    expect(named([1n, 'pic_sft_irq'], [2n, 'pic_set_irq']).info.losses).toEqual([]);
    expect(named([1n, 'slavio_set_irq']).info.losses).toEqual([]);
  });

  test('two names of one event are refused, the same one twice is not', () => {
    expect(String(named([1n, 'pic_set_irq'], [1n, 'pic_update_irq']).error)).toMatch(/at byte 63/);
    expect(named([1n, 'pic_set_irq'], [1n, 'pic_set_irq']).error).toBeUndefined();
  });

  test('an access of a thousand million bytes is a loss, and costs nothing', () => {
    const list = parseSignatures('gicv3_dist_write(uint64_t offset, uint64_t data, unsigned size, bool secure) "GICv3 distributor write: offset 0x%" PRIx64 " data 0x%" PRIx64 " size %u secure %d"');
    const { info } = decode(qemuSimple(list), recording(3n, [[0n, [0xf4n, 0xffff_ffffn, 0x5200_0004n, 0n]]]));
    expect(info.lossMarks).toBe(1);
  });
});

test('a record that is not as long as its arguments is a loss', () => {
  const { info } = decode(qemuSimple(parseSignatures(LIST)), recording(3n, [[1n, [1n]]]));
  expect(info.losses.map(({ n }) => n)).toEqual([1]);
});
