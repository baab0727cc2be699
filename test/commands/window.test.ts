// --from and --to.

import { describe, expect, test } from 'vitest';
import { cut, parsePoint, spanOf, windowOf } from '../../src/commands/window.js';
import type { Event } from '../../src/event.js';
import { parseIrq } from '../../src/import/irq.js';

async function* inBatches(...texts: string[]): AsyncGenerator<Event[]> {
  for (const text of texts) yield [...parseIrq(text, 'x').events];
}

const point = (text: string | undefined, option: string) => (text === undefined ? undefined : parsePoint(text, option));

async function kept(from: string | undefined, to: string | undefined, ...texts: string[]): Promise<string[]> {
  const window = windowOf(point(from, '--from'), point(to, '--to'), await spanOf(inBatches(...texts)));
  const events: Event[] = [];
  for await (const batch of cut(inBatches(...texts), window)) events.push(...batch);
  return events.map(({ kind, ns }) => `${kind} ${ns}`);
}

const FIRST = 'meta.start state=reset\nmeta.chan chan=* cover=full\n@5000000000 cpu.enter cpu=0\n@5100000000 cpu.exit cpu=0';
const SECOND = 'meta.cfg stormN=2\n@5500000000 cpu.enter cpu=0\nmeta.note text=""\n@6000000000 cpu.exit cpu=0\n@7000000000 cpu.enter cpu=0';

describe('--from and --to', () => {
  test('count from the first event', async () => {
    expect(await kept('1', '1.5', FIRST, SECOND)).toEqual(['meta.chan NaN', 'meta.cfg NaN', 'cpu.exit 6000000000']);
  });

  test('keep what says how the recording was made, but neither state nor start from before', async () => {
    expect(await kept('0.05', undefined, FIRST, SECOND)).toEqual([
      'meta.chan NaN',
      'cpu.exit 5100000000',
      'meta.cfg NaN',
      'cpu.enter 5500000000',
      'meta.note NaN',
      'cpu.exit 6000000000',
      'cpu.enter 7000000000',
    ]);
  });

  test('without --from the start is kept', async () => {
    expect(await kept(undefined, '0', FIRST, SECOND)).toEqual(['meta.start NaN', 'meta.chan NaN', 'cpu.enter 5000000000']);
  });

  test('percent are of the time from the first to the last event, here 2 s', async () => {
    expect(await kept('50%', '100%', FIRST, SECOND)).toEqual(await kept('1', '2', FIRST, SECOND));
  });

  test('times that step back after the beginning do not end the piece', async () => {
    expect(await kept('1', undefined, '@0 vm.reset\n@1000000000 vm.reset\n@900000000 vm.close')).toEqual(['vm.reset 1000000000', 'vm.close 900000000']);
  });

  test('a recording without times cannot be cut', async () => {
    await expect(kept('1', undefined, 'vm.reset')).rejects.toThrow('--from and --to need times, and this recording has none');
  });

  test.each(['x', '-1', '101%', '1e3', '', '5 s', '%'])('%j is no point', (text) => {
    expect(() => parsePoint(text, '--from')).toThrow(/^--from .*: expected seconds since the first event/);
  });

  test('the beginning is not later than the end', () => {
    expect(() => windowOf({ seconds: 2 }, { percent: 10 }, 1e9)).toThrow('--from is later than --to');
    expect(windowOf({ seconds: 2 }, { percent: 10 }, 20e9)).toMatchObject({ from: 2e9, to: 2e9 });
  });
});
