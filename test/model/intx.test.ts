// INTx lines beyond what the rule pages show: how wiring is learned, unknown start, losses, coverage, threads and clocks.

import { expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';
import type { Machine } from '../../src/model/machine.js';
import { F, T, U } from '../../src/model/tri.js';
import { RULES } from '../../src/rules/index.js';

const RESET = 'meta.start state=reset\nmeta.chan chan=* cover=full\n';
const UNKNOWN = 'meta.start state=unknown\nmeta.chan chan=* cover=full\n';

interface Outcome {
  readonly machine: Machine;
  /** `rule line`, the line counted from 1 without the start. */
  readonly found: readonly string[];
}

function replay(start: string, text: string): Outcome {
  const found: string[] = [];
  const run = new Replay({ rules: RULES, onFinding: ({ rule, at }) => found.push(`${rule} ${at.at}`) });
  run.feed(parseIrq(start, 'start').events);
  run.feed(parseIrq(text, 'test').events);
  return { machine: run.machine, found };
}

/** Functions that assert, a line that rises, functions that de-assert, a line that falls. */
const pulse = (fn: string, line: string): string => `intx.assert fn=${fn}
intx.line line=${line} level=1
intx.deassert fn=${fn}
intx.line line=${line} level=0
`;

test('a whole pulse of one function alone shows its line', () => {
  const { machine } = replay(RESET, pulse('a', '10') + pulse('b', '11'));
  expect([machine.intx.fn('a').home, machine.intx.fn('b').home]).toEqual(['10', undefined]);
  expect(replay(RESET, pulse('a', '10') + pulse('a', '11')).machine.intx.fn('a').home).toBe('11');
  // Line 11 could have shown a's pulse late, until it has been low once since.
  expect(replay(RESET, pulse('a', '10') + pulse('b', '11') + pulse('b', '11')).machine.intx.fn('b').home).toBe('11');
});

test('a pulse in which two functions changed shows the line of neither', () => {
  const { machine } = replay(RESET, 'intx.assert fn=a\nintx.line line=10 level=1\nintx.assert fn=b\nintx.deassert fn=b\nintx.deassert fn=a\nintx.line line=10 level=0\n');
  expect([machine.intx.fn('a').home, machine.intx.fn('b').home]).toEqual([undefined, undefined]);
});

test('no pulse, no line: it was up before, or fell while the function still asserted', () => {
  expect(replay(UNKNOWN, 'intx.line line=10 level=1\nintx.assert fn=a\nintx.deassert fn=a\nintx.line line=10 level=0\n').machine.intx.fn('a').home).toBeUndefined();
  expect(replay(RESET, 'intx.assert fn=a\nintx.line line=10 level=1\nintx.line line=10 level=0\n').machine.intx.fn('a').home).toBeUndefined();
});

test('a pulse that another CPU may have shared shows nothing', () => {
  const text = (gap: number): string => `@1000000 on=1 intx.assert fn=b
@1100000 on=1 intx.line line=10 level=1
@1200000 on=1 intx.deassert fn=b
@${1_200_000 + gap} on=0 intx.line line=10 level=0
@2000000 on=0 intx.assert fn=a
@2100000 on=0 intx.line line=10 level=1
@2200000 on=0 intx.deassert fn=a
@2300000 on=0 intx.line line=10 level=0
`;
  expect([replay(RESET, text(10_000)).machine.intx.fn('a').home, replay(RESET, text(100_000)).machine.intx.fn('a').home]).toEqual([undefined, '10']);
});

test('a function that raises two lines has none of its own', () => {
  const both = 'intx.assert fn=a\nintx.line line=10 level=1\nintx.line line=20 level=1\nintx.deassert fn=a\nintx.line line=10 level=0\nintx.line line=20 level=0\n';
  expect(replay(RESET, both).machine.intx.fn('a').home).toBeUndefined();
});

test('from an unknown start a pulse shows line and enable bits, and a lost assertion is found', () => {
  const { machine, found } = replay(UNKNOWN, `intx.line line=10 level=0\n${pulse('a', '10')}intx.assert fn=a\nintx.deassert fn=a\n`);
  expect(machine.intx.fn('a').home).toBe('10');
  expect(machine.intx.fn('a').dis.value).toBe(F);
  expect(found).toEqual(['intx/lost-assert 7']);
});

test('from an unknown start a rise with nobody to raise it is no fault', () => {
  const text = 'pci.cmd fn=a intx_disable=1\nmsi.ctrl fn=a enable=0\nmsix.ctrl fn=a enable=0 fmask=0\nintx.assert fn=a\nintx.line line=10 level=1\n';
  expect(replay(UNKNOWN, text).found).toEqual([]);
  expect(replay(RESET, text).found).toEqual(['intx/assert-while-disabled 5']);
});

test('after a loss nothing is known of the wires', () => {
  const { machine, found } = replay(RESET, `${pulse('a', '10')}intx.assert fn=a\nmeta.lost n=1\nintx.deassert fn=a\n`);
  expect(machine.intx.fn('a').home).toBeUndefined();
  expect(found).toEqual([]);
});

test('a loss of another stream takes nothing away that one stream declares in full', () => {
  const kinds = ['intx.assert', 'intx.deassert', 'intx.line', 'pci.cmd', 'pci.reset', 'msi.ctrl', 'msix.ctrl', 'vm.reset'];
  const declared = kinds.map((kind) => `meta.chan chan=${kind} cover=full src="whole.log:1 meta.chan"\n`).join('');
  const { found } = replay(`meta.start state=reset\n${declared}`, `${pulse('a', '10')}intx.assert fn=a\nmeta.lost n=1\nintx.deassert fn=a\n`);
  // The events of `whole.log` and the loss come from different streams.
  expect(found).toEqual(['intx/lost-assert 7']);
});

test('without a declaration nothing is known of the wires', () => {
  const { machine, found } = replay('meta.start state=reset\n', `${pulse('a', '10')}intx.assert fn=a\nintx.deassert fn=a\n`);
  expect(machine.intx.asks('a')).toBe(U);
  expect(found).toEqual([]);
});

test('wires that were followed while everything was shown are forgotten when it no longer is', () => {
  const partial = 'meta.chan chan=pci.reset cover=partial\n';
  const { machine, found } = replay(RESET, `${pulse('a', '10')}intx.assert fn=a\n${partial}pci.status.read fn=a int_status=0\nmeta.chan chan=pci.reset cover=full\nintx.deassert fn=a\n`);
  expect(machine.intx.fn('a').home).toBeUndefined();
  expect(found).toEqual([]);
});

test('a line is wanted as far as its holders are known', () => {
  const [line] = parseIrq('intx.line line=10 level=0\n', 'line').events;
  if (line?.kind !== 'intx.line') throw new Error('no line');
  const wanted = (text: string): number => {
    const { intx } = replay(RESET, text).machine;
    return intx.wanted(intx.lineOf(line));
  };
  expect(wanted(pulse('a', '10'))).toBe(F);
  expect(wanted(`${pulse('a', '10')}intx.assert fn=a\nintx.line line=10 level=1\n`)).toBe(T);
  expect(wanted(`${pulse('a', '10')}intx.assert fn=b\n`)).toBe(U);
  expect(wanted(`meta.start state=unknown\n`)).toBe(U);
  expect(wanted(`meta.start state=unknown\nintx.line line=10 level=1\nintx.line line=10 level=0\n`)).toBe(F);
  expect(wanted(`${pulse('a', '11')}intx.assert fn=a\nintx.line line=11 level=1\n`)).toBe(F);
});

test('of two writes under way the later one stays', () => {
  const { machine } = replay(RESET, 'tid=7 pci.cmd fn=a intx_disable=1\ntid=8 pci.cmd fn=a intx_disable=0\ntid=8 apic.tpr cpu=0 val=0\ntid=7 apic.tpr cpu=0 val=0\n');
  expect(machine.intx.fn('a').dis.value).toBe(F);
});

test('a change under way when everything was forgotten changes nothing', () => {
  const partial = 'meta.chan chan=pci.reset cover=partial\ntid=8 intx.line line=11 level=1\nmeta.chan chan=pci.reset cover=full\n';
  const text = `${pulse('a', '10')}tid=7 intx.assert fn=a\n${partial}tid=8 intx.line line=10 level=1\ntid=8 intx.deassert fn=b\n`;
  expect(replay(RESET, `${text}tid=7 apic.tpr cpu=0 val=0\ntid=8 intx.line line=10 level=0\n`).found).toEqual([]);
});

test('a function that turns its messages on may drop its wire', () => {
  const text = 'intx.assert fn=a\nmsi.ctrl fn=a enable=1\nmsi.ctrl fn=a enable=0\n';
  expect(replay(RESET, text).machine.intx.asks('a')).toBe(U);
});

const sharers = pulse('a', '10') + pulse('b', '11') + pulse('b', '11');
const shared = `${pulse('b', '10')}intx.assert fn=a\nintx.line line=10 level=1\nintx.assert fn=b\nintx.deassert fn=a\n`;
test.each([
  ['a rise of another line that is explained leaves the debt', `${sharers}intx.assert fn=a\nintx.assert fn=b\nintx.line line=11 level=1\nintx.deassert fn=a\n`, ['intx/lost-assert 16']],
  ['a rise that nothing explains may be the owed one on another wire', `${pulse('a', '10')}intx.assert fn=a\nintx.line line=12 level=1\nintx.deassert fn=a\n`, []],
  ['Interrupt Disable takes the debt away', `${pulse('a', '10')}intx.assert fn=a\npci.cmd fn=a intx_disable=1\nintx.deassert fn=a\n`, []],
  ['a line that falls by itself is not dropped by a sharer', `${pulse('b', '10')}intx.assert fn=b\nintx.line line=10 level=1\nintx.line line=10 level=0\n`, []],
  ['a function of another line drops nothing', `${sharers}intx.assert fn=b\nintx.line line=11 level=1\nintx.assert fn=a\nintx.line line=10 level=1\nintx.deassert fn=a\nintx.line line=10 level=0\nintx.line line=11 level=0\n`, []],
  ['a dropped sharer is on no known line afterwards', `${shared}intx.line line=10 level=0\nintx.assert fn=a\nintx.line line=10 level=1\nintx.deassert fn=a\nintx.line line=10 level=0\n`, ['intx/deassert-drops-sharer 9']],
  ['what is no longer all shown drops nothing', `${shared}meta.chan chan=intx.deassert cover=partial\nintx.line line=10 level=0\n`, []],
  ['a wire that shows in spite of Interrupt Disable is one finding', 'pci.cmd fn=a intx_disable=1\nintx.assert fn=a\nintx.line line=10 level=1\nintx.deassert fn=a\nintx.line line=10 level=0\nintx.assert fn=a\nintx.line line=10 level=1\n', ['intx/assert-while-disabled 3']],
  ['a status read that contradicts the wire is one finding', 'intx.assert fn=a\npci.status.read fn=a int_status=0\npci.status.read fn=a int_status=1\n', ['intx/status-mismatch 2']],
  ['the status of a function with messages on says nothing', 'msi.ctrl fn=a enable=1\npci.status.read fn=a int_status=1\n', []],
])('%s', (_, text, expected) => {
  expect(replay(RESET, text).found).toEqual(expected);
});

const raised = '@0 on=0 intx.assert fn=a\n@100000 on=0 intx.line line=10 level=1\n';
const timedPulse = `${raised}@200000 on=0 intx.deassert fn=a\n@300000 on=0 intx.line line=10 level=0\n`;
const END = '@9000000 on=0 apic.tpr cpu=0 val=0\n';
test.each([
  ['a read of another CPU just after the release', `${raised}@200000 on=0 intx.deassert fn=a\n@210000 on=1 pci.status.read fn=a int_status=0\n`],
  ['a fall on another CPU just after the read', `${raised}@200000 on=0 intx.deassert fn=a\n@400000 on=0 pci.status.read fn=a int_status=0\n@410000 on=1 intx.line line=10 level=0\n`],
  ['a rise on another CPU just after the de-assertion', `${timedPulse}@400000 on=0 intx.assert fn=a\n@500000 on=0 intx.deassert fn=a\n@510000 on=1 intx.line line=10 level=1\n`],
  ['the assertion of another CPU just before the fall', `${timedPulse}@400000 on=0 intx.assert fn=b\n@500000 on=0 intx.line line=10 level=1\n@600000 on=0 intx.deassert fn=b\n@610000 on=1 intx.assert fn=a\n@620000 on=0 intx.line line=10 level=0\n`],
  ['the disabling write of another CPU just before the rise', '@0 on=1 pci.cmd fn=a intx_disable=1\n@1000 on=0 intx.assert fn=a\n@10000 on=0 intx.line line=10 level=1\n'],
])('%s has no order', (_, text) => {
  expect(replay(RESET, text + END).found).toEqual([]);
});

test('far enough apart, events of several CPUs have an order', () => {
  const text = `@0 on=0 intx.assert fn=b
@100000 on=0 intx.line line=10 level=1
@200000 on=0 intx.deassert fn=b
@300000 on=0 intx.line line=10 level=0
@400000 on=0 intx.assert fn=a
@500000 on=0 intx.line line=10 level=1
@600000 on=1 intx.assert fn=b
@700000 on=0 intx.deassert fn=a
@800000 on=0 intx.line line=10 level=0
@900000 on=1 intx.deassert fn=b
`;
  expect(replay(RESET, text).found).toEqual(['intx/deassert-drops-sharer 9']);
});

test('a fall that a reset owes is not late at what the models reset with it tell of their wires', () => {
  const reset = 'meta.cfg sync=1\nintx.assert fn=a\nintx.line line=20 level=1 by=a\npci.reset fn=a\n';
  const falls = 'intx.line line=20 level=0\n';
  for (const told of ['intx.deassert fn=a\n', 'intx.deassert fn=b\n', 'intx.maybe fn=b level=0\n']) {
    expect(replay(RESET, reset + told + falls).found).toEqual([]);
    expect(replay(RESET, `${reset}${told}pci.cmd fn=b intx_disable=0\n${falls}`).found).toEqual(['intx/stuck-after-reset 6']);
  }
  expect(replay(RESET, `${reset}intx.maybe fn=b level=1\n${falls}`).found).toEqual(['intx/stuck-after-reset 5']);
});

test('a fall is owed once the thread that let go has gone on', () => {
  const rise = 'tid=7 intx.assert fn=a\ntid=7 intx.line line=10 level=1\ntid=7 intx.deassert fn=a\n';
  const read = 'tid=8 pci.status.read fn=a int_status=0\n';
  expect(replay(RESET, rise + read).found).toEqual([]);
  expect(replay(RESET, `${rise}tid=7 apic.tpr cpu=0 val=0\n${read}`).found).toEqual(['intx/stuck-line 5']);
});

test('the declared end of a recording makes open debts late', () => {
  expect(replay(RESET, `${pulse('a', '10')}intx.assert fn=a\nmeta.end\n`).found).toEqual(['intx/lost-assert 6']);
  expect(replay(RESET, 'intx.assert fn=a\nintx.line line=10 level=1\nintx.deassert fn=a\nmeta.end\n').found).toEqual(['intx/stuck-line 4']);
});

test('a line that stays up is one finding until it falls', () => {
  const stuck = 'intx.assert fn=a\nintx.line line=10 level=1\nintx.deassert fn=a\npci.status.read fn=a int_status=0\n';
  const again = 'intx.assert fn=a\nintx.deassert fn=a\npci.status.read fn=a int_status=0\n';
  expect(replay(RESET, stuck + again).found).toEqual(['intx/stuck-line 4']);
  expect(replay(RESET, `${stuck}intx.line line=10 level=0\n${stuck}`).found).toEqual(['intx/stuck-line 4', 'intx/stuck-line 9']);
});
