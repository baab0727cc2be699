// One order of several streams: by time, stable within a stream, calls before their consequences.

import { describe, expect, test } from 'vitest';
import type { Stream } from '../../src/order/input.js';
import { mergeStreams } from '../../src/order/merge.js';
import { ofKind } from '../import/ioctl/log.js';
import { tracefs } from '../../src/import/ftrace/tracefs.js';
import { decode } from '../import/decode.js';
import { line } from '../import/ftrace/text.js';
import { infoOf, logStream, isEnd, merged, mergedWhole, shown, streamOf, traceStream, written } from './streams.js';

const EOI = 'apic.eoi cpu=0 vec=65';

test('a single stream passes through: the very same batches', async () => {
  const first = written(0, `@5 ${EOI}`, EOI);
  const second = written(0, EOI);
  const batches: unknown[] = [];
  const stream = {
    info: infoOf('a', 0n, 'none'),
    async *batches() {
      yield first;
      yield second;
    },
  };
  for await (const batch of mergeStreams([stream])) batches.push(batch);
  expect(batches[0]).toBe(first);
  expect(batches[1]).toBe(second);
  expect(Number.isNaN(second[0]?.ns)).toBe(true);
});

test('nothing comes of no streams', async () => {
  expect(await merged()).toEqual([]);
});

const atDifferentBases = () => [
  streamOf(infoOf('a', 1_000_000_000_050n), written(0, `@0 ${EOI}`, `@100 ${EOI}`)),
  streamOf(infoOf('b', 1_000_000_000_000n), written(1, `@0 ${EOI}`, `@60 ${EOI}`, `@60 ${EOI}`, `@200 ${EOI}`)),
] as const;

test('times count from the earliest base, whichever stream is given first', async () => {
  const expected = ['0 1 apic.eoi', '50 0 apic.eoi', '60 1 apic.eoi', '60 1 apic.eoi', '150 0 apic.eoi', '200 1 apic.eoi'];
  const [a, b] = atDifferentBases();
  expect(shown(await merged(a, b))).toEqual(expected);
  const [c, d] = atDifferentBases();
  expect(shown(await merged(d, c))).toEqual(expected);
});

test('equal times: the stream given first comes first, and within a stream the order stays', async () => {
  const a = written(0, `@10 ${EOI}`, `@10 ${EOI}`, `@20 ${EOI}`);
  const b = written(1, `@10 ${EOI}`, `@20 ${EOI}`);
  const events = await merged(streamOf(infoOf('a', 0n), a), streamOf(infoOf('b', 0n), b, 1));
  expect(events.map(({ stream, at }) => `${stream}:${at}`)).toEqual(['0:1', '0:2', '1:1', '0:3', '1:2']);
});

test('a step back in time stays where the stream has it', async () => {
  const a = written(0, `@10 ${EOI}`, `@5 ${EOI}`, `@30 ${EOI}`);
  const b = written(1, `@7 ${EOI}`, `@20 ${EOI}`);
  const events = await merged(streamOf(infoOf('a', 0n), a), streamOf(infoOf('b', 0n), b));
  expect(events.map(({ stream, at }) => `${stream}:${at}`)).toEqual(['1:1', '0:1', '0:2', '1:2', '0:3']);
});

test('a note without a time stays behind the event before it', async () => {
  const a = written(0, 'meta.note text="start"', `@10 ${EOI}`, 'meta.note text="after 10"', `@30 ${EOI}`);
  const events = await merged(streamOf(infoOf('a', 0n), a), streamOf(infoOf('b', 0n), written(1, `@5 ${EOI}`, `@15 ${EOI}`)));
  expect(events.map(({ stream, at }) => `${stream}:${at}`)).toEqual(['0:1', '1:1', '0:2', '0:3', '1:2', '0:4']);
});

test('a signal comes before its message although the stamp of the message is rounded to before it', async () => {
  const log = written(0, '@5600 efd.signal fd=8 [5600,9000]');
  const trace = written(1, `@1000 ${EOI}`, '@5000 kvm.msi dst=0 vec=65 dm=0 logical=0 trig=edge taken=1', `@20000 ${EOI}`);
  expect(shown(await merged(streamOf(infoOf('log', 0n), log), streamOf(infoOf('trace', 0n), trace)))).toEqual([
    '1000 1 apic.eoi', '5600 0 efd.signal', '5000 1 kvm.msi', '20000 1 apic.eoi',
  ]);
});

test('what a deassign still let through comes before it, and the next signal of the log after it', async () => {
  const log = written(0, '@5600 kvm.irqfd.deassign fd=8 gsi=24 ret=0 [4000,5600]', '@6000 efd.signal fd=8 [6000,7000]');
  const trace = written(1, '@5700 kvm.set_irq gsi=24 level=1 source=0', '@6100 kvm.set_irq gsi=24 level=0 source=0', '@9000 meta.note text="end"');
  expect(shown(await merged(streamOf(infoOf('log', 0n), log), streamOf(infoOf('trace', 0n), trace)))).toEqual([
    '5600 0 kvm.irqfd.deassign', '5700 1 kvm.set_irq', '6000 0 efd.signal', '6100 1 kvm.set_irq', '9000 1 meta.note',
  ]);
  const sameTime = written(1, '@5600 kvm.set_irq gsi=24 level=1 source=0', '@9000 meta.note text="end"');
  const [first] = await merged(streamOf(infoOf('log', 0n), log), streamOf(infoOf('trace', 0n), sameTime));
  expect(first?.stream).toBe(1);
});

test.each(['a01', 'a05', 'a06', 'a07', 'c01'])('%s: every message has its signal before it', async (name) => {
  const events = await merged(logStream(name, 0), traceStream(name, 1));
  // In these recordings no message comes but from a signal or from what an eventfd held at its assign.
  const surplus = events.map((event) => (event.kind === 'efd.signal' || event.kind === 'kvm.irqfd.assign' ? 1 : event.kind === 'kvm.msi' ? -1 : 0));
  const sums = surplus.map((_, index) => surplus.slice(0, index + 1).reduce<number>((sum, each) => sum + each, 0));
  expect(Math.min(...sums)).toBeGreaterThanOrEqual(0);
  expect(ofKind(events, 'kvm.msi').length).toBeGreaterThan(0);
});

test('a trace with probes on the calls of a complete log tells them twice: they are given once', async () => {
  const log = written(0, '@0 meta.chan chan=kvm.irqfd.assign cover=full', '@5000 kvm.irqfd.assign fd=8 gsi=24 flags=0 ret=0 [5000,9000]', `@20000 ${EOI}`);
  const trace = written(1, '@8000 kvm.irqfd.assign fd=8 gsi=24 flags=0 ret=0', '@8000 kvm.routes nr=0 map=""', `@20000 ${EOI}`);
  expect(shown(await merged(streamOf(infoOf('log', 0n), log), streamOf(infoOf('trace', 0n), trace)))).toEqual([
    '0 0 meta.chan', '5000 0 kvm.irqfd.assign', '8000 1 kvm.routes', '20000 0 apic.eoi', '20000 1 apic.eoi',
  ]);
});

test('streams without comparable times are refused', async () => {
  const good = () => streamOf(infoOf('a.txt', 0n), written(0, `@0 ${EOI}`));
  await expect(merged(good(), streamOf(infoOf('b.txt', 0n, 'integer'), written(1, `@0 ${EOI}`)))).rejects.toThrow('b.txt:1: found "times in an unknown unit"');
  await expect(merged(good(), streamOf(infoOf('b.irq', 0n, 'none'), written(1, EOI)))).rejects.toThrow('b.irq:1: found "events without times"');
  await expect(merged(good(), streamOf(infoOf('b.irq', 0n), written(1, `@0 ${EOI}`, EOI)))).rejects.toThrow(/b\.irq:2: .*trace-cmd record -C mono/);
});

test('a trace whose times count from its own first event shares them with none, and may be put beside another by an offset', async () => {
  const afloat = { ...infoOf('perf.txt', 0n, 'seconds'), format: 'perf-script' };
  const other = (more: Partial<Stream> = {}) => ({ ...streamOf(infoOf('a.txt', 100n), written(0, `@0 ${EOI}`)), ...more });
  const own = (more: Partial<Stream> = {}) => ({ ...streamOf(afloat, written(1, `@0 ${EOI}`, `@200 ${EOI}`)), ...more });
  await expect(merged(other(), own())).rejects.toThrow('perf.txt:1: found "times that count from its first event"');
  expect(shown(await merged(other(), own({ offset: { ns: 50n, uncertainty: 0 } })))).toEqual(['0 1 apic.eoi', '50 0 apic.eoi', '200 1 apic.eoi']);
  expect(shown(await merged(other({ offset: { ns: 0n, uncertainty: 0 } }), own()))).toEqual(['0 1 apic.eoi', '100 0 apic.eoi', '200 1 apic.eoi']);
});

test('sources are closed when the reader stops', async () => {
  const closed: string[] = [];
  const endless = (name: string, stream: number) => ({
    info: infoOf(name, 0n),
    async *batches() {
      try {
        for (let at = 0; ; at += 1000) yield written(stream, ...Array.from({ length: 1000 }, () => `@${at} on=${stream} ${EOI}`));
      } finally {
        closed.push(name);
      }
    },
  });
  for await (const batch of mergeStreams([endless('a', 0), endless('b', 1)])) {
    expect(batch.length).toBeLessThan(10_000);
    break;
  }
  expect(closed).toEqual(['a', 'b']);
});

test('a stream that ends while another goes on is said to show nothing any more', async () => {
  const short = streamOf(infoOf('short', 1_000_000_000n), written(0, '@0 fd.open fd=3', '@5000 fd.close fd=3'));
  const long = streamOf(infoOf('long', 1_000_000_000n), written(1, '@0 fd.open fd=4', '@5000 apic.eoi cpu=0 vec=66', '@5001 apic.eoi cpu=0 vec=67', '@200000000 apic.eoi cpu=0 vec=68'));
  const events = await mergedWhole(short, long);
  expect(events.map((event) => (event.kind === 'apic.eoi' ? event.vec : `${event.kind} ${event.stream}`))).toEqual(['fd.open 0', 'fd.open 1', 'fd.close 0', 66, 'meta.chan 0', 67, 68]);
  expect(events.filter(isEnd)).toHaveLength(1);
});

describe('a stream that begins while another shows the machine at work', () => {
  const later = written(1, '@0 on=1 meta.note text=x', '@9000 on=1 apic.eoi cpu=0 vec=66', '@9001 on=1 apic.eoi cpu=0 vec=67');
  const beside = async (...lines: string[]): Promise<string[]> => {
    const events = await mergedWhole(streamOf(infoOf('first', 1_000_000_000n), written(0, ...lines)), streamOf(infoOf('later', 1_000_000_000n), later));
    return events.filter((event) => !isEnd(event)).map((event) => `${event.kind} ${event.stream}`);
  };

  test('may have been on before, or not', async () => {
    expect(await beside('@0 efd.signal fd=3', '@9001 fd.close fd=3')).toEqual(['efd.signal 0', 'meta.note 1', 'meta.lost 1', 'apic.eoi 1', 'fd.close 0', 'apic.eoi 1']);
  });

  test.each(['fd.open fd=3', 'kvm.routes nr=0 map=""', 'kvm.irqfd.assign fd=3 gsi=4 flags=0 ret=0', 'vm.reset state=reset', 'apic.read cpu=0 reg=isr word=1 val=0'])(
    'not where that is no more than set up, or read: %s',
    async (line) => {
      expect(await beside(`@0 ${line}`)).not.toContain('meta.lost 1');
    },
  );
});

test('what two streams tell is told by the other once that which tells all of it has ended', async () => {
  const routes = (n: number): string => `kvm.routes nr=1 map="1:ioapic.${n}"`;
  const log = streamOf(infoOf('log', 1_000_000_000n), written(0, '@0 meta.chan chan=kvm.routes cover=full', `@1000 ${routes(1)} [1000,2000]`));
  const trace = streamOf(infoOf('trace', 1_000_000_000n), written(1, '@0 fd.open fd=3', `@1500 ${routes(1)}`, `@2900 ${routes(1)}`, `@9000 ${routes(2)}`));
  const events = await merged(log, trace);
  // a stamp may be a microsecond after the call
  expect(events.filter(({ kind }) => kind === 'kvm.routes').map(({ ns, stream }) => [ns, stream])).toEqual([[1000, 0], [9000, 1]]);
});

test('what a log tells within a gap of a trace comes before the end of the gap', async () => {
  const eoi = (us: number): string => `${line(7, 0, us, 'kvm_eoi: apicid 0 vector 81')}`;
  const { events: trace } = decode(tracefs, `${eoi(1_000_000)}CPU:0 [LOST 3 EVENTS]\n${eoi(1_000_500)}`);
  const log = written(1, '@0 apic.eoi cpu=1 vec=66', '@200000 apic.read cpu=0 reg=isr word=1 val=4', '@900000 apic.eoi cpu=1 vec=67');
  const events = await merged(streamOf(infoOf('trace', 1_000_000_000n), trace), streamOf(infoOf('log', 1_000_000_000n), log));
  expect(shown(events.filter(({ kind }) => kind !== 'meta.chan' && kind !== 'kvm.set_lapic'))).toEqual([
    '0 0 apic.eoi', '0 1 apic.eoi', '200000 1 apic.read', '500000 0 meta.lost', '500000 0 apic.eoi', '900000 1 apic.eoi',
  ]);
});
