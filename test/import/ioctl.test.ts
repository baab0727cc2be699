// The ioctl log as a format: found by its content, counted row by row, losses named, one order of all threads.

import { describe, expect, test } from 'vitest';
import { ioctlLog } from '../../src/import/ioctl.js';
import { decode } from './decode.js';
import { beyond, log, rows, said } from './ioctl/log.js';

describe('detection', () => {
  test('a JSON object with op and t0 in the first line', () => {
    expect(ioctlLog.detect(Buffer.from(log('a01')))).toBe(true);
    expect(ioctlLog.detect(Buffer.from(log('a01').slice(0, 200)))).toBe(true);
  });

  test.each(['', '\n', 'kvm.ack chip=2 pin=4\n', '{"irqreplay":1}\n', '{"op":"note"}\n', '{"t0":1}\n', '["op","t0"]\n', '{"op":"note","t0":1'])('not %j', (text) => {
    expect(ioctlLog.detect(Buffer.from(text))).toBe(false);
  });
});

describe('what the log holds completely', () => {
  test('is said first', () => {
    const { events, info } = decode(ioctlLog, log('a01'));
    expect(events.slice(0, 13).map((event) => (event.kind === 'meta.chan' ? `${event.chan} ${event.cover}` : event.kind))).toEqual([
      'kvm.routes full', 'kvm.irqfd.assign full', 'kvm.irqfd.deassign full', 'fd.open full', 'fd.dup full', 'fd.close full', 'efd.signal full', 'efd.read full',
      'msix.write full', 'kvm.set_irq partial', 'kvm.msi partial', 'msix.fire partial', 'apic.svr partial',
    ]);
    expect([info.clock, info.base, info.lines]).toEqual(['ns', 1949244879305n, 19]);
  });

  test('times count from the first row', () => {
    const { events } = decode(ioctlLog, log('a01'));
    expect(events[0]?.ns).toBe(0);
    expect(events.at(-1)).toMatchObject({ kind: 'vm.close', at: 18 });
  });
});

describe('rows that give no event', () => {
  test('are counted, times or not', () => {
    const { info, events } = decode(ioctlLog, rows('{"seq":43,"op":"load_vec","vector":64,"taken":31244}', '{"t0":3,"op":"state","label":"x"}', '{"t0":4,"op":"KVM_SET_CLOCK","ret":0}'));
    expect(beyond(events)).toEqual([]);
    expect([...info.counts]).toEqual([['scenario', 1], ['load_vec', 1], ['state', 1], ['KVM_SET_CLOCK', 1]]);
    expect(info.lossMarks).toBe(0);
  });

  test('states become reads of registers, and nothing else', () => {
    const { events, info } = decode(ioctlLog, log('a05'));
    expect(info.counts.get('state')).toBe(3);
    const kinds = events.filter(({ name }) => name === 'state').map(({ kind }) => kind);
    // Entries; IRR, ISR and IMR of two chips; SVR, and words of IRR, ISR and TMR.
    expect(kinds).toHaveLength(3 * (24 + 2 * 3 + 1 + 24));
    expect(new Set(kinds)).toEqual(new Set(['ioapic.rte.read', 'pic.read', 'apic.read']));
  });
});

describe('rows that cannot be read', () => {
  test.each([
    ['no JSON', '{"t0":2000,"op":"not', 'a JSON object'],
    ['no object', '[1]', 'a JSON object'],
    ['no op', '{"t0":2000}', 'a JSON object'],
    ['no time', '{"op":"close","args":{"fd":3},"ret":0}', 'close with t0'],
    ['no argument', '{"t0":2000,"op":"KVM_IRQFD","args":{"fd":8,"flags":0},"ret":0}', 'KVM_IRQFD with gsi'],
    ['no exact time', '{"t0":17000000000000000000,"op":"vm_close"}', 'vm_close with t0'],
  ])('%s', (_, row, expected) => {
    const { events, info } = decode(ioctlLog, rows(row, '{"t0":2500,"op":"note","text":"goes on"}'));
    expect(beyond(events)).toMatchObject([{ kind: 'meta.lost', n: 1, at: 2, ns: 0 }, { kind: 'meta.note', text: 'goes on' }]);
    expect(info.losses).toMatchObject([{ line: 2, n: 1 }]);
    expect(info.losses[0]?.what).toContain(expected);
  });

  test('a log that was cut off in its last row', () => {
    const { info } = decode(ioctlLog, log('a01').slice(0, -30));
    expect(info.losses).toMatchObject([{ line: 19 }]);
  });
});

test('bytes may come in any pieces', () => {
  const text = log('b12m');
  const whole = decode(ioctlLog, text).events;
  for (const size of [1, 7, 4096]) {
    expect(decode(ioctlLog, text, Array.from({ length: Math.ceil(text.length / size) }, () => size)).events).toEqual(whole);
  }
});

test('calls of several threads, logged when they return, are put in the order in which they count', () => {
  const events = said(rows(
    '{"t0":5000,"t1":5100,"tid":2,"op":"eventfd_write","args":{"fd":8},"ret":8,"errno":""}',
    '{"t0":2000,"t1":9000,"tid":1,"op":"KVM_IRQ_LINE","args":{"irq":4,"level":1},"ret":0,"errno":""}',
  ));
  expect(events.map(({ kind, ns }) => [kind, ns])).toEqual([['kvm.set_irq', 1000], ['efd.signal', 4000]]);
});
