// The routing table in force: what a commit, its result, its thread and a loss leave known.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';
import { gsi, pin } from '../../src/ids.js';
import type { Machine } from '../../src/model/machine.js';
import { F, T, U } from '../../src/model/tri.js';

/** The machine after a text; everything is recorded unless the text says otherwise. */
function after(text: string, start = 'meta.start state=unknown\nmeta.chan chan=* cover=full'): Machine {
  const replay = new Replay({ rules: [] });
  replay.feed(parseIrq(`${start}\n${text}\n`, 'text').events);
  return replay.machine;
}

const RESET = 'meta.start state=reset\nmeta.chan chan=* cover=full';

/** What the last commit of a text asks for, against the limit. */
function over(text: string): number {
  const replay = new Replay({ rules: [] });
  const { events } = parseIrq(`${text}\n`, 'text');
  replay.feed(events);
  const last = events.at(-1);
  if (last?.kind !== 'kvm.routes') throw new Error('no commit');
  return replay.machine.routes.overLimit(last);
}

describe('before a commit is recorded', () => {
  test('nothing is known of a route, also after a reset', () => {
    expect(after('').routes.routed(gsi(24))).toBe(U);
    expect(after('', RESET).routes.routed(gsi(24))).toBe(U);
    expect(after('').routes.gsiOfPin(pin(10))).toBeUndefined();
  });

  test('a pin belongs to the GSI of its number after a reset, if a commit would be recorded', () => {
    expect(after('', RESET).routes.gsiOfPin(pin(10))).toBe(10);
    expect(after('', RESET).routes.gsiOfPin(pin(24))).toBeUndefined();
    expect(after('', 'meta.start state=reset').routes.gsiOfPin(pin(10))).toBeUndefined();
  });
});

describe('a commit', () => {
  test('replaces the whole table', () => {
    const { routes } = after('kvm.routes nr=2 ret=0 map=24:msi,10:ioapic.9\nkvm.routes nr=1 ret=0 map=25:msi');
    expect([24, 25, 10].map((n) => routes.routed(gsi(n)))).toEqual([F, T, F]);
    expect(routes.gsiOfPin(pin(9))).toBeUndefined();
    expect(routes.dropped(gsi(24))?.routes).toEqual([{ type: 'msi' }]);
    expect(routes.dropped(gsi(25))).toBeUndefined();
  });

  test('that is refused changes nothing', () => {
    const { routes } = after('kvm.routes nr=1 ret=0 map=24:msi\nkvm.routes nr=1 ret=-22 map=25:msi');
    expect([routes.routed(gsi(24)), routes.routed(gsi(25)), routes.nr]).toEqual([T, F, 1]);
  });

  test('without a result was taken if it is legal, and leaves nothing known if it is not', () => {
    expect(after('kvm.routes nr=1 map=24:msi').routes.routed(gsi(24))).toBe(T);
    expect(after('kvm.routes nr=1 ret=0 map=24:msi\nkvm.routes nr=2 map=24:msi,24:msi').routes.routed(gsi(24))).toBe(U);
  });

  test('of which not all is written says nothing about other GSIs, and nothing about who is last at a pin', () => {
    const { routes } = after('kvm.routes nr=40 ret=0 map=10:ioapic.10,...');
    expect([routes.routed(gsi(10)), routes.routed(gsi(24))]).toEqual([T, U]);
    expect(routes.gsiOfPin(pin(10))).toBeUndefined();
  });

  test('without a result is under way until its thread shows something else', () => {
    const text = 'kvm.routes nr=2 ret=0 map=24:msi,10:ioapic.10\n@1000 tid=7 kvm.routes nr=2 map=25:msi,10:ioapic.10';
    const { routes } = after(text);
    expect([24, 25, 10].map((n) => routes.routed(gsi(n)))).toEqual([U, U, T]);
    expect([routes.isMsi(gsi(24)), routes.isMsi(gsi(10))]).toEqual([U, F]);
    expect(routes.pinsOf(gsi(10))).toEqual([10]);
    expect(routes.pinsOf(gsi(24))).toBeUndefined();
    const later = after(`${text}\n@2000 tid=8 apic.tpr cpu=0 val=0\n@3000 tid=7 apic.tpr cpu=0 val=0`).routes;
    expect([24, 25, 10].map((n) => later.routed(gsi(n)))).toEqual([F, T, T]);
  });

  test('that overlaps another leaves nothing known', () => {
    const commits = '@1000 tid=7 kvm.routes nr=1 map=24:msi\n@1100 tid=8 kvm.routes nr=1 map=25:msi';
    const { routes } = after(`${commits}\n@2000 tid=7 apic.tpr cpu=0 val=0\n@3000 tid=8 apic.tpr cpu=0 val=0`);
    expect([routes.routed(gsi(24)), routes.routed(gsi(25))]).toEqual([U, U]);
  });
});

describe('what may follow from a loss', () => {
  test('is forgotten unless another stream declares the commits complete', () => {
    const commit = 'kvm.routes nr=1 ret=0 map=24:msi\nmeta.lost n=1';
    expect(after(commit).routes.routed(gsi(24))).toBe(U);
    const replay = new Replay({ rules: [] });
    const { events } = parseIrq('meta.chan chan=kvm.routes cover=full\nkvm.routes nr=1 ret=0 map=24:msi\nmeta.lost n=1\n', 'text');
    events.forEach((event) => (event.stream = event.kind === 'meta.lost' ? 1 : 0));
    replay.feed(events);
    expect(replay.machine.routes.routed(gsi(24))).toBe(T);
  });
});

describe('a pin with several GSIs', () => {
  test('has no sole one, and its GSIs share their bits', () => {
    const { routes } = after('kvm.routes nr=3 ret=0 map=0:ioapic.2,2:ioapic.2,3:ioapic.3');
    expect([routes.soleGsiOf('ioapic', pin(2)), routes.soleGsiOf('ioapic', pin(3))]).toEqual([undefined, 3]);
    expect([0, 2, 3].map((n) => routes.sharesPins(gsi(n)))).toEqual([true, true, false]);
  });

  test('has had the GSI of its number before the first table', () => {
    const { routes } = after('kvm.routes nr=2 ret=0 map=0:ioapic.2,3:ioapic.3', RESET);
    expect([routes.soleGsiOf('ioapic', pin(2)), routes.soleGsiOf('ioapic', pin(3))]).toEqual([undefined, 3]);
  });

  test('stays so when the table changes: the bits of the one before are still there', () => {
    const { routes } = after('kvm.routes nr=1 ret=0 map=10:ioapic.10\nkvm.routes nr=1 ret=0 map=24:ioapic.10');
    expect(routes.soleGsiOf('ioapic', pin(10))).toBeUndefined();
  });
});

describe('the limit', () => {
  test('is 1024 or 4096 where it is not told', () => {
    expect(over('kvm.routes nr=1024 ret=-22 map=0-1023')).toBe(F);
    expect(over('kvm.routes nr=1025 ret=-22 map=0-1024')).toBe(U);
    expect(over('kvm.routes nr=4096 ret=-22 map=0-4095')).toBe(U);
    expect(over('kvm.routes nr=4097 ret=-22 map=0-4096')).toBe(T);
    expect(over('kvm.routes nr=1 ret=-22 map=4096:msi')).toBe(T);
  });

  test('is 4096 once a table above 1024 was taken', () => {
    expect(over('kvm.routes nr=1025 ret=0 map=0-1024\nkvm.routes nr=4096 ret=-22 map=0-4095')).toBe(F);
  });

  test('holds for the highest GSI of a table that is not wholly written only if one is too high', () => {
    expect(over('kvm.routes nr=25 ret=-22 map=""')).toBe(U);
    expect(over('kvm.routes nr=25 ret=-22 map=4096:msi,...')).toBe(T);
  });
});
