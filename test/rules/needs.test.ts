// What a rule needs to see: where one of the kinds may have happened unseen, it finds nothing.

import { describe, expect, test } from 'vitest';
import { parseIrq } from '../../src/import/irq.js';
import { RULES } from '../../src/rules/index.js';
import { kindsOf, unmet } from '../../src/rules/needs.js';
import { readPages } from './page.js';
import { run } from './run-block.js';

describe('needs', () => {
  test('the first that nothing covers is told, with all that would do', () => {
    expect(unmet(['pic.in', ['pic.inta', 'pic.poll']], (kind) => kind === 'pic.in')).toEqual(['pic.inta', 'pic.poll']);
    expect(unmet(['pic.in', ['pic.inta', 'pic.poll']], (kind) => kind !== 'pic.inta')).toBeUndefined();
    expect(unmet([], () => false)).toBeUndefined();
  });

  test('of a GIC are met by what is shown of the physical one', () => {
    expect(kindsOf('gic.iar')).toEqual(['gic.iar', 'pgic.iar']);
    expect(kindsOf('vgic.flush')).toEqual(['vgic.flush']);
  });
});

const pages = readPages();

describe.each(RULES.filter(({ needs }) => needs.length > 0).map((rule) => [rule.id, rule] as const))('%s', (id, { needs }) => {
  const blocks = pages.find((page) => page.rule === id)?.blocks.filter(({ kind }) => kind === 'bad') ?? [];
  test.each(needs.map((need) => [kindsOf(need).join(' or '), kindsOf(need)] as const))('is silent where %s may go unseen', (_, kinds) => {
    for (const { text } of blocks) {
      const hidden = kinds.map((kind) => `meta.chan chan=${kind} cover=partial\n`).join('');
      const own = text.split('\n').filter((line) => !kinds.some((kind) => line.includes(`chan=${kind} `))).join('\n');
      expect(run(parseIrq(hidden + own, 'page').events, { state: 'reset' }).filter(({ rule }) => rule === id)).toEqual([]);
    }
  });
});
