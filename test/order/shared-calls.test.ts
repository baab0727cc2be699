// A call that its log and the trace both show is one event, in the trace's place, with the call's result.

import { expect, test } from 'vitest';
import type { Event } from '../../src/event.js';
import { ofKind } from '../import/ioctl/log.js';
import { infoOf, logStream, merged, shown, streamOf, traceStream, written } from './streams.js';

const both = async (log: readonly Event[], trace: readonly Event[]): Promise<Event[]> =>
  merged(streamOf(infoOf('log', 0n), log), streamOf(infoOf('trace', 0n), trace));
const REST = '@900000 apic.eoi cpu=0 vec=65';

test.each(['a03', 'a07'])('%s: every KVM_IRQ_LINE is the line that the trace shows, with its status', async (name) => {
  const calls = ofKind(await merged(logStream(name, 0)), 'kvm.set_irq');
  const lines = ofKind(await merged(logStream(name, 0), traceStream(name, 1)), 'kvm.set_irq');
  // 26 lines in a03.raw.txt, 9 in a07.raw.txt (grep -c kvm_set_irq); 6 of a07 are a worker's.
  expect(lines).toHaveLength(name === 'a03' ? 26 : 9);
  expect(lines.every(({ stream }) => stream === 1)).toBe(true);
  expect(lines.filter(({ ret }) => ret !== undefined).map(({ gsi, level, ret }) => [gsi, level, ret])).toEqual(
    calls.filter(({ ret }) => ret !== undefined).map(({ gsi, level, ret }) => [gsi, level, ret]),
  );
});

test('a04: every KVM_SIGNAL_MSI is the message that the trace shows, with address, data and the number of takers', async () => {
  const messages = ofKind(await merged(logStream('a04', 0), traceStream('a04', 1)), 'kvm.msi');
  expect(messages).toHaveLength(37);
  expect(messages.every(({ stream, addr, data }) => stream === 1 && addr !== undefined && data !== undefined)).toBe(true);
  // The broadcast after INIT: two accept lines, one taker.
  expect(messages.find(({ data }) => data === 0x63)).toMatchObject({ dst: 0xff, taken: 1 });
  expect(messages.map(({ taken }) => taken).filter((taken) => taken === 0)).toHaveLength(6);
});

test('a call that the trace does not show stands where it begins, before what it set off', async () => {
  const log = written(0, '@5000 kvm.set_irq gsi=4 level=1 source=0 ret=1 [5000,9000]');
  const trace = written(1, '@7000 apic.accept cpu=0 vec=68 trig=level dm=0', REST);
  expect(shown(await both(log, trace))).toEqual(['5000 0 kvm.set_irq', '7000 1 apic.accept', '900000 1 apic.eoi']);
});

const oneCall = (): Event[] => written(0, '@5000 kvm.set_irq gsi=4 level=1 source=0 ret=1 [5000,9000]', '@50000 meta.note text="later"');

test('only the same line, of source 0, within the call', async () => {
  const near = ['@7000 kvm.set_irq gsi=5 level=1 source=0', '@7000 kvm.set_irq gsi=4 level=0 source=0', '@7000 kvm.set_irq gsi=4 level=1 source=1', '@3000 kvm.set_irq gsi=4 level=1 source=0', '@11000 kvm.set_irq gsi=4 level=1 source=0'];
  for (const line of near) {
    const lines = ofKind(await both(oneCall(), written(1, line, REST)), 'kvm.set_irq');
    expect(lines.map(({ stream, ret }) => [stream, ret]).sort()).toEqual([[0, 1], [1, undefined]]);
  }
  for (const time of [4001, 5000, 9000, 9999]) {
    const lines = ofKind(await both(oneCall(), written(1, `@${time} kvm.set_irq gsi=4 level=1 source=0`, REST)), 'kvm.set_irq');
    expect(lines.map(({ stream, ret }) => [stream, ret])).toEqual([[1, 1]]);
  }
});

test('each call takes one line, in order', async () => {
  const log = written(0, '@5000 kvm.set_irq gsi=4 level=1 source=0 ret=1 [5000,9000]', '@10000 kvm.set_irq gsi=4 level=1 source=0 ret=0 [10000,12000]');
  const trace = written(1, '@6000 kvm.set_irq gsi=4 level=1 source=0', '@11000 kvm.set_irq gsi=4 level=1 source=0', REST);
  expect(ofKind(await both(log, trace), 'kvm.set_irq').map(({ at, ret }) => [at, ret])).toEqual([[1, 1], [2, 0]]);
});

test('an MSI whose destination the log cannot tell', async () => {
  const log = written(0, '@5000 kvm.msi addr=0x100fee00000 data=0x41 vec=0x41 dm=0 logical=0 trig=edge taken=1 [5000,9000]');
  const trace = written(1, '@6000 kvm.msi dst=256 vec=0x41 dm=0 logical=0 trig=edge taken=0', REST);
  expect(ofKind(await both(log, trace), 'kvm.msi')).toMatchObject([{ stream: 1, dst: 256, addr: 0x100fee00000n, data: 0x41, taken: 1 }]);
});

test('a call that lasts too long is waited for without holding everything back', async () => {
  const log = written(0, '@5000 kvm.set_irq gsi=4 level=1 source=0 ret=1 [5000,90000000]', '@95000000 meta.note text="end"');
  const busy = Array.from({ length: 10_000 }, (_, index) => `@${6000 + index * 1000} apic.eoi cpu=0 vec=65`);
  const shownByTrace = await both(log, written(1, ...busy, '@80000000 kvm.set_irq gsi=4 level=1 source=0', '@96000000 apic.eoi cpu=0 vec=65'));
  expect(ofKind(shownByTrace, 'kvm.set_irq').map(({ stream, ret }) => [stream, ret])).toEqual([[1, 1]]);
  const lost = await both(log, written(1, ...busy, '@96000000 apic.eoi cpu=0 vec=65'));
  expect(ofKind(lost, 'kvm.set_irq').map(({ stream, ns }) => [stream, ns])).toEqual([[0, 90000000]]);
  expect(lost).toHaveLength(10_003);
});
