// The machine as rows of text: what is known and unknown, what an event changes, seeks that equal a straight replay.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';
import { changesBetween } from '../../src/state/changes.js';
import type { Row } from '../../src/state/row.js';
import { Steps } from '../../src/state/steps.js';
import { stateOf } from '../../src/state/tables.js';
import { decodeTrace, random } from '../replay.js';

const stateAfter = (text: string): Row[] => {
  const replay = new Replay({ rules: [] });
  replay.feed(parseIrq(text, 'test').events);
  return stateOf(replay.machine);
};
const row = (rows: readonly Row[], what: string): Readonly<Record<string, string>> | undefined => rows.find((each) => each.what === what)?.cells;

describe('rows', () => {
  test('what was written is known, the rest is not', () => {
    const rows = stateAfter('ioapic.rte pin=10 vec=0x41 dm=0 trig=level mask=1\n');
    expect(row(rows, 'pin:ioapic/10')).toEqual({ input: '?', masked: '1', trigger: 'level', 'remote IRR': '?', vector: '65', destination: '?', logical: '?' });
  });

  test('routes, irqfds, a debt, vectors by number', () => {
    const rows = stateAfter(`meta.start state=reset
meta.chan chan=* cover=full
kvm.routes nr=1 ret=0 map=24:msi@0xfee00000/0x41
kvm.irqfd.assign fd=7 gsi=24 flags=0 ret=0
apic.svr cpu=1 enable=1 suppress_eoi=0
apic.accept cpu=1 vec=65 trig=edge dm=0
efd.signal fd=7
`);
    expect(row(rows, 'gsi:24')).toEqual({ to: 'msi@0xfee00000/0x41' });
    expect(row(rows, 'irqfd:7')).toEqual({ gsi: '24', sort: 'plain', resamplefd: '' });
    expect(row(rows, 'lapic:cpu1')).toMatchObject({ enabled: '1', irr: '65', isr: 'none' });
    expect(rows.filter(({ table }) => table === 'Owed').map(({ cells }) => cells['owed'])).toEqual(['irqfd.inject']);
  });

  test('an MSI-X entry with its masks and its Pending bit', () => {
    const rows = stateAfter(`meta.start state=reset
meta.chan chan=* cover=full
msix.ctrl fn=a enable=1 fmask=0
msix.write fn=a entry=2 field=data val=0x41
msix.fire fn=a entry=2
`);
    expect(row(rows, 'msix:a/2')).toMatchObject({ enabled: '1', 'masked (entry)': '1', 'masked (either)': '1', pending: '1', data: '0x41' });
  });
});

test('changes name what differs, what is gone and what is new', () => {
  const a: Row[] = [{ table: 't', what: 'x', cells: { p: '0', q: '1' } }, { table: 't', what: 'y', cells: { p: '0' } }];
  const b: Row[] = [{ table: 't', what: 'x', cells: { p: '?', q: '1' } }, { table: 't', what: 'z', cells: { p: '1' } }];
  expect(changesBetween(a, b)).toEqual([
    { table: 't', what: 'x', cells: [['p', '0', '?']] },
    { table: 't', what: 'y', cells: [['p', '0', '?']] },
    { table: 't', what: 'z', cells: [['p', '?', '1']] },
  ]);
  expect(changesBetween(a, a)).toEqual([]);
  const slot: Row[] = [{ table: 'List registers', what: 'lr:cpu0/1', cells: { INTID: '27' } }];
  expect([changesBetween(slot, []), changesBetween([], slot)].map(([change]) => change?.cells)).toEqual([[['INTID', '27', '']], [['INTID', '', '27']]]);
});

test('steps at 100 random places equal a straight replay to there, whatever the batches', async () => {
  const events = (await decodeTrace('recordings/kvm-b04m-shared-level/raw.txt')).filter(({ kind }) => kind !== 'meta.note');
  const next = random(4);
  const straight = new Replay({ rules: [] });
  const states = events.map((event) => {
    straight.machine.ctx.flights.advance(event);
    const before = stateOf(straight.machine);
    straight.feed([event]);
    return changesBetween(before, stateOf(straight.machine));
  });
  for (let i = 0; i < 100; i++) {
    const at = Math.floor(next() * events.length);
    const steps = new Steps([at], 'gsi:10', new Replay({ rules: [] }));
    const size = 1 + Math.floor(next() * 40);
    for (let from = 0; from < events.length && !steps.done; from += size) steps.feed(events.slice(from, from + size));
    expect(steps.steps.map(({ changes }) => changes)).toEqual([states[at]]);
  }
});

/** What the last step of litmus text changed, of the steps with these numbers. */
function changesOf(text: string, ...seqs: readonly number[]): string[][] {
  const steps = new Steps(seqs, 'none', new Replay({ rules: [] }));
  steps.feed(parseIrq(text, 'test').events);
  return steps.steps.map(({ changes }) => changes.flatMap(({ what, cells }) => cells.map(([name, before, after]) => `${what} ${name} ${before} -> ${after}`)));
}

describe('a write that takes effect later', () => {
  const WRITE = 'tid=1 ioapic.rte pin=10 vec=0x41 dm=0 trig=level mask=1\n';
  const OTHER = 'tid=2 ioapic.rte pin=11 vec=0x42 dm=0 trig=level mask=1\n';
  const NEXT = 'tid=1 ioapic.rte pin=12 vec=0x43 dm=0 trig=level mask=1\n';

  test('is told with what it leads to, not with what is unknown meanwhile', () => {
    expect(changesOf(WRITE + NEXT, 0, 1)[0]).toEqual(['pin:ioapic/10 masked ? -> 1', 'pin:ioapic/10 trigger ? -> level', 'pin:ioapic/10 vector ? -> 65']);
  });

  test('not with what other threads do before it has landed', () => {
    expect(changesOf(WRITE + OTHER + NEXT, 0, 2)[0]).toEqual(['pin:ioapic/10 masked ? -> 1', 'pin:ioapic/10 trigger ? -> level', 'pin:ioapic/10 vector ? -> 65']);
    expect(changesOf(WRITE + OTHER + NEXT, 0, 1)[0]).toEqual([]);
  });

  test('the step that shows it is not told with it', () => {
    expect(changesOf(WRITE + NEXT, 1)[0]).toEqual([]);
    expect(changesOf('ioapic.rte pin=10 vec=0x41 dm=0 trig=level mask=1\ntid=1 ioapic.rte pin=10 mask=0\ntid=1 ioapic.in pin=10 level=1\n', 1, 2)).toEqual([
      ['pin:ioapic/10 masked 1 -> 0'],
      ['pin:ioapic/10 input ? -> 1'],
    ]);
  });
});
