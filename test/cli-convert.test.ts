// `irqreplay convert`: what is written is the recording, whatever form it had; nothing is left behind that is not whole.

import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { decompress } from 'fzstd';
import { describe, expect, test } from 'vitest';
import { LEVEL, recording, ROOT, workbench } from './built.js';

const { folder, run } = workbench();
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

interface Report {
  readonly events: number;
  readonly findings: readonly { readonly rule: string; readonly entity: string; readonly count: number; readonly at: { readonly src: string } }[];
}
const check = (...files: readonly string[]): Report => JSON.parse(run(['check', ...files, '--format', 'json']).stdout);
const told = ({ events, findings }: Report): unknown => ({ events, findings: findings.map(({ rule, entity, count, at }) => ({ rule, entity, count, src: at.src })) });

const RUNS: readonly (readonly string[])[] = [
  [recording('kvm-a04-signal-msi/raw.txt')],
  [recording('kvm-a07-route-changes/raw.txt'), recording('kvm-a07-route-changes/ioctl.jsonl')],
  [recording('kvm-c01-msix-table/perf.txt')],
  [join(ROOT, 'traces/formats/qemu-simple/q-e1000e.log.gz')],
];

describe.each(RUNS.map((files) => [files]))('%j', (files) => {
  const before = told(check(...files));

  test.each(['irq', 'ndjson', 'irq.gz', 'ndjson.zst', 'parquet'])('as .%s shows the same at the same places', (form) => {
    expect(run(['convert', ...files, '-o', `out.${form}`]).status).toBe(0);
    expect(told(check(`out.${form}`))).toEqual(before);
  });

  test('native to native and back is exact', () => {
    run(['convert', ...files, '-o', 'a.ndjson']);
    run(['convert', 'a.ndjson', '-o', 'b.irq']);
    run(['convert', 'b.irq', '-o', 'b.parquet']);
    run(['convert', 'b.parquet', '-o', 'c.ndjson']);
    expect(read('c.ndjson')).toBe(read('a.ndjson'));
  });
});

test('litmus text is standard output\'s form, and packed text is packed', () => {
  expect(run(['convert', LEVEL, '-o', '-']).stdout).toMatch(/^irq 1/);
  run(['convert', LEVEL, '-o', 'level.ndjson.gz']);
  expect(gunzipSync(readFileSync(join(folder, 'level.ndjson.gz'))).toString()).toMatch(/^\{"irqreplay":1,/);
});

test('a table is read from standard input, packed or not; one that is cut off is refused', () => {
  run(['convert', LEVEL, '-o', 'level.parquet']);
  const table = readFileSync(join(folder, 'level.parquet'));
  const events = told(check(LEVEL));
  for (const input of [table, gzipSync(table)]) expect(told(JSON.parse(run(['check', '-', '--format', 'json'], { input }).stdout))).toEqual(events);
  expect(run(['info', '-'], { input: table }).stdout).toContain('parquet');
  const cut = run(['check', '-'], { input: table.subarray(0, 1000) });
  expect(cut).toMatchObject({ status: 2, stderr: expect.stringContaining('at byte 1000", expected PAR1, the end of a whole Parquet file') });
});

test('zstd has a frame for each block, which its own tool and ours unpack', () => {
  const block = `@0 ioapic.in pin=10 level=1 src="x:1 ${'name'.repeat(100)}"\n`;
  writeFileSync(join(folder, 'long.irq'), block.repeat(6000));
  run(['convert', 'long.irq', '-o', 'long.irq.zst']);
  run(['convert', 'long.irq', '-o', 'long2.irq']);
  const packed = readFileSync(join(folder, 'long.irq.zst'));
  // frames of 1 MiB and the rest: RFC 8878, 3.1.1
  expect(packed.toString('latin1').split('\x28\xb5\x2f\xfd')).toHaveLength(4);
  expect(Buffer.from(decompress(packed)).toString()).toBe(read('long2.irq'));
});

test('what breaks off is written as far as it goes, and said; what cannot be read leaves nothing', () => {
  writeFileSync(join(folder, 'torn.irq'), 'meta.note text=x\nno.such kind=1\n');
  expect(run(['convert', 'torn.irq', '-o', 'torn.ndjson'])).toMatchObject({ status: 2, stderr: expect.stringContaining('torn.irq:2') });
  expect(read('torn.ndjson').trimEnd().split('\n')).toHaveLength(2);
  expect(run(['convert', 'nowhere.txt', '-o', 'nothing.irq']).status).toBe(2);
  expect(existsSync(join(folder, 'nothing.irq'))).toBe(false);
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test.each([
  [['convert', LEVEL, '-o', 'x.txt'], 'expected a name that ends in .irq, .ndjson, .parquet (texts also with .gz or .zst), or --to'],
  [['convert', LEVEL, '-o', 'x.parquet.gz'], 'expected a name without .gz, because Parquet packs its columns itself'],
  [['convert', LEVEL, '-o', 'no/such/x.irq'], 'cannot write no/such/x.irq'],
])('%j is refused', (args, message) => {
  expect(run(args)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
});
