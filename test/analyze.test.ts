// A loss of one CPU is told where that CPU goes on: what was found of others' events since its latest one is not proved.

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
