// A loss of one CPU is told where that CPU goes on: what was found of others' events since its latest one is not proved. And the end of a recording.

import { expect, test } from 'vitest';
import { Replay } from '../src/analyze.js';
import { parseIrq } from '../src/import/irq.js';
import { RULES } from '../src/rules/index.js';
import { loud } from './replay.js';

function replayOf(...lines: readonly string[]): Replay {
  const replay = new Replay({ rules: RULES });
  replay.feed(parseIrq(lines.join('\n'), 'x').events);
  return replay;
}

const MASK = '@1000 on=0 ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=1';
const DELIVERY = '@2000 on=1 ioapic.deliver pin=10 vec=0x41';
const FOUND = ['ioapic/deliver-while-masked pin:ioapic/10'];
const outcomeOf = (...lines: readonly string[]): readonly string[] => loud(replayOf(...lines).findings());

test('an unmask that the other CPU lost excuses the delivery', () => {
  expect(outcomeOf(MASK, DELIVERY)).toEqual(FOUND);
  const lossy = replayOf(MASK, DELIVERY, '@9000 on=0 meta.lost cpu=0 n=1');
  expect(loud(lossy.findings())).toEqual([]);
  expect(lossy.verdicts().find(({ rule }) => rule === 'ioapic/deliver-while-masked')).toMatchObject({ verdict: 'undecided', breaches: 0, reasons: { 'events lost meanwhile': 1 } });
});

test('a CPU of which nothing was seen before may have lost it, too', () => {
  expect(outcomeOf(MASK, DELIVERY, '@9000 on=2 meta.lost cpu=2')).toEqual([]);
});

test.each([
  ['the CPU had gone on before it lost something', ['@3000 on=0 pic.imr chip=0 val=0', '@9000 on=0 meta.lost cpu=0 n=1']],
  ['the CPU that lost something is the one of the delivery', ['@9000 on=1 meta.lost cpu=1 n=1']],
  ['the loss has its own place, whatever the CPU', ['@9000 on=0 meta.lost n=1']],
])('what was proved stays: %s', (_what, lines) => {
  expect(outcomeOf(MASK, DELIVERY, ...lines)).toEqual(FOUND);
});

const ON_AGAIN = '@3000 on=0 pic.imr chip=0 val=0';

/** No vector is below 16: each is a breach of its own, whatever came before. */
const illegal = (from: number, times: number): string[] => Array.from({ length: times }, (_, i) => `@${from + i} on=1 kvm.msi addr=0xfee00000 data=3 taken=1`);

test.each([1, 40, 400])('of a finding that came %i times before, what came meanwhile is counted back', (times) => {
  const lossy = replayOf(...illegal(2000, times), ON_AGAIN, ...illegal(3001, 3), '@9000 on=0 meta.lost cpu=0 n=1');
  expect(loud(lossy.findings())).toEqual(['lapic/illegal-vector vector:3']);
  const [finding] = lossy.findings();
  expect(finding?.count).toBe(times);
  expect(finding?.last.ns).toBe(2000 + times - 1);
  expect(lossy.verdicts().find(({ rule }) => rule === 'lapic/illegal-vector')).toMatchObject({ breaches: times, undecided: 1 });
});

test('of very many repetitions a few too many may be counted back, never too few', () => {
  const [finding] = replayOf(...illegal(2000, 500), ON_AGAIN, ...illegal(3001, 60), '@9000 on=0 meta.lost cpu=0 n=1').findings();
  expect(finding?.count).toBeLessThanOrEqual(500);
  expect(finding?.count).toBeGreaterThan(400);
});

test('who is told of each breach is told which fall', () => {
  const found: number[] = [];
  const fallen: number[] = [];
  const replay = new Replay({ rules: RULES, onFinding: ({ at }) => found.push(at.seq), onRetract: (since) => fallen.push(since) });
  replay.feed(parseIrq([MASK, DELIVERY, '@9000 on=0 meta.lost cpu=0 n=1'].join('\n'), 'x').events);
  expect([found, fallen]).toEqual([[1], [0]]);
});

test('how a recording ends is judged when no more events come', () => {
  const replay = replayOf('gic.en id=40 val=1', 'gic.iar cpu=0 id=40', 'gic.cfg id=40 trig=edge', 'gic.pend id=40 val=1', 'gic.act id=41 val=0', 'gic.iar cpu=0 id=1023', 'gic.eoir cpu=0 id=1023');
  expect(loud(replay.findings())).toEqual([]);
  replay.end();
  expect(loud(replay.findings())).toEqual(['gic/stuck-active intid:40']);
});
