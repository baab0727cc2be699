// Each text is taken by one format; layouts without what an analysis needs are refused with a command that prints a readable one.

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { perfScript } from '../../../src/import/ftrace/perf-script.js';
import { traceCmd } from '../../../src/import/ftrace/trace-cmd.js';
import { tracefs } from '../../../src/import/ftrace/tracefs.js';
import { decode } from '../decode.js';
import { capture, thread } from './text.js';

const FORMATS = [tracefs, traceCmd, perfScript];
const takers = (head: string | Buffer): string[] => FORMATS.filter((format) => format.detect(Buffer.from(head))).map(({ name }) => name);

const folder = new URL('../../../traces/formats/', import.meta.url);
const CAPTURES = ['tracefs', 'trace-cmd', 'perf-script'].flatMap((dialect) => readdirSync(new URL(dialect, folder)).filter((name) => !name.endsWith('.expect')).map((name) => [dialect, `${dialect}/${name}`] as const));

describe('detection', () => {
  test.each(CAPTURES)('%s takes %s', (dialect, name) => {
    const text = capture(name);
    expect(takers(text)).toEqual([dialect]);
    // The head may end anywhere, and header lines may be gone.
    expect(takers(text.slice(0, 2_000))).toEqual([dialect]);
    expect(takers(text.replace(/^(?:#.*\n|cpus=.*\n)*/, ''))).toEqual([dialect]);
  });

  test.each([
    ['trace_pipe without flags', '         irqedge-740     [001]    13.421503: kvm_eoi: apicid 0 vector 64\n', 'tracefs'],
    ['a loss mark of the kernel first', 'CPU:1 [LOST 156 EVENTS]\n', 'tracefs'],
    ['a loss mark of trace-cmd first', 'CPU:1 [156 EVENTS DROPPED]\n', 'trace-cmd'],
    ['names too long for padding, with flags', '         irqedge-740     [001] .....    13.421503: kvm_set_routing_entry: (x) gsi=0\n', 'tracefs'],
    ['names too long for padding, without', '         irqedge-740   [001]    13.421503: kvm_set_routing_entry: (ffffffffc04699d0) gsi=0\n', 'trace-cmd'],
    ['events of perf that are no tracepoints', '             tsc 20259 [000]  2094.695215:     254317               cpu-clock:            433c9e [unknown] (/usr/bin/tsc)\n'.repeat(300), 'perf-script'],
    ['records of perf', '         swapper     0 [000]     0.000000: PERF_RECORD_MMAP -1/0: [0xffffffff81000000(0x1276f48) @ 0xffffffff81000000]: x [kernel.kallsyms]_text\n'.repeat(300), 'perf-script'],
    ['a head that ends in a line', thread('kvm_eoi: apicid 0 vector 64', 'kvm_eoi: apicid 0 vector 64').slice(0, -30), 'tracefs'],
  ])('%s', (_, text, name) => {
    expect(takers(text)).toEqual([name]);
  });

  test.each(['', '\n\n', '# a comment\nkvm.ack chip=2 pin=4\n', '{"op":"note","t0":1}\n', '26902@1795218978.599811:pic_set_irq master 1 irq 0 level 0\n', 'PERFILE2', '\x17\x08\x44tracing6'])('nobody takes %j', (text) => {
    expect(takers(text)).toEqual([]);
  });
});

describe('refused', () => {
  test('raw fields: bases and casts differ from the text', () => {
    expect(() => decode(traceCmd, capture('trace-cmd/raw-fields.txt'))).toThrow(
      'given:2: found "kvm_apic: rw=1 reg=240 val=0x1ff", expected the events as text: run trace-cmd report without -R',
    );
  });

  test.each([
    ['raw fields of trace-cmd 3.4', '        irqfd-gen-113   [001]-0x1     5.768899: kvm_apic:              rw=1\n', traceCmd, 'without -R'],
    ['the option fields', thread('kvm_set_irq: gsi=0x4 (4) level=0x0 (0) irq_source_id=0x0 (0)'), tracefs, 'raw, hex, bin and fields to 0'],
    ['the option raw', '22094 1 1322491129271 type: 225\n', tracefs, 'raw, hex, bin and fields to 0'],
    ['the option hex', '000074b4 00000000 0000011dbf61c344 type: 104\n\n', tracefs, 'raw, hex, bin and fields to 0'],
    ['the option bin', '\xb4t\0\0\0\0\0\0If\xe8\x06\x1e\x01\0\0type: 104\n\n', tracefs, 'raw, hex, bin and fields to 0'],
    [
      'the options latency-format and verbose',
      '     kworker/1:2     704   1 0 00000000 00000001 [48f90841] 40.105ms (+0.003ms): kvm_set_irq: gsi 10 level 1 source 1\n',
      tracefs,
      'verbose to 0',
    ],
    ['no context', 'kvm_set_irq: gsi 4 level 0 source 0\n', tracefs, 'context-info to 1'],
    ['perf trace', '     0.000 qemu-system-x8/26848 kvm:kvm_set_irq()\n', perfScript, 'the output of perf script'],
    ['perf script without a thread', ' 1602.009857:         kvm:kvm_set_irq: gsi 0 level 0 source 0\n', perfScript, '-F comm,tid,cpu,time,event,trace'],
    ['perf script without a time', ' qemu-system-x86 26720 [001]         kvm:kvm_set_irq: gsi 0 level 0 source 0\n', perfScript, '-F comm,tid,cpu,time,event,trace'],
  ])('%s', (_, text, format, advice) => {
    expect(takers(text)).toEqual([format.name]);
    expect(() => decode(format, text)).toThrow(advice);
  });

  /** As perf 6.1 prints steps.perf.data, by the times it gives. */
  const perf = (...times: readonly string[]): string => times.map((time) => `       irqfd-gen   116 [000] ${time}:             kvm:kvm_eoi: apicid 0 vector 64\n`).join('');
  const ABSOLUTE = ['5.769319', '5.783830', '5.785072', '5.785244', '5.785307', '5.785400', '5.785500', '5.785600', '5.785700'];
  const DELTAS = ['0.000000', '0.014511', '0.001241', '0.000172', '0.000062', '0.000093', '0.000100', '0.000100', '0.000100'];
  const RELATIVE = ['0.000000', '0.014511', '0.015752', '0.015925', '0.015988', '0.016081', '0.016181', '0.016281', '0.016381'];

  test.each([
    ['from the first line on', DELTAS, 3],
    ['from a later one on', DELTAS.slice(1), 2],
  ])('differences of times, %s', (_, times, line) => {
    expect(() => decode(perfScript, perf(...times))).toThrow(`given:${line}: found`);
    expect(() => decode(perfScript, perf(...times))).toThrow('run perf script without --deltatime');
  });

  test.each([
    ['a clock', ABSOLUTE, 'seconds'],
    ['a clock whose lines two runs of perf script have written', [...ABSOLUTE.slice(4), ...ABSOLUTE.slice(0, 4)], 'seconds'],
    ['times since the first event', RELATIVE, 'seconds'],
    ['too few of them to be told from differences', RELATIVE.slice(0, 7), 'none'],
  ])('%s is none', (_, times, clock) => {
    const { info, events } = decode(perfScript, perf(...times));
    expect(info.clock).toBe(clock);
    const since = times.map((time) => (clock === 'none' ? Number.NaN : Math.round((Number(time) - Number(times[0])) * 1e9)));
    expect(events.filter(({ kind }) => kind === 'apic.eoi').map(({ ns }) => ns)).toEqual(since);
  });

  test('a text without an event among the first lines', () => {
    expect(() => decode(tracefs, '# tracer: function_graph\n' + ' 0)   0.5 us    |  kvm_set_irq();\n'.repeat(21))).toThrow('given:22: found " 0)   0.5 us    |  kvm_set_irq();", expected lines of tracefs trace');
  });

  test('a line that never ends', () => {
    expect(() => decode(tracefs, `${thread('a: b')}${'x'.repeat(2 ** 20 + 1)}`)).toThrow('expected a line end');
  });
});
