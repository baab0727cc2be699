// --offset: what it takes, and what a merge of two clocks may still conclude.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { offsetsOf } from '../../src/commands/find-offsets.js';
import { parseOffset } from '../../src/commands/offset.js';
import { checkRecording } from '../../src/commands/run.js';
import { parseIrq } from '../../src/import/irq.js';
import { RULES } from '../../src/rules/index.js';
import { MASKED, recording, RULE } from '../built.js';

test.each([
  ['t=+1.5s', 1_500_000_000n, 50_000_000],
  ['t=-22.152ms', -22_152_000n, 50_000],
  ['t=22152000', 22_152_000n, 50_000],
  ['a=b=3us', 3000n, 50_000],
  ['t=1795219567.719084s~100us', 1_795_219_567_719_084_000n, 100_000],
  ['t=-0.000000001s', -1n, 50_000],
  ['t=2s~5', 2_000_000_000n, 5],
])('%s', (text, ns, uncertainty) => {
  expect(parseOffset(text)).toEqual({ file: text.slice(0, text.lastIndexOf('=')), offset: { ns, uncertainty } });
});

test.each(['t', '=5', 't=', 't=5m', 't=1.5', 't=1.5s~', 't=1e3', 't=--5'])('%s is refused', (text) => {
  expect(() => parseOffset(text)).toThrow(`--offset ${text}: expected FILE=+1.5s`);
});

test('an offset is of a file that is read, once, and not of every file', () => {
  const auto = (file: string) => ({ file, offset: 'auto' as const });
  expect(offsetsOf([auto('b')], ['a', 'b'])).toEqual(new Map([[1, 'auto']]));
  expect(() => offsetsOf([auto('c')], ['a', 'b'])).toThrow('not among those to read');
  expect(() => offsetsOf([auto('b'), auto('b')], ['a', 'b'])).toThrow('more than once');
  expect(() => offsetsOf([auto('a'), auto('b')], ['a', 'b'])).toThrow('leave one file without');
});

describe('x1, whose trace runs 22.152 ms ahead of its log', () => {
  const files = ['raw.txt', 'ioctl.jsonl'].map((name) => recording(`kvm-x1-local-clock/${name}`));
  const found = async (offset: string) => (await checkRecording(files, { offset: [parseOffset(`${files[0]}=${offset}`)] })).findings.map(({ rule, severity }) => `${severity} ${rule}`).sort();
  // What the same program does on one clock, kvm-c01-msix-table.
  const expected = ['info lapic/eoi-without-isr', 'suspicious msix/modify-unmasked', 'violation lapic/illegal-vector'];

  test('is refused as it is, and the sentence says what helps', async () => {
    await expect(checkRecording(files)).rejects.toThrow(/22\.15\d ms ahead .*--offset FILE=auto/);
  });

  test.each(['-22.152ms', 'auto', '-22.1ms', '-22.2ms~100us'])('is judged like one on one clock with %s', async (offset) => {
    expect(await found(offset)).toEqual(expected);
  });

  test('says by how much, and how well that is known', async () => {
    const { streams } = await checkRecording(files, { offset: [parseOffset(`${files[0]}=-22.152ms~20us`)] });
    expect(streams.map(({ offset }) => offset)).toEqual([{ ns: '-22152000', uncertainty: 20_000 }, undefined]);
  });
});

test('two events of two clocks have no order within what their distance is known to', () => {
  const found = (masked: number, uncertainties: readonly number[]): number => {
    const events = parseIrq(MASKED.replace('@2000 ', `@${masked} `).replace('@1000', '@2000000').replace('@3000000', '@2050000'), 'masked.irq').events.toSorted((a, b) => a.ns - b.ns);
    // the guest's write of the entry was seen in another file than the delivery
    const split = events.map((event) => (event.kind === 'ioapic.rte' ? { ...event, stream: 1 } : event));
    const replay = new Replay({ rules: RULES.filter(({ id }) => id === RULE) });
    replay.machine.ctx.uncertainties = uncertainties;
    replay.feed(split);
    return replay.findings().length;
  };
  expect(found(2_045_000, [])).toBe(1);
  expect(found(2_045_000, [0, 40_000])).toBe(1);
  expect(found(2_045_000, [0, 60_000])).toBe(0);
  expect(found(2_045_000, [30_000, 30_000])).toBe(0);
});
