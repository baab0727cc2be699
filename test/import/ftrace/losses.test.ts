// Loss is data: every spelling of a loss mark, lines that cannot be read, recordings that are cut.

import { describe, expect, test } from 'vitest';
import { traceCmd } from '../../../src/import/ftrace/trace-cmd.js';
import { tracefs } from '../../../src/import/ftrace/tracefs.js';
import { decode } from '../decode.js';
import { capture, kinds, line, read, tell, thread, told } from './text.js';

const lost = (text: string): unknown[] => told(read(text).events.filter(({ kind }) => kind === 'meta.lost'));

describe('marks of the recorders', () => {
  test('trace_pipe: one mark, at its place, with its CPU', () => {
    const { events, info } = read(capture('tracefs/lost-pipe.txt'));
    expect(info.losses).toEqual([{ line: 21, n: 313, what: 'CPU:0 [LOST 313 EVENTS]' }]);
    expect([info.lossMarks, info.lostEvents, info.recorder]).toEqual([1, 313, 'tracefs trace_pipe']);
    const at = events.findIndex(({ kind }) => kind === 'meta.lost');
    expect(events[at]).toMatchObject({ at: 21, on: 0, cpu: 0, n: 313, name: 'CPU:0 [LOST 313 EVENTS]' });
    // the gap ends where its CPU goes on
    expect(events[at]?.ns).toBe(events[at + 1]?.ns);
    expect(events[at]?.ns).toBeGreaterThan(events[at - 1]?.ns ?? Infinity);
    expect([events[at - 1]?.at, events[at + 1]?.at]).toEqual([20, 22]);
  });

  test('trace: the header alone tells, and the mark where a CPU begins later', () => {
    const { info } = read(capture('tracefs/overwritten.txt'));
    expect(info.losses).toEqual([
      { line: 3, n: 5295, what: '5295 events overwritten' },
      { line: 59, what: '##### CPU 0 buffer started ####' },
    ]);
    expect([info.lostEvents, info.recorder]).toEqual([5295, 'tracefs trace']);
    expect(lost(capture('tracefs/overwritten.txt'))).toEqual([{ kind: 'meta.lost', n: 5295 }, { kind: 'meta.lost', cpu: 0 }]);
  });

  test('trace-cmd: behind the instance, and the line after it lacks the name', () => {
    const { info, events } = read(capture('trace-cmd/dropped.txt'));
    expect(info.losses).toEqual([{ line: 18, n: 2498, what: 'CPU:0 [2498 EVENTS DROPPED]' }]);
    expect(events.some(({ kind }) => kind === 'meta.chan')).toBe(false);
    expect(told(events.filter(({ at }) => at === 19))).toEqual([expect.objectContaining({ kind: 'kvm.msi', vec: 81, taken: 1 })]);
  });

  test('perf: a record in place of an event', () => {
    const { info } = read(capture('perf-script/lost.txt'));
    expect(info.losses).toEqual([{ line: 17, n: 624, what: 'PERF_RECORD_LOST lost 624' }]);
  });

  test.each([
    ['CPU:12 [LOST EVENTS]', { cpu: 12 }],
    ['CPU:0 [EVENTS DROPPED]', { cpu: 0 }],
    ['gen: CPU:3 [7 EVENTS DROPPED]', { cpu: 3, n: 7 }],
    ['##### CPU 1 buffer started ####', { cpu: 1 }],
    ['# entries-in-buffer/entries-written: 67232/75378   #P:2', { n: 8146 }],
    ['# latency: 0 us, #809/812, CPU#0 | (M:PREEMPT(none) VP:0, KP:0, SP:0 HP:0 #P:2)', { n: 3 }],
  ])('%s', (mark, fields) => {
    const { events, info } = decode(tracefs, `${mark}\n`);
    expect(told(events)).toEqual([{ kind: 'meta.lost', ...fields }]);
    expect(info.lossMarks).toBe(1);
  });

  test.each(['# entries-in-buffer/entries-written: 110/110   #P:2', '# latency: 0 us, #110/110, CPU#0 | (M:desktop)'])('%s is none', (header) => {
    expect(decode(tracefs, `${header}\n`).events).toEqual([]);
  });
});

describe('lines that cannot be read', () => {
  const good = 'kvm_eoi: apicid 0 vector 64';

  test('a known event with another body: its line, what was found and what was expected', () => {
    const { events, info } = decode(tracefs, thread(good, 'kvm_eoi: apicid 0 vector x', good));
    expect(kinds(events)).toEqual(['apic.eoi', 'meta.lost', 'apic.eoi']);
    expect(told(events)[1]).toEqual({ kind: 'meta.lost', n: 1 });
    expect(info.losses).toEqual([{ line: 2, n: 1, what: 'found "kvm_eoi: apicid 0 vector x", expected a body of kvm_eoi as Linux prints it' }]);
    expect(info.counts).toEqual(new Map([['kvm_eoi', 3]]));
  });

  test.each(['kvm_set_irq: gsi 4 level 1', 'kvm_set_irq: gsi 4 level 1 source 0 more', 'kvm_inj_virq: 0x51', 'kvm_mmio: mmio write len 4 gpa', 'kvm_irqfd: (x) fd=here gsi=1 flags=0x0 resamplefd=0', 'kvm_ack_irq: irqchip IOMMU pin 1'])(
    '%s',
    (event) => {
      expect(tell(thread(good, event)).at(-1)).toEqual({ kind: 'meta.lost', n: 1 });
    },
  );

  test('a line of no pattern', () => {
    const { info } = decode(tracefs, thread(good) + 'Segmentation fault\n' + thread(good));
    expect(info.losses).toEqual([{ line: 2, n: 1, what: 'found "Segmentation fault", expected task, CPU, time and an event' }]);
  });

  test('a line without the name of an event', () => {
    const { info } = decode(tracefs, thread(good, 'kvm_eo'));
    expect(info.losses).toEqual([{ line: 2, n: 1, what: 'found "kvm_eo", expected the name of an event and a colon' }]);
  });

  test('a last line without its end may be cut in a number', () => {
    const { events, info } = decode(tracefs, thread(good, 'kvm_eoi: apicid 0 vector 23').slice(0, -1));
    expect(kinds(events)).toEqual(['apic.eoi', 'meta.lost']);
    expect(info.losses).toEqual([expect.objectContaining({ line: 2, n: 1 })]);
    expect(info.lines).toBe(2);
  });
});

describe('lines that are no events', () => {
  test('are skipped without a loss', () => {
    const text = [
      'cpus=2', 'first.dat: cpus=2', 'CPU 0 is empty', 'version = 6', '', '   ', '#', '# tracer: nop', '\tffffffff81055d4a kvm_set_irq+0x1a ([kernel.kallsyms])',
      '\tffffffff812c79fe kvm_irq_delivery_to_apic_fast', '\t          433c9e [unknown]', ' => kvm_set_irq', '          irqedge-740   [001]    13.421503: PERF_RECORD_COMM: irqedge:740/740', '          irqedge-740   [001]    13.421503: kvm_set_irq <-irqfd_inject',
      '          irqedge-740   [001]    13.421503: <stack trace>', '          irqedge-740   [001]    13.421503: cpu-clock: ', '          irqedge-740   [001]    13.421503: L1-dcache-load-misses:u: 433c9e [unknown]',
      '          irqedge-740   [001]    13.421503: cpu_core/event=0x3c,umask=0x1/ppp:      433c9e [unknown]',
    ];
    const { events, info } = decode(traceCmd, `${text.join('\n')}\n`);
    expect([events, info.losses, info.lines]).toEqual([[], [], text.length]);
  });

  test('events of other names are counted', () => {
    const { events, info } = decode(tracefs, thread('sched_switch: prev_comm=a', 'a: b', 'a: c', 'kvm_pio: pio_write at 0x70 size 1 count 1 val 0x20 '));
    expect(events).toEqual([]);
    expect(info.counts).toEqual(new Map([['sched_switch', 1], ['a', 2], ['kvm_pio', 1]]));
  });

  test('carriage returns do not count', () => {
    expect(tell(thread('kvm_eoi: apicid 0 vector 64', 'kvm_set_irq: gsi 4 level 0 source 0').replaceAll('\n', '\r\n'))).toEqual([
      { kind: 'apic.eoi', cpu: 0, vec: 64 },
      { kind: 'kvm.set_irq', gsi: 4, level: 0, source: 0 },
    ]);
  });
});

describe('text from the trace marker', () => {
  test('of several lines is one note', () => {
    const text = line(7, 0, 1, 'tracing_mark_write: one') + 'two: 2\n three\n' + line(7, 0, 2, 'kvm_eoi: apicid 0 vector 64');
    const { events, info } = decode(tracefs, text);
    expect(told(events)).toEqual([{ kind: 'meta.note', text: 'one\ntwo: 2\n three' }, { kind: 'apic.eoi', cpu: 0, vec: 64 }]);
    expect([info.lossMarks, events[0]?.at]).toEqual([0, 1]);
  });

  test('of several lines in pieces is the same', () => {
    const text = line(7, 0, 1, 'tracing_mark_write: one') + 'two\n' + line(7, 0, 2, 'kvm_eoi: apicid 0 vector 64');
    expect(decode(tracefs, text, [70, 10]).events).toEqual(decode(tracefs, text).events);
  });

  test('is called print by trace-cmd', () => {
    expect(tell(thread('print:                tracing_mark_write: step: one'))).toEqual([{ kind: 'meta.note', text: 'step: one' }]);
  });

  test('does not swallow a loss mark', () => {
    expect(tell(thread('tracing_mark_write: one') + 'CPU:0 [LOST 3 EVENTS]\n')).toEqual([{ kind: 'meta.note', text: 'one' }, { kind: 'meta.lost', cpu: 0, n: 3 }]);
  });
});
