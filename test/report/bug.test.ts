// The bug report as Markdown that is read as plain text, too.

import { expect, test } from 'vitest';
import { bugReport } from '../../src/report/bug.js';
import { analyse } from './sample.js';

const analysis = analyse('@1 ioapic.deliver pin=1 vec=2\n');

test('wherever a line breaks, none begins with what Markdown reads as a list or a heading', () => {
  const [finding] = analysis.findings;
  if (finding === undefined) throw new Error('nothing was found');
  for (let n = 40; n < 80; n++) {
    const sentence = `${'x'.repeat(n)} is 1. Then - and + or === and 2) at last`;
    const parts = { analysis, summary: 'It holds.', why: '', lives: [], onward: new Map(), litmus: '', version: '1', number: 1, options: [] };
    const text = bugReport({ ...parts, finding: { ...finding, sentence } }, ['a.irq']).replace(/```[^]*?```/g, '');
    expect(text.replaceAll('\n', ' ')).toContain(`${'X' + 'x'.repeat(n - 1)} is 1. Then - and + or === and 2) at last.`);
    expect(text).not.toMatch(/^(?:\d+[.)]|[-+=]+)(?: |$)/m);
  }
});
