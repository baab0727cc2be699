// `irqreplay diff` of two JSON reports: what one of them was not made to tell is neither gone nor new.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { RULE, workbench } from './built.js';

const { folder, run } = workbench();
const reportOf = (...words: readonly string[]) => JSON.parse(run(['check', ...words, '--format', 'json']).stdout);
const write = (name: string, report: object): void => writeFileSync(join(folder, name), JSON.stringify(report, null, 1));

beforeAll(() => write('bad.json', reportOf('masked.irq')));

test.each([
  ['was not asked for this rule', () => reportOf('masked.irq', '--rule', 'ioapic/lost-level')],
  ['was cut short', () => ({ ...reportOf('healthy.irq'), complete: false })],
  ['leaves out 1 known finding, of which this may be one', () => ({ ...reportOf('healthy.irq'), suppressed: 1 })],
])('it %s', (silence, report) => {
  write('other.json', report());
  for (const [only, words] of [['first', ['bad.json', 'other.json']], ['second', ['other.json', 'bad.json']]] as const) {
    const { status, stdout } = run(['diff', ...words, '--fail-on', 'any']);
    const other = only === 'first' ? 'second' : 'first';
    expect(stdout).toMatch(/0 gone, 0 new, 0 in both, 1 of which one does not tell\n/);
    expect(stdout).toContain(`\n  ? violation  ${RULE} pin:ioapic/10\n`);
    expect(stdout).toContain(`\n      in the ${only} only; the ${other} ${silence}: its silence says nothing\n`);
    expect(status).toBe(0);
  }
});

test('what both were asked for is gone or new', () => {
  write('good.json', reportOf('healthy.irq', '--rule', RULE));
  expect(run(['diff', 'bad.json', 'good.json', '--fail-on', 'any'])).toMatchObject({ status: 1, stdout: expect.stringContaining('1 gone, 0 new, 0 in both\n') });
});
