// The litmus text: what it says becomes exactly that event, what is wrong is named with file, line, finding and expectation.

import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TABLES } from '../../src/import/fields.js';
import { TraceError } from '../../src/import/format.js';
import { formatEvent } from '../../src/import/irq-write.js';
import { irq, parseIrq } from '../../src/import/irq.js';
import { arbitraryEvent, FILES } from '../arbitrary-event.js';
import { decode, placed } from './decode.js';

const SAMPLE = readFileSync(new URL('../../traces/formats/irq/level-resample.irq', import.meta.url), 'utf8');

const only = (line: string) => parseIrq(line, 'x.irq').events[0];

function messageOf(text: string): string {
  try {
    parseIrq(text, 'x.irq');
  } catch (error) {
    if (error instanceof TraceError) return error.message;
    throw error;
  }
  return 'no error';
}

describe('an event', () => {
  test('without time, CPU, thread and machine has the values for unknown', () => {
    expect(only('kvm.ack chip=2 pin=10')).toEqual({
      seq: 0, ns: NaN, on: -1, tid: -1, stream: 0, at: 1, name: 'kvm.ack', kind: 'kvm.ack', chip: 2, pin: 10,
    });
  });

  test('takes them from before the kind, in any order', () => {
    expect(only('on=1 vm="two words" @2500 tid=0x10 vm.close')).toMatchObject({ ns: 2500, on: 1, tid: 16, vm: 'two words', kind: 'vm.close' });
  });

  test('takes decimal and hexadecimal numbers, 64-bit ones exactly', () => {
    expect(only('ioapic.rte pin=10 vec=0x2A')).toMatchObject({ pin: 10, vec: 42 });
    expect(only('msix.write fn=a entry=0 field=addr val=0xfee0100000000001')).toMatchObject({ val: 0xfee0100000000001n });
    expect(only('msix.write fn=a entry=0 field=addr val=18446744073709551615')).toMatchObject({ val: 2n ** 64n - 1n });
  });

  test('may end an interrupt that was not in service', () => {
    expect(only('apic.eoi cpu=0 vec=-1')).toMatchObject({ vec: -1 });
  });

  test('takes words where numbers have a special case', () => {
    expect(only('pic.eoi pin=ns')).toMatchObject({ pin: 'ns' });
    expect(only('virtio.vec.write fn=a q=cfg val=65535')).toMatchObject({ q: 'cfg', val: 65535 });
  });

  test('takes quoted texts with escapes', () => {
    expect(only(String.raw`meta.note text="a \"b\" # c\\\n! d"`)).toMatchObject({ text: 'a "b" # c\\\n! d' });
  });

  test('may name its source', () => {
    const { events, files } = parseIrq('vm.close src="a b:c.txt:12 kvm_x"', 'x.irq');
    expect(events[0]).toMatchObject({ at: 12, name: 'kvm_x' });
    expect(files[events[0]?.stream ?? 0]).toBe('a b:c.txt');
  });
});

describe('marks', () => {
  test('name the index of their event and the rules, none for the page itself', () => {
    const { events, marks } = parseIrq('# x\nmeta.end !\nvm.close\nvm.reset ! a/b c-d/e # f\n', 'x.irq');
    expect(events).toHaveLength(3);
    expect([...marks]).toEqual([[0, []], [2, ['a/b', 'c-d/e']]]);
  });

  test('change nothing of the events the format gives', () => {
    expect(decode(irq, 'intx.assert fn=a ! intx/duplicate-assert\n').events).toEqual(parseIrq('intx.assert fn=a', 'given').events);
  });
});

describe('examples of the rule catalogue', () => {
  test.each([
    'kvm.routes nr=2 ret=0 map=10:ioapic.10,10:ioapic.11 !',
    'intx.line line=16 level=1',
    'msix.msg fn=a entry=0 addr=0xfee00000 data=0 !',
    'kvm.msi addr=0 data=0x41 !',
    'vgic.flush cpu=0 lr=0 vid=34 st=PA hw=1 pid=34',
    'kvm.irqfd.assign fd=7 gsi=24 flags=0 ret=0',
    'meta.cfg irqchip=split',
  ])('%s', (line) => {
    const { events, marks } = parseIrq(line, 'x.irq');
    expect(events.map((event) => formatEvent(event))).toHaveLength(1);
    expect(marks.has(0)).toBe(line.endsWith('!'));
    // 0x numbers of `int` fields come back in decimal, so compare what the canonical line means
    expect(parseIrq(events.map((event) => formatEvent(event)).join('\n'), 'x.irq').events).toEqual(events);
  });
});

describe('what cannot be read is named', () => {
  test.each([
    ['\n\nkvm.setirq gsi=1', 'x.irq:3: found "kvm.setirq", expected an event kind (nearest: kvm.set_irq'],
    ['kvm.ack chip=1 pinn=3', 'x.irq:1: found "pinn=3", expected a field of kvm.ack: chip, pin, gsi (nearest: pin)'],
    ['kvm.ack chip=1 chip=2 pin=0', 'found "chip=2", expected chip once'],
    ['kvm.ack chip=1', 'found "kvm.ack chip=1", expected pin= with an integer from 0'],
    ['kvm.ack chip=1 pin=-1', 'found "pin=-1", expected pin= with an integer from 0'],
    ['kvm.ack chip=1 pin', 'found "pin", expected pin= with'],
    ['kvm.ack chip=1 pin=', 'found "", expected a value'],
    ['apic.eoi cpu=0 vec=256', 'found "vec=256", expected vec= with an integer from -1 to 255'],
    ['ioapic.rte pin=1 trig=up', 'found "trig=up", expected trig= with edge or level'],
    ['intx.assert fn="a b"', String.raw`found "fn=\"a b\"", expected fn= with a name without blanks`],
    ['msix.read fn=a entry=0 field=vc val=0x10000000000000000', 'val= with an unsigned integer below 2^64'],
    ['meta.note text="open', 'expected a closing "'],
    [String.raw`meta.note text="\x"`, String.raw`expected one of \"`],
    ['vm.close now=1', 'found "now=1", expected no field: vm.close has none'],
    ['vm.close=1', 'expected'],
    ['@12.5 vm.close', 'found "@12.5", expected @ and the time in ns'],
    ['@1 @2 vm.close', 'found "@2", expected @ once'],
    ['@99999999999999999 vm.close', 'expected @ and the time in ns'],
    ['on=x vm.close', 'found "on=x", expected on= with an integer'],
    ['cpu=1 vm.close', 'found "cpu=1", expected an event kind, or @ns'],
    ['@1 on=2', 'found "the end of the line", expected an event kind'],
    ['vm.close src="here"', 'expected a source as file:line name'],
    ['vm.close ! rules', 'found "rules", expected rule ids'],
    ['irq 2\nvm.close', 'x.irq:1: found "irq 2", expected irq 1'],
    ['vm.close\nirq 1', 'x.irq:2: found "irq", expected an event kind'],
  ])('%j', (text, message) => {
    expect(messageOf(text)).toContain(message);
  });

  test('an overlong line ends the reading instead of filling the memory', () => {
    expect(() => decode(irq, `meta.note text="${'x'.repeat(17 * 1024 * 1024)}`, Array.from({ length: 16 }, () => 1024 * 1024))).toThrow('given:1: found');
  });
});

describe('detection', () => {
  test.each(['irq 1', 'vm.close', '# tracer: nop\n\n  @12 on=1 vm="a b" kvm.ack chip=1 pin=2', '\uFEFFirq 1\r\n', 'meta.end !', 'kvm.setirq gsi=1 level=1'])('%j is litmus text', (text) => {
    expect(irq.detect(Buffer.from(text))).toBe(true);
  });

  test.each([
    '',
    '# tracer: nop\n#\n# entries-in-buffer/entries-written: 67232/75378   #P:2\n     qemu-4711 [000] d..1. 12.345678: kvm_set_irq: gsi 4 level 1 source 0\n',
    'cpus=2\n',
    'qemu-system-x86 4711 [000] 12.345678: kvm:kvm_set_irq: gsi 4 level 1 source 0\n',
    'kvm.sh 4711 [000] 12.345678: kvm:kvm_set_irq: gsi 4 level 1 source 0\n',
    '{"irqreplay":1}\n',
    '{"seq":10,"t0":1,"t1":2,"tid":8395,"op":"KVM_IRQFD","args":{"fd":8,"gsi":24},"ret":0,"errno":""}\n',
    'irqs are fun',
  ])('%j is not', (text) => {
    expect(irq.detect(Buffer.from(text))).toBe(false);
  });
});

describe('a file', () => {
  test('tells its lines, counts, clock and losses', () => {
    const { events, info } = decode(irq, SAMPLE);
    // grep -vcE '^ *(#|$|irq 1)' and wc -l
    expect(events).toHaveLength(20);
    expect(info).toMatchObject({ lines: 23, clock: 'ns', lossMarks: 1, lostEvents: 12, losses: [{ line: 22, n: 12 }] });
    expect(info.counts.get('apic.eoi')).toBe(2);
  });

  test('reads the same with other line ends, and split anywhere', () => {
    const { events } = decode(irq, SAMPLE);
    expect(decode(irq, `\uFEFF${SAMPLE.replaceAll('\n', '\r\n')}`).events).toEqual(events);
    for (let size = 1; size < 40; size++) {
      expect(decode(irq, SAMPLE, Array.from({ length: Math.ceil(Buffer.byteLength(SAMPLE) / size) }, () => size)).events).toEqual(events);
    }
  });
});

test('no field has the name of something that every event has', () => {
  const common = new Set(['seq', 'ns', 'on', 'tid', 'vm', 'stream', 'at', 'name', 'kind', 'src']);
  const clashes = [...TABLES.values()].flatMap(({ kind, fields }) => fields.filter(({ name }) => common.has(name)).map(({ name }) => `${kind} ${name}`));
  expect(clashes).toEqual([]);
});

test('every event survives the way to text and back', () => {
  fc.assert(
    fc.property(arbitraryEvent, (event) => {
      const { events, files } = parseIrq(formatEvent(event, FILES), 'x.irq');
      expect(events).toHaveLength(1);
      expect(placed(events[0], files)).toEqual(placed(event, FILES));
    }),
    { numRuns: 2000 },
  );
});
