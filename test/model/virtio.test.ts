// Which notifications of a virtio function a recording shows: QEMU has several ways to notify, with a trace event each.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import type { Finding } from '../../src/finding.js';
import { parseIrq } from '../../src/import/irq.js';
import { RULES } from '../../src/rules/index.js';

function entitiesOf(text: string): string[] {
  const found: Finding[] = [];
  new Replay({ rules: RULES, onFinding: (finding) => found.push(finding) }).feed(parseIrq(text, 'virtio').events);
  return found.filter(({ rule }) => rule === 'virtio/isr-not-cleared').map(({ entity }) => entity);
}

const BOTH_RESET = 'ioapic.in pin=11 level=0\nvirtio.reset fn=a\nvirtio.reset fn=b\nvirtio.notify fn=a q=0\n';
const READ_THRICE = (fn: string): string => `virtio.isr.read fn=${fn} val=1\n`.repeat(3);

describe('a recording that does not say that it shows all notifications', () => {
  test('shows those of a function that it has shown one of', () => {
    expect(entitiesOf(BOTH_RESET + READ_THRICE('a'))).toEqual(['fn:a']);
  });

  test('need not show those of an eventfd, with which a line rises', () => {
    expect(entitiesOf(`${BOTH_RESET}${READ_THRICE('a').replaceAll('\n', '\nioapic.in pin=11 level=1\n')}`)).toEqual([]);
    expect(entitiesOf(`${BOTH_RESET.replace(/^.*\n/, '')}${READ_THRICE('a')}`)).toEqual([]);
  });

  test('need not show those of another one', () => {
    expect(entitiesOf(BOTH_RESET + READ_THRICE('b'))).toEqual([]);
  });

  test('need not show them any more after a reset of the function, unless the bit may have been left', () => {
    expect(entitiesOf(`${BOTH_RESET}virtio.isr.read fn=a val=1\nvirtio.isr.read fn=a val=1\nvirtio.reset fn=a\nvirtio.isr.read fn=a val=1\n`)).toEqual([]);
    expect(entitiesOf(`${BOTH_RESET}virtio.reset fn=a\nvirtio.isr.read fn=a val=1\n`)).toEqual(['fn:a']);
  });
});

test('a recording that says so shows them all', () => {
  expect(entitiesOf(`meta.chan chan=* cover=full\n${BOTH_RESET}${READ_THRICE('b')}`)).toEqual(['fn:b', 'fn:b', 'fn:b']);
});
