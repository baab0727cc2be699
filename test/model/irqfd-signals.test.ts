// Injections that signals owe: which streams can show that none came, and what excuses it.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';
import { RULES } from '../../src/rules/index.js';
import { readTrace, replayTexts } from '../replay.js';

const LOG_KINDS = ['kvm.routes', 'kvm.irqfd.assign', 'kvm.irqfd.deassign', 'fd.open', 'fd.dup', 'fd.close', 'efd.signal', 'efd.read'];
/** A log of calls (stream 0) beside a kernel trace (stream 1): lines of the trace begin with `|`. */
const LOG = `meta.start state=reset\n${LOG_KINDS.map((kind) => `meta.chan chan=${kind} cover=full`).join('\n')}`;
const NATIVE = 'meta.start state=reset\nmeta.chan chan=* cover=full';

function irqfdFindings(text: string, start: string): string[] {
  const lines = `${start}\n${text}`.split('\n').map((line) => line.trim());
  const { events } = parseIrq(`${lines.map((line) => line.replace(/^\| */, '')).join('\n')}\n`, 'text');
  for (const [i, event] of events.entries()) event.stream = lines[i]?.startsWith('|') === true ? 1 : 0;
  const found: string[] = [];
  const replay = new Replay({ rules: RULES, onFinding: ({ rule, entity, severity }) => found.push(`${rule} ${entity} ${severity}`) });
  replay.feed(events);
  return found.filter((finding) => /^(?:irqfd|resample)\//.test(finding));
}

const MSI = 'kvm.routes nr=2 ret=0 map=24:msi@0xfee00000/0x41,25:msi@0xfee00000/0x42';
const sent = (vec: string): string => `kvm.msi dst=0 vec=${vec} dm=0 logical=0 trig=edge taken=1`;
/** One signal that was answered, and one that was not. */
const LOST = `@0 tid=1 ${MSI}
  @1000000 tid=1 kvm.irqfd.assign fd=7 gsi=24 flags=0 ret=0
  @2000000 efd.signal fd=7
  | @2001000 on=0 tid=1 ${sent('0x41')}
  @4000000 efd.signal fd=7
  @6000000 tid=1 kvm.irqfd.deassign fd=7 gsi=24 ret=0`;
const BREACH = 'irqfd/lost-signal irqfd:7 violation';

describe('with a log of calls beside a kernel trace', () => {
  test('the trace must have gone on past the deassign to show that nothing came', () => {
    expect(irqfdFindings(LOST, LOG)).toEqual([]);
    expect(irqfdFindings(`${LOST}\n| @7000000 on=0 tid=1 ${sent('0x42')}`, LOG)).toEqual([BREACH]);
    expect(irqfdFindings(`${LOST}\n| @7000000 on=0 tid=5 kvm.ack chip=2 pin=3`, LOG)).toEqual([BREACH]);
  });

  test('nothing is owed before the trace has shown an injection', () => {
    const late = LOST.replace(/ +\| .*\n/, '');
    expect(irqfdFindings(`${late}\n| @7000000 on=0 tid=1 ${sent('0x42')}`, LOG)).toEqual([]);
  });

  test('the log itself shows no injection: KVM_SIGNAL_MSI of it is not one', () => {
    expect(irqfdFindings(`${LOST.replaceAll('|', '')}\n@7000000 tid=1 ${sent('0x42')}`, LOG)).toEqual([]);
    expect(irqfdFindings(`${LOST.replaceAll('|', '')}\n| @7000000 on=0 tid=5 kvm.ack chip=2 pin=3`, LOG)).toEqual([]);
  });

  test('an injection of another CPU just before the signal may be its consequence', () => {
    const text = LOST.replace('@4000000', '@2020000');
    expect(irqfdFindings(`${text}\n| @7000000 on=0 tid=1 ${sent('0x42')}`, LOG)).toEqual([]);
  });

  test('a loss of the trace forgives', () => {
    expect(irqfdFindings(`${LOST}\n| @6500000 meta.lost n=1\n| @7000000 on=0 tid=1 ${sent('0x42')}`, LOG)).toEqual([]);
  });

  test('an injection after the deassign is not judged: the log may have ended', () => {
    const text = `@0 kvm.irqfd.assign fd=7 gsi=10 flags=2 resample=8 ret=0
      @1000000 kvm.irqfd.deassign fd=7 gsi=10 ret=0
      | @9000000 on=0 tid=5 kvm.set_irq gsi=10 level=1 source=1`;
    expect(irqfdFindings(`${text}\n| @9900000 on=0 tid=5 kvm.ack chip=2 pin=3`, LOG)).toEqual([]);
    expect(irqfdFindings(text.replace('| @9000000 on=0 tid=5', ''), NATIVE)).toEqual(['irqfd/injection-after-deassign gsi:10 violation']);
  });

  test('a reader that came before the assign may have emptied the eventfd', () => {
    const text = `efd.signal fd=7\n${MSI}\nkvm.irqfd.assign fd=7 gsi=24 flags=0 ret=0`;
    expect(irqfdFindings(`${text}\nkvm.irqfd.deassign fd=7 gsi=24 ret=0`, NATIVE)).toEqual(['irqfd/preexisting-event-lost irqfd:7 violation']);
    expect(irqfdFindings(`${text}\nefd.read fd=7\nkvm.irqfd.deassign fd=7 gsi=24 ret=0`, NATIVE)).toEqual([]);
  });
});

test('that nothing came for an older event before the next signal is information only', () => {
  const text = `efd.signal fd=7\n${MSI}\nkvm.irqfd.assign fd=7 gsi=24 flags=0 ret=0\nefd.signal fd=7`;
  expect(irqfdFindings(text, NATIVE)).toEqual(['irqfd/preexisting-event-lost irqfd:7 info']);
});

test('a line that source 1 holds does not lose the pulse of source 0', () => {
  const text = 'ioapic.rte pin=10 vec=0x41 dm=0 trig=level mask=1\nkvm.irqfd.assign fd=7 gsi=10 flags=0 ret=0\nefd.signal fd=7';
  const pulse = 'kvm.set_irq gsi=10 level=1 source=0\nkvm.set_irq gsi=10 level=0 source=0';
  expect(irqfdFindings(`${text}\n${pulse}`, NATIVE)).toEqual(['irqfd/edge-pulse-on-level-pin pin:ioapic/10 suspicious']);
  expect(irqfdFindings(`kvm.set_irq gsi=10 level=1 source=1\n${text}\n${pulse}`, NATIVE)).toEqual([]);
});

describe('an injection is owed', () => {
  const lost = (text: string, start = NATIVE): boolean => irqfdFindings(`${text}\nmeta.end`, start).some((finding) => finding.startsWith('irqfd/lost-signal'));
  const bound = (map: string, rest: string): string => `kvm.routes nr=1 ret=0 map=${map}\nkvm.irqfd.assign fd=7 gsi=24 flags=0 ret=0\n${rest}`;

  test('only if the kernel is known to have taken the table', () => {
    expect(lost(bound('24:msi', 'efd.signal fd=7'))).toBe(true);
    expect(lost(bound('24:msi', 'efd.signal fd=7').replace(' ret=0 map', ' map'))).toBe(false);
    expect(lost(bound('24:other', 'efd.signal fd=7'))).toBe(false);
  });

  test('only if the descriptor is known to name the irqfd’s eventfd', () => {
    expect(lost(`meta.chan chan=fd.close cover=partial\n${bound('24:msi', 'efd.signal fd=7')}`)).toBe(false);
  });

  test('only on an IOAPIC pin: elsewhere a line may be raised without a request', () => {
    expect(lost(bound('24:ioapic.10', 'efd.signal fd=7'))).toBe(true);
    expect(lost(bound('24:pic.4', 'efd.signal fd=7'))).toBe(false);
  });

  test('by a signal told by its GSI, too', () => {
    expect(lost(bound('24:msi', 'efd.signal gsi=24'))).toBe(true);
    expect(lost(bound('24:msi', 'efd.signal gsi=25'))).toBe(false);
  });

  test('until a message comes that may be the route’s: equal as far as is known of both', () => {
    const route = '24:msi@0xfee01000/0x41';
    expect(lost(bound(route, 'efd.signal fd=7\nkvm.msi dst=1 vec=0x41 dm=0 logical=0 trig=edge'))).toBe(false);
    expect(lost(bound(route, 'efd.signal fd=7\nkvm.msi vec=0x41'))).toBe(false);
    expect(lost(bound(route, 'efd.signal fd=7\nkvm.msi addr=0xfee01000 data=0x41'))).toBe(false);
    expect(lost(bound(route, 'efd.signal fd=7\nkvm.msi gsi=24'))).toBe(false);
    expect(lost(bound(route, 'efd.signal fd=7\nkvm.msi dst=2 vec=0x41 dm=0 logical=0 trig=edge'))).toBe(true);
    expect(lost(bound(route, 'efd.signal fd=7\nkvm.msi dst=1 vec=0x42 dm=0 logical=0 trig=edge'))).toBe(true);
  });

  test('no more after the route has changed', () => {
    const signalled = bound('24:msi@0xfee00000/0x41', 'efd.signal fd=7');
    expect(lost(`${signalled}\nkvm.routes nr=1 ret=0 map=24:msi@0xfee00000/0x42`)).toBe(false);
    expect(lost(`${signalled}\nkvm.routes nr=1 ret=-22 map=24:msi@0xfee00000/0x42`)).toBe(true);
  });

  test('by none of two irqfds on one GSI when the other goes', () => {
    const two = bound('24:msi', 'kvm.irqfd.assign fd=9 gsi=24 flags=0 ret=0\nefd.signal fd=7');
    expect(irqfdFindings(`${two}\nkvm.irqfd.deassign fd=9 gsi=24 ret=0`, NATIVE)).toEqual([]);
    expect(irqfdFindings(`${two}\nkvm.irqfd.deassign fd=9 gsi=24 ret=0\nkvm.irqfd.deassign fd=7 gsi=24 ret=0`, NATIVE)).toEqual([BREACH]);
  });
});

/** A recording with the lines removed that match, from the `first` such line on. */
function without(path: string, pattern: RegExp, first: number, count: number): Buffer {
  let seen = 0;
  const lines = readTrace(path).toString('latin1').split('\n');
  const left = lines.filter((line) => !pattern.test(line) || seen++ < first || seen > first + count);
  expect(lines.length - left.length).toBe(count);
  return Buffer.from(left.join('\n'), 'latin1');
}

describe('a real recording', () => {
  const found = async (texts: readonly Buffer[]): Promise<string[]> =>
    (await replayTexts(texts)).findings.filter(({ severity, rule }) => severity !== 'info' && /^(?:irqfd|resample)\//.test(rule)).map(({ rule }) => rule);

  test('from which one message and its accept are taken has lost a signal', async () => {
    const log = readTrace('recordings/kvm-c01-msix-table/ioctl.jsonl');
    // The second signal of GSI 24: vector 0x61, then a deassign; the trace goes on.
    const text = without('recordings/kvm-c01-msix-table/raw.txt', /(?:kvm_msi_set_irq|kvm_apic_accept_irq): .*vec 97 /, 2, 2);
    expect(await found([text, log])).toEqual(['irqfd/lost-signal']);
    expect(await found([text])).toEqual([]);
  });

  test('that is cut off anywhere has lost none', async () => {
    const log = readTrace('recordings/kvm-c01-msix-table/ioctl.jsonl');
    const lines = readTrace('recordings/kvm-c01-msix-table/raw.txt').toString('latin1').split('\n');
    for (let n = 20; n < lines.length; n += 23) {
      expect(await found([Buffer.from(lines.slice(0, n).join('\n'), 'latin1'), log]), `${n} lines`).toEqual([]);
    }
  });
});
