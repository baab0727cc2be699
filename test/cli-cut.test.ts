// `irqreplay cut`: a part of a recording, at the times and places it had in the whole.

import { readFileSync, writeFileSync } from 'node:fs';
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

test.each(['00:04.0', '0000:00:04.0'])('a function is meant by its name with or without the first domain: %s', (name) => {
  writeFileSync(join(folder, 'two.irq'), 'meta.start state=reset\n@1 msix.ctrl fn=0000:00:04.0 enable=1 fmask=1\n@2 msix.ctrl fn=00:05.0 enable=1 fmask=1\n@3 msix.ctrl fn=0001:00:04.0 enable=1 fmask=1\n@4 msix.write fn=0000:00:04.0 entry=2 field=vc val=0\n');
  expect(run(['cut', 'two.irq', '--device', name, '-o', 'one.irq'])).toMatchObject({ status: 0, stderr: '' });
  expect(eventsOf(read('one.irq'))).toEqual([1, 4].map((ns) => expect.stringMatching(`^@${ns} .* fn=0000:00:04.0 `)));
  expect(run(['cut', 'two.irq', '--device', '0000:00:05.0', '-o', '-']).stdout).toContain('fn=00:05.0 ');
  expect(run(['state', 'two.irq', '--watch', `msix:${name}`]).stdout).toContain(' msix:0000:00:04.0/2 ');
});

test('a choice that no event meets is told', () => {
  for (const words of [['--device', '00:07.0', '--kind', 'msix'], ['--from', '1000']]) {
    expect(run(['cut', 'masked.irq', ...words, '-o', 'none.irq'])).toMatchObject({ status: 1, stderr: `irqreplay: cut ${words.join(' ').replace('1000', '1000s')}: no event is selected\n` });
  }
});
