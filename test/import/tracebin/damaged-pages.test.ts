// Pages, records and descriptions with a wrong byte in them: what no kernel writes is a loss, and what is found meanwhile does not stand.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../../src/analyze.js';
import { inMemory } from '../../../src/import/random-access.js';
import { traceDat } from '../../../src/import/trace-dat.js';
import { CpuRecords } from '../../../src/import/tracebin/cpu-records.js';
import { readEventFormat } from '../../../src/import/tracebin/event-format.js';
import { EventTypes } from '../../../src/import/tracebin/event-types.js';
import { PlainPages } from '../../../src/import/tracebin/pages.js';
import { Reference } from '../../../src/import/tracebin/reference.js';
import { RULES } from '../../../src/rules/index.js';
import { numbers, readFile, sample, type ReadFile } from '../binary.js';

const PAGE = 128;
const LAYOUT = { pageSize: PAGE, commit: 8, commitSize: 8, data: 16 } as const;
const EOI = `name: kvm_eoi
ID: 300
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:__u32 apicid;	offset:8;	size:4;	signed:0;
	field:int vector;	offset:12;	size:4;	signed:1;

print fmt: "apicid %x vector %d", REC->apicid, REC->vector
`;

const STACK = `name: kernel_stack
ID: 4
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:unsigned char common_flags;	offset:2;	size:1;	signed:0;
	field:unsigned char common_preempt_count;	offset:3;	size:1;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;

	field:int size;	offset:8;	size:4;	signed:1;
	field:unsigned long caller[8];	offset:16;	size:64;	signed:0;

print fmt: "\t=> %ps\n", (void *)REC->caller[0]
`;

/** A page at `stamp` with events of 16 bytes, each so many ns behind the one before. */
function page(stamp: bigint, ...deltas: readonly number[]): Buffer {
  const bytes = Buffer.alloc(PAGE);
  bytes.writeBigUInt64LE(stamp, 0);
  bytes.writeUInt32LE(deltas.length * 20, 8);
  for (const [i, delta] of deltas.entries()) {
    bytes.writeUInt32LE(delta * 32 + 4, 16 + i * 20);
    bytes.writeUInt16LE(300, 20 + i * 20);
  }
  return bytes;
}

/** Times of the events, and the damage told in front of each and at the end. */
const read = (...pages: readonly Buffer[]): { times: number[]; damage: string[] } => readCounted(0, ...pages);

function readCounted(dropped: number, ...pages: readonly Buffer[]): { times: number[]; damage: string[] } {
  const bytes = Buffer.concat(pages);
  const types = new EventTypes();
  types.add(EOI);
  types.add(STACK);
  const run = new PlainPages({ file: 'f', bytes: inMemory(bytes, { unpack: () => Buffer.alloc(0) }), pageSize: PAGE }, { offset: 0, size: bytes.length }, 1);
  const records = new CpuRecords(run, { cpu: 0, buffer: 0, layout: LAYOUT, types, reference: new Reference(), stats: { cpu: 0, overrun: 0, dropped } });
  const times: number[] = [];
  const damage: string[] = [];
  for (let more = records.next(); ; more = records.next()) {
    damage.push(...records.gaps.map((gap) => gap.damage));
    if (!more) return { times, damage };
    times.push(records.time);
  }
}

describe('a page', () => {
  const SECOND = page(2000n, 0);

  test('that is sound gives its events', () => {
    expect(read(page(1000n, 0, 10, 990), SECOND)).toEqual({ times: [0, 10, 1000, 1000], damage: [] });
  });

  test('whose records last longer than to the next page is lost', () => {
    expect(read(page(1000n, 0, 10, 991), SECOND)).toEqual({ times: [0], damage: ['a damaged page at byte 0'] });
  });

  test('in front of an empty one may last as long as it likes', () => {
    expect(read(page(1000n, 0, 10, 991), page(0n)).times).toEqual([0, 10, 1001]);
  });

  test.each([
    ['shorter', 3],
    ['longer', 6],
  ])('with an event %s than its description says is lost', (_, words) => {
    const bytes = page(1000n, 0, 10, 20);
    bytes.writeUInt32LE(words, 16);
    expect(read(bytes, SECOND)).toEqual({ times: [0], damage: ['a damaged page at byte 0'] });
  });

  test.each([1, 7, 9])('with a stack of %i callers is sound, whatever number its description gives', (callers) => {
    const bytes = Buffer.alloc(PAGE);
    page(1000n, 0).copy(bytes);
    bytes.writeUInt32LE(20 + 4 + 16 + callers * 8, 8);
    bytes.writeUInt32LE(10 * 32 + (16 + callers * 8) / 4, 36);
    bytes.writeUInt16LE(4, 40);
    expect(read(bytes, SECOND)).toEqual({ times: [0, 10, 1000], damage: [] });
  });

  test('of a buffer that was full may have lost something behind it, the last one, too', () => {
    const full = 'events may have been dropped here: the buffer was full';
    expect(readCounted(3, page(1000n, 0, 10), SECOND)).toEqual({ times: [0, 10, 1000], damage: [full, full] });
    expect(readCounted(3, page(1000n, 0, 10))).toEqual({ times: [0, 10], damage: [full] });
  });

  test('that is cut off is told, with what is there of it', () => {
    expect(read(page(1000n, 0, 10), SECOND.subarray(0, 100))).toEqual({ times: [0, 10], damage: ['100 bytes of a page that was cut off, behind byte 128'] });
    expect(read(page(1000n, 0, 10)).damage).toEqual([]);
  });

  test('whose length ends within a record is lost', () => {
    const bytes = page(1000n, 0, 10, 20);
    bytes.writeUInt32LE(44, 8);
    expect(read(bytes, SECOND).times).toEqual([0]);
  });

  test('at the end of a CPU is told at the end of all, when it may have lost anything since', () => {
    const bytes = sample('trace-dat/steps.v6.dat');
    // the length of the only page of CPU 1
    bytes.writeUInt8(0xff, 40_960 + 10);
    const { events, info } = readFile(traceDat, bytes);
    expect(info.losses.map(({ what }) => what)).toEqual(['CPU:1 [a damaged page at byte 40960]']);
    expect(events.findIndex(({ kind }) => kind === 'meta.lost')).toBe(events.length - 1);
    expect(violations({ events })).toEqual([]);
  });
});

describe('a description', () => {
  test('of the kernel has nothing wrong', () => {
    expect(readEventFormat(EOI)?.wrong).toBeUndefined();
  });

  test.each([
    ['a field that overlaps', 'offset:12', 'offset:10'],
    ['a field far behind the others', 'offset:12', 'offset:20'],
    ['a field that is printed and not there', 'int vector', 'int veczor'],
    ['a name that is none', 'name: kvm_eoi', 'name: kvm\u0001eoi'],
  ])('with %s is told wrong', (_, from, to) => {
    expect(readEventFormat(EOI.replace(from, to))?.wrong).toBeTypeOf('string');
  });

  const flaws = (...texts: readonly string[]): (string | undefined)[] => {
    const types = new EventTypes();
    for (const text of texts) types.add(text);
    types.settle();
    return [300, 301].map((id) => types.find(id)?.flaw);
  };

  test('with a wrong letter in the name of an event that is missing is told', () => {
    expect(flaws(EOI.replace('kvm_eoi', 'kvm_eni'))).toEqual([expect.stringContaining('kvm_eoi'), undefined]);
    expect(flaws(EOI, EOI.replace('kvm_eoi', 'kvm_eni').replace('300', '301'))).toEqual([undefined, undefined]);
  });

  test('with the number of another event is told', () => {
    expect(flaws(EOI, EOI.replace('kvm_eoi', 'kvm_age_hva'))).toEqual([expect.stringContaining('kvm_eoi'), undefined]);
    expect(flaws(EOI, EOI)).toEqual([undefined, undefined]);
  });

  test('of ksm_exit is not taken for a kvm_exit', () => {
    expect(flaws(EOI.replace('kvm_eoi', 'ksm_exit'))).toEqual([undefined, undefined]);
  });
});

test('a record of a vCPU, or of a thread, that no machine has is a loss', () => {
  const lossesWith = (at: number): string[] => {
    const bytes = sample('trace-dat/steps.v6.dat');
    bytes.writeUInt8(0x40, at);
    return readFile(traceDat, bytes).info.losses.map(({ what }) => what.replace(/\d+/, 'N'));
  };
  const whole = sample('trace-dat/steps.v6.dat');
  const [, id = ''] = /name: kvm_apic_accept_irq\nID: (\d+)/.exec(whole.toString('latin1')) ?? [];
  // behind its id, flags, preempt count and thread
  const record = whole.indexOf(Buffer.from(Uint16Array.of(Number(id)).buffer), 36_864);
  expect(record).toBeGreaterThan(0);
  const expected = ['kvm_apic_accept_irq: found a record of thread N that no kernel writes'];
  expect([lossesWith(record + 7), lossesWith(record + 9), lossesWith(record + 8)]).toEqual([expected, expected, []]);
});

function violations({ events }: Pick<ReadFile, 'events'>): string[] {
  const replay = new Replay({ rules: RULES });
  replay.feed(events);
  return replay.findings().filter(({ severity }) => severity === 'violation').map(({ rule, entity }) => `${rule} ${entity}`);
}

describe.each(['steps.v6.dat', 'steps.v7-none.dat', 'loss.v7-zstd.dat'])('%s, which is healthy', (name) => {
  const whole = sample(`trace-dat/${name}`);

  test('has no violation where it is cut off', () => {
    const random = numbers(3);
    const cuts = Array.from({ length: 100 }, () => whole.subarray(0, random(whole.length)));
    expect(cuts.flatMap((cut) => violations(readFile(traceDat, cut)))).toEqual([]);
  });

  test('has none with a wrong byte either, but where one number reads as another that can be', () => {
    const random = numbers(5);
    const wrong = Array.from({ length: 300 }, () => {
      const bytes = Buffer.from(whole);
      const at = random(bytes.length);
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 + random(255)), at);
      return violations(readFile(traceDat, bytes));
    });
    expect(wrong.filter((each) => each.length > 0).length).toBeLessThanOrEqual(1);
  });
});
