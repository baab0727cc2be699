// Every rule page is a test: bad blocks are flagged exactly where marked, near misses stay silent, and an unknown start adds nothing.

import { describe, expect, test } from 'vitest';
import { parseIrq } from '../../src/import/irq.js';
import { RULES } from '../../src/rules/index.js';
import { readPages, type Block } from './page.js';
import { run, type Fired } from './run-block.js';

const key = ({ index, rule }: Fired): string => `${index} ${rule}`;

/** Marks of a block as `index rule`; a bare mark means the page's own rule. */
function marks(block: Block, pageRule: string): string[] {
  const found: string[] = [];
  for (const [index, rules] of parseIrq(block.text, 'page').marks)
    for (const rule of rules.length === 0 ? [pageRule] : rules) found.push(`${index} ${rule}`);
  return found.sort();
}

/** What must match the marks: the page's own rule, and whatever is above info. */
const relevant = (fired: readonly Fired[], pageRule: string): string[] =>
  fired.filter(({ rule, severity }) => rule === pageRule || severity !== 'info').map(key).sort();

for (const page of readPages()) {
  describe(page.rule, () => {
    for (const block of page.blocks) {
      const { events } = parseIrq(block.text, page.file);
      test(`${block.kind} block at line ${block.line}`, () => {
        expect(relevant(run(events, { state: 'reset', except: block.except }), page.rule)).toEqual(marks(block, page.rule));
      });
      test(`${block.kind} block at line ${block.line} adds nothing from an unknown start`, () => {
        const known = new Set(run(events, { state: 'reset', except: block.except }).map(key));
        expect(run(events, { state: 'unknown' }).map(key).filter((fired) => !known.has(fired))).toEqual([]);
      });
    }
    test('has a bad block with a mark and a near miss without one of its own', () => {
      expect(page.blocks.filter((block) => block.kind === 'bad' && marks(block, page.rule).length > 0).length).toBeGreaterThan(0);
      const nearMisses = page.blocks.filter((block) => block.kind === 'near-miss');
      expect(nearMisses.length).toBeGreaterThan(0);
      for (const block of nearMisses) expect(marks(block, page.rule).filter((mark) => mark.endsWith(` ${page.rule}`))).toEqual([]);
    });
  });
}

test('every rule has its page and every page its rule', () => {
  expect(readPages().map((page) => page.rule)).toEqual(RULES.map((rule) => rule.id).sort());
});
