// Anatomy of a line: every pitfall of a comm, a pid, flags and a time.

import { describe, expect, test } from 'vitest';
import { LineReader } from '../../../src/import/ftrace/line.js';
import { Text } from '../../../src/import/kvm/text.js';

/** What is read of a line; undefined if it is none. */
function take(text: string, separator: 'dash' | 'blank' = 'dash', reader = new LineReader(separator)): Record<string, unknown> | undefined {
  const bytes = Buffer.from(text);
  if (!reader.read(new Text(bytes), 0, bytes.length)) return undefined;
  const { tid, cpu, whole, part, prefix } = reader;
  return { tid, cpu, whole, part, prefix, rest: bytes.toString('utf8', reader.name) };
}

const EOI = 'kvm_eoi: apicid 0 vector 64';
const read = { tid: 740, cpu: 1, whole: 13, part: 421_503_000, prefix: '', rest: EOI };

describe('a comm is any 15 bytes', () => {
  test.each([
    ['blanks inside', '       CPU 0/KVM'],
    ['dashes, a slash, digits', ' kvm-pit/740-784'],
    ['a colon', 'kworker/0:1H-ev '],
    ['parentheses', '        (sd-pam)'],
    ['brackets', '             [x]'],
    ['a CPU in it', '       [000] foo'],
    ['a time in it', '     12.345678: '],
    ['blanks at both ends', ' a b            '],
    ['not cached', '           <...>'],
    ['no UTF-8', '        \u{fffd}\u{fffd}'],
    ['a colon and a blank, which is no prefix', '       vm: vcpu1'],
  ])('%s', (_, comm) => {
    expect(take(`${comm}-740     [001] .....    13.421503: ${EOI}`)).toEqual(read);
  });

  test('the idle task', () => {
    expect(take(`          <idle>-0       [001] d.h1.    13.421503: ${EOI}`)).toEqual({ ...read, tid: 0 });
  });
});

describe('columns', () => {
  test.each([
    ['five flags', '         irqedge-740     [001] d..1.    13.421503: '],
    ['four flags, before 6.1', '         irqedge-740     [001] d..1    13.421503: '],
    ['lazy preemption', '         irqedge-740     [001] dLh2.    13.421503: '],
    ['no flags', '         irqedge-740     [001]    13.421503: '],
    ['a thread group', '         irqedge-740     (    735) [001] .....    13.421503: '],
    ['an unknown thread group', '         irqedge-740     (-------) [001] .....    13.421503: '],
    ['nanoseconds', '         irqedge-740   [001]    13.421503000: '],
    ['a difference', '         irqedge-740   [001]    13.421503: (+3017) '],
    ['a padded name', '         irqedge-740   [001]    13.421503:   '],
  ])('%s', (_, front) => {
    expect(take(front + EOI)).toEqual(read);
  });

  test('four digits of CPU, seven of pid', () => {
    expect(take(`         irqedge-4194303 [1023] .....    13.421503: ${EOI}`)).toEqual({ ...read, tid: 4_194_303, cpu: 1023 });
  });

  test('the last bracket that a time follows is the CPU, though the text holds another', () => {
    const text = 'tracing_mark_write: foo-1 [003] 99.000000: kvm_eoi: apicid 0 vector 1';
    expect(take(`         irqedge-740     [001] .....    13.421503: ${text}`)).toEqual({ ...read, rest: text });
  });
});

describe('integer times', () => {
  const whole = 665;
  const part = 398_425_914;
  test.each([
    ['glued to the CPU, trace-cmd 3.1', ' qemu-system-x86-740   [001]665398425914: '],
    ['glued to the flags, trace-cmd 3.4', ' qemu-system-x86-740   [001] d.h1.665398425914: '],
    ['glued to flags that end in a digit', ' qemu-system-x86-740   [001] d..12665398425914: '],
    ['in a column, tracefs', ' qemu-system-x86-740     [001] ..... 665398425914: '],
  ])('%s', (_, front) => {
    expect(take(front + EOI)).toEqual({ ...read, whole, part });
  });

  test('beyond 2^53 no digit is lost', () => {
    expect(take(` qemu-system-x86-740     [001] ..... 18446744073709551615: ${EOI}`)).toEqual({ ...read, whole: 18_446_744_073, part: 709_551_615 });
  });
});

describe('latency forms', () => {
  test('relative microseconds with a mark for the delay', () => {
    for (const mark of [' ', '+', '!', '#', '*', '@', '$']) {
      expect(take(`irqedge-740       1d.h.. 13421503us${mark}: ${EOI}`)).toEqual(read);
    }
  });

  test('seconds, from trace-cmd -l', () => {
    expect(take(`gen:  irqedge-740     1d.h..    13.421503: ${EOI}`)).toEqual({ ...read, prefix: 'gen' });
  });

  test('two digits of CPU after one', () => {
    const reader = new LineReader('dash');
    expect(take(`irqedge-740       1d.h.. 13421503us : ${EOI}`, 'dash', reader)).toEqual(read);
    expect(take(`irqedge-740      12d.h.. 13421503us : ${EOI}`, 'dash', reader)).toEqual({ ...read, cpu: 12 });
    expect(take(`irqedge-740       1d.h.. 13421503us : ${EOI}`, 'dash', reader)).toEqual(read);
  });
});

describe('prefixes', () => {
  test('an instance or a file in front of a whole comm column', () => {
    expect(take(`gen:          irqedge-740   [001]    13.421503: ${EOI}`)).toEqual({ ...read, prefix: 'gen' });
    expect(take(`  guest-vm1.dat:          irqedge-740   [001]    13.421503: ${EOI}`)).toEqual({ ...read, prefix: 'guest-vm1.dat' });
  });

  test('another one of the same length is seen', () => {
    const reader = new LineReader('dash');
    expect(take(`one:          irqedge-740   [001]    13.421503: ${EOI}`, 'dash', reader)).toMatchObject({ prefix: 'one' });
    expect(take(`two:          irqedge-740   [001]    13.421503: ${EOI}`, 'dash', reader)).toMatchObject({ prefix: 'two' });
    expect(take(`         irqedge-740   [001]    13.421503: ${EOI}`, 'dash', reader)).toMatchObject({ prefix: '' });
  });
});

describe('perf script', () => {
  test.each([
    ['pid', '         irqedge   740 [001]    13.421503:             '],
    ['pid/tid', '         irqedge 735/740   [001]    13.421503:     '],
    ['a comm with blanks and digits', '       CPU 0/KVM   740 [001]    13.421503: '],
    ['flags', '         irqedge   740 [001] d..1.    13.421503: '],
    ['a period', '         irqedge   740 [001]    13.421503:          1            '],
  ])('%s', (_, front) => {
    expect(take(`${front}kvm:${EOI}`, 'blank')).toEqual({ ...read, rest: `kvm:${EOI}` });
  });

  test.each([
    ['dash', '         irqedge-740     (    735) [001] d.h1.    13.421503: ', { tid: 740, tgid: 735, inInterrupt: true }],
    ['dash', '         irqedge-740     (-------) [001] dNs1.    13.421503: ', { tid: 740, tgid: -1, inInterrupt: true }],
    ['dash', '         irqedge-740     [001] .....    13.421503: ', { tid: 740, tgid: -1, inInterrupt: false }],
    ['dash', '         irqedge-740   [001]    13.421503: ', { tgid: -1, inInterrupt: undefined }],
    ['dash', 'qemu-sys-152     1d.H1.    28.891560: ', { tid: 152, tgid: -1, inInterrupt: true }],
    ['blank', '         irqedge 735/740   [001]    13.421503:     ', { tid: 740, tgid: 735, inInterrupt: undefined }],
    ['blank', '         irqedge   740 [001]    13.421503:     ', { tid: 740, tgid: -1 }],
  ] as const)('%s %s: the process, and whether an interrupt came in between', (separator, front, wanted) => {
    const reader = new LineReader(separator);
    take(`${front}${EOI}`, separator, reader);
    expect(reader).toMatchObject(wanted);
  });

  test('an unknown thread', () => {
    expect(take(`             :-1    -1 [001]    13.421503: kvm:${EOI}`, 'blank')).toMatchObject({ tid: -1 });
  });
});

describe('no line', () => {
  test.each([
    '',
    'CPU:1 [LOST 156 EVENTS]',
    'CPU:1 [LOST 156 EVENTS] ........ [001] .....    13.421503: a: b',
    '         irqedge-740     [01] .....    13.421503: a: b',
    '         irqedge-740     [001] .....    13.4215: a: b',
    '         irqedge-740     [001] .....    13.421503 a: b',
    '         irqedge         [001] .....    13.421503: a: b',
    '         irqedge-740     [001]-0x1    13.421503: a: b',
    '2026-11-21T00:10:28.235321Z pic_set_irq master 1 irq 0 level 1',
    '26902@1795218978.599811:pic_set_irq master 1 irq 0 level 0',
  ])('%j', (text) => {
    expect(take(text)).toBeUndefined();
    expect(take(text, 'blank')).toBeUndefined();
  });
});
