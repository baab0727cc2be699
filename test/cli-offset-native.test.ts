// --offset's uncertainty holds whatever form the file has: events of a native recording carry the numbers of the files it was made from.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { RULE, workbench } from './built.js';

const { folder, run } = workbench();

beforeAll(() => {
  writeFileSync(join(folder, 'a.irq'), 'irq 1 clock=seconds base=5000000000\n@500000 ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=1\n@9000000 ioapic.rte pin=11 vec=0x42 dm=0 trig=edge mask=1\n');
  writeFileSync(join(folder, 'b.irq'), 'irq 1 clock=seconds base=5000000000\n@0 fd.open fd=3\n@1000000 ioapic.deliver pin=10 vec=0x41\n');
  for (const form of ['irq', 'ndjson', 'parquet']) run(['convert', 'b.irq', '-o', `made.${form}`]);
});

describe.each(['b.irq', 'made.irq', 'made.ndjson', 'made.parquet'])('%s', (file) => {
  const check = (uncertainty: string) => run(['check', 'a.irq', file, '--rule', RULE, '--offset', `${file}=0ns~${uncertainty}`]);

  test('is judged where its clock is known well enough', () => {
    expect(check('1us').status).toBe(1);
  });

  test('the delivery may have come first where it is known to 2 ms', () => {
    expect(check('2ms').status).toBe(0);
  });

  test('is minimised with the same clocks', () => {
    const { stdout } = run(['minimise', 'a.irq', file, '--offset', `${file}=0ns~1us`]);
    expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual(['ioapic.rte pin=10 mask=1', `ioapic.deliver pin=10 vec=65 ! ${RULE}`]);
  });
});
