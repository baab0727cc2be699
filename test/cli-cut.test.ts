// `irqreplay cut`: a part of a recording, at the times and places it had in the whole.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LEVEL, MASKED, recording, RULE, workbench } from './built.js';

const { folder, run } = workbench();
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
const eventsOf = (text: string): string[] => text.trimEnd().split('\n').filter((line) => !line.startsWith('irq 1') && !/ ?meta\./.test(line));

test('a part of the time has the events of that time, where and when they were', () => {
  const path = recording('kvm-a04-signal-msi/raw.txt');
  run(['convert', path, '-o', 'whole.irq']);
  expect(run(['cut', path, '--from', '20%', '--to', '60%', '-o', 'part.irq'])).toMatchObject({ status: 0, stderr: '' });
  const whole = eventsOf(read('whole.irq'));
  const part = eventsOf(read('part.irq'));
  const begin = whole.indexOf(part[0] ?? '');
  expect(begin).toBeGreaterThan(0);
  expect(part).toEqual(whole.slice(begin, begin + part.length));
  expect(part.length).toBeGreaterThan(5);
  expect(read('part.irq').split('\n')[0]).toBe(read('whole.irq').split('\n')[0]);
  expect(read('part.irq')).toContain('meta.note text="cut --from 20% --to 60%"');
});

test('one thing leaves out the others of its sort, and what is named by none stays', () => {
  run(['cut', 'masked.irq', '--pin', '10', '--kind', 'ioapic.in,ioapic.deliver', '-o', 'a.ndjson']);
  const records: { kind: string }[] = read('a.ndjson').trimEnd().split('\n').slice(1).map((line) => JSON.parse(line));
  expect(records.map(({ kind }) => kind).filter((kind) => kind !== 'meta.chan')).toEqual(['meta.note', 'meta.lost', 'ioapic.in', 'ioapic.deliver']);
  expect(records).toContainEqual(expect.objectContaining({ kind: 'meta.chan', chan: 'ioapic.rte', cover: 'none' }));
  expect(run(['check', 'a.ndjson']).status).toBe(0);
});

test('a fault in the part is a fault of the part', () => {
  expect(eventsOf(MASKED)).toHaveLength(4);
  run(['cut', 'masked.irq', '--gsi', '10', '-o', 'b.irq.gz']);
  expect(run(['check', 'b.irq.gz'])).toMatchObject({ status: 1, stdout: expect.stringContaining(RULE) });
});

test.each([
  [['cut', LEVEL, '--gsi', '10', '-o', 'x.txt'], 'ends in .irq, .ndjson, .parquet (texts also with .gz or .zst)\n'],
  [['cut', LEVEL, '-o', 'x.irq'], 'nothing chosen: give --from, --to, --gsi'],
  [['cut', LEVEL, '--pin', 'ten', '-o', 'x.irq'], '--pin ten: expected a number'],
  [['cut', LEVEL, '--kind', 'pic,no.such', '-o', 'x.irq'], '--kind no.such: expected a kind of event'],
  [['cut', 'timeless.irq', '--from', '1', '-o', 'x.irq'], 'need times, and this recording has none'],
])('%j is refused', (args, message) => {
  expect(run(args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
});
