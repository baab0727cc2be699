// What an acknowledge owes the resamplers, and what proves in a kernel trace that it was skipped.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';
import { RULES } from '../../src/rules/index.js';
import { readTrace, replayTexts } from '../replay.js';

const NATIVE = 'meta.start state=reset\nmeta.chan chan=* cover=full';
/** Stock tracepoints, and probes for irqfds and routes: no resamplefds. */
const KERNEL = 'meta.start state=unknown\ntid=1 kvm.routes nr=24 ret=0 map=default\ntid=1 kvm.irqfd.assign fd=7 gsi=10 flags=2 resample=8 ret=0';

function findings(text: string, start: string): string[] {
  const found: string[] = [];
  const replay = new Replay({ rules: RULES, onFinding: ({ rule, at }) => found.push(`${rule} at ${at.kind}`) });
  replay.feed(parseIrq(`${start}\n${text}\n`, 'text').events);
  return found.filter((finding) => finding.startsWith('resample/'));
}

const ASSERT = 'tid=9 kvm.set_irq gsi=10 level=1 source=1';
const ACK = 'tid=5 kvm.ack chip=2 pin=10';
const LOWER = 'tid=5 kvm.set_irq gsi=10 level=0 source=1';

describe('in a kernel trace', () => {
  test('the de-assertion shows that the resampler ran, whether or not resamplefds are shown', () => {
    expect(findings(`${ASSERT}\n${ACK}\n${LOWER}\n${ASSERT}\n${ACK}\n${LOWER}`, KERNEL)).toEqual([]);
  });

  test('one that runs at the second acknowledge was there at the first', () => {
    expect(findings(`${ASSERT}\n${ACK}\n${ACK}\n${LOWER}`, KERNEL)).toEqual(['resample/never-fires at kvm.set_irq']);
  });

  test('it is reported once, however often it was skipped', () => {
    expect(findings(`${ASSERT}\n${ACK}\n${ACK}\n${ACK}\n${LOWER}\n${ACK}\n${LOWER}`, KERNEL)).toHaveLength(1);
  });

  test('two acknowledges without it prove nothing: it may be going away', () => {
    expect(findings(`${ASSERT}\n${ACK}\n${ACK}`, KERNEL)).toEqual([]);
    expect(findings(`${ASSERT}\n${ACK}\n${ACK}\ntid=7 kvm.set_irq gsi=10 level=0 source=1`, KERNEL)).toEqual([]);
    expect(findings(`${ASSERT}\n${ACK}\n${ACK}\ntid=1 kvm.irqfd.deassign fd=7 gsi=10 ret=0\n${LOWER}`, KERNEL)).toEqual([]);
  });

  test('a loss, a new table and a close forgive', () => {
    for (const event of ['meta.lost n=1', 'tid=1 kvm.routes nr=24 ret=0 map=default', 'fd.close gsi=10']) {
      expect(findings(`${ASSERT}\n${ACK}\n${event}\n${ACK}\n${LOWER}`, KERNEL), `after ${event}`).toEqual([]);
    }
  });

  test('nothing is owed while the table, the irqfd or the level is unknown', () => {
    const cycle = `${ACK}\n${ACK}\n${LOWER}`;
    expect(findings(`${ASSERT}\n${cycle}`, KERNEL.split('\n').toSpliced(1, 1).join('\n'))).toEqual([]);
    expect(findings(`${ASSERT}\n${cycle}`, KERNEL.split('\n').toSpliced(2, 1).join('\n'))).toEqual([]);
    expect(findings(cycle, KERNEL)).toEqual([]);
  });

  test('an irqfd that is left out may have left the list before its deassign is told', () => {
    const text = `tid=1 kvm.irqfd.assign fd=9 gsi=10 flags=2 resample=18 ret=0\n${ASSERT}\n${ACK}\n${LOWER}\ntid=5 kvm.resample gsi=10 fd=8`;
    expect(findings(`${text}\n${ACK}\nmeta.end`, KERNEL)).toEqual([]);
  });

  test('an acknowledge of an 8259 pin of the same number is another’s', () => {
    const other = 'tid=5 kvm.ack chip=1 pin=10';
    expect(findings(`${ASSERT}\n${other}\n${other}\n${LOWER}`, KERNEL)).toEqual([]);
  });
});

describe('where calls take effect at once', () => {
  const two = 'kvm.irqfd.assign fd=7 gsi=10 flags=2 resample=17 ret=0\nkvm.irqfd.assign fd=9 gsi=10 flags=2 resample=19 ret=0\nkvm.set_irq gsi=10 level=1 source=1';

  test('every irqfd that is left out is named', () => {
    const three = `${two}\nkvm.irqfd.assign fd=11 gsi=10 flags=2 resample=21 ret=0\nkvm.ack chip=2 pin=10\nkvm.set_irq gsi=10 level=0 source=1\nkvm.resample gsi=10 fd=19`;
    expect(findings(`${three}\nkvm.ack chip=2 pin=10`, NATIVE)).toEqual(['resample/partial-notify at kvm.ack', 'resample/partial-notify at kvm.ack']);
    expect(findings(`${three}\nkvm.resample gsi=10 fd=17\nmeta.end`, NATIVE)).toEqual(['resample/partial-notify at meta.end']);
    expect(findings(`${three}\nkvm.resample gsi=10 fd=17\nkvm.resample gsi=10 fd=21\nmeta.end`, NATIVE)).toEqual([]);
  });

  test('none that is notified is a matter of never-fires, not of partial-notify', () => {
    expect(findings(`${two}\nkvm.ack chip=2 pin=10\nkvm.set_irq gsi=10 level=0 source=1\nkvm.ack chip=2 pin=10`, NATIVE)).toEqual(['resample/never-fires at kvm.ack']);
  });

  test('acknowledges that two CPUs’ clocks cannot put in order prove nothing', () => {
    const acks = '@5000000 on=0 kvm.ack chip=2 pin=10\n@5020000 on=1 kvm.ack chip=2 pin=10';
    expect(findings(`@0 ${two.replaceAll('\n', '\n@0 ')}\n${acks}\n@6000000 on=0 kvm.ack chip=2 pin=3`, NATIVE)).toEqual([]);
  });
});

describe('the recording of a line shared by user space and two resample irqfds', () => {
  const log = readTrace('recordings/kvm-b04m-shared-level/ioctl.jsonl');
  const lines = readTrace('recordings/kvm-b04m-shared-level/raw.txt').toString('latin1').split('\n');
  const lowered = lines.flatMap((line, i) => (line.includes('kvm_set_irq: gsi 10 level 0 source 1') ? [i] : []));

  const found = async (left: readonly string[]): Promise<string[]> =>
    (await replayTexts([Buffer.from(left.join('\n'), 'latin1'), log])).findings.filter(({ rule }) => rule.startsWith('resample/')).map(({ rule }) => rule);

  test('is healthy', async () => {
    expect(lowered).toHaveLength(7);
    expect(await found(lines)).toEqual([]);
  });

  test('shows a skipped resampler where a de-assertion of an asserted line is taken out', async () => {
    // Parts A and B and C of the run assert by irqfd; after each the resampler runs again.
    for (const i of [0, 2, 3]) expect(await found(lines.toSpliced(lowered[i] ?? -1, 1)), `de-assertion ${i}`).toEqual(['resample/never-fires']);
  });

  test('shows none where source 1 was low, or the resampler never ran again', async () => {
    for (const i of [1, 4, 5, 6]) expect(await found(lines.toSpliced(lowered[i] ?? -1, 1)), `de-assertion ${i}`).toEqual([]);
  });
});
