// The library's public surface.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as library from '../src/index.js';

test('the library surface is small', () => {
  expect(Object.keys(library).sort()).toEqual(['RULES', 'Replay', 'TraceError', 'checkRecording', 'formatEvent', 'parseIrq', 'verdictOf']);
});

test('a recording is checked in one call', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'irqreplay-'));
  const path = join(folder, 'x.irq');
  writeFileSync(path, 'ioapic.rte pin=3 vec=0x41 mask=1\nioapic.deliver pin=3 vec=0x41\n');
  const rules = library.RULES.filter(({ id }) => id === 'ioapic/deliver-while-masked');
  const analysis = await library.checkRecording([path], { rules });
  rmSync(folder, { recursive: true });
  expect(library.verdictOf(analysis)).toBe('violated');
  expect(analysis.findings.map(({ rule, at }) => ({ rule, event: library.formatEvent(at) }))).toEqual([
    { rule: 'ioapic/deliver-while-masked', event: 'ioapic.deliver pin=3 vec=65' },
  ]);
});

test('a recording whose state and rules are your own', () => {
  const { events } = library.parseIrq('meta.start state=reset\nmeta.chan chan=* cover=full\nioapic.deliver pin=3 vec=0x41', 'mine');
  const replay = new library.Replay({ rules: library.RULES.filter(({ id }) => id === 'ioapic/deliver-while-masked') });
  replay.feed(events);
  expect(replay.findings().map(({ entity, at }) => [entity, at.at])).toEqual([['pin:ioapic/3', 3]]);
});
