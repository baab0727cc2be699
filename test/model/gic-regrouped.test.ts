// An interrupt that is moved to another group while it is pending: what it was taken by in the one before may not be recorded.

import { expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';
import { RULES } from '../../src/rules/index.js';

function findings(text: string): string[] {
  const found: string[] = [];
  const replay = new Replay({ rules: RULES, onFinding: ({ rule, entity }) => found.push(`${rule} ${entity}`) });
  replay.feed(parseIrq(`${text}\n`, 'text').events);
  return found;
}

/** Acknowledges of group 0 alone are recorded; INTID 34 is latched in group 1. */
const LATCHED = `meta.start state=reset
meta.chan chan=vm.reset cover=full
${['in', 'pend', 'group', 'en', 'cfg', 'read', 'eoir', 'act'].map((kind) => `meta.chan chan=gic.${kind} cover=full`).join('\n')}
meta.cfg gicVersion=3 gicLines=64
gic.en id=33 val=1
gic.in id=33 level=1
gic.iar cpu=0 id=33 group=0
gic.en id=34 val=1
gic.group id=34 val=1`;
const MOVED = 'gic.pend id=34 val=1\ngic.group id=34 val=0';

test('a read of pending while its line is high does not tell that the latch is still set', () => {
  const text = `${LATCHED}\ngic.in id=34 level=1\n${MOVED}\ngic.read id=34 pend=1\ngic.in id=34 level=0\ngic.read id=34 pend=0`;
  expect(findings(text)).toEqual([]);
});

test('with its line low it does', () => {
  const text = `${LATCHED}\n${MOVED}\ngic.read id=34 pend=1\ngic.read id=34 pend=0`;
  expect(findings(text)).toEqual(['gic/pending-mismatch intid:34']);
});
