// Level bits and source ids: what requests, frees, routes, threads and losses leave known.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';
import { gsi, sourceId } from '../../src/ids.js';
import type { Machine } from '../../src/model/machine.js';
import { F, T, U } from '../../src/model/tri.js';

const FULL = 'meta.chan chan=* cover=full';
const UNKNOWN = `meta.start state=unknown\n${FULL}`;
const RESET = `meta.start state=reset\n${FULL}`;

function after(text: string, start = RESET): Machine {
  const replay = new Replay({ rules: [] });
  replay.feed(parseIrq(`${start}\n${text}\n`, 'text').events);
  return replay.machine;
}

const line = (text: string, start = RESET): number => after(text, start).sources.line(gsi(10));

/** What the input, the last event of the text, says against the bits: F agrees, T disagrees. */
function disagrees(text: string): number | undefined {
  const replay = new Replay({ rules: [] });
  const { events } = parseIrq(`${RESET}\n${text}\n`, 'text');
  replay.feed(events.slice(0, -1));
  const input = events.at(-1);
  if (input?.kind !== 'ioapic.in' && input?.kind !== 'pic.in') throw new Error('no input');
  const { sources } = replay.machine;
  const number = sources.gsiOf(input);
  return number === undefined ? undefined : sources.disagrees(input, number);
}

const state = (text: string, start = RESET): number => after(text, start).sources.ids.of(sourceId(2)).state;

describe('the line', () => {
  test('is the OR over its sources', () => {
    expect(line('kvm.set_irq gsi=10 level=1 source=0\nkvm.set_irq gsi=10 level=0 source=1')).toBe(T);
    expect(line('kvm.set_irq gsi=10 level=1 source=0\nkvm.set_irq gsi=10 level=0 source=0')).toBe(F);
  });

  test('is asserted by any level but 0', () => {
    expect(line('kvm.set_irq gsi=10 level=-1 source=0')).toBe(T);
  });

  test('is low only if every source is known: not after an unknown start', () => {
    expect(line('kvm.set_irq gsi=10 level=0 source=0', UNKNOWN)).toBe(U);
    expect(line('kvm.set_irq gsi=10 level=1 source=0', UNKNOWN)).toBe(T);
  });

  test('stores nothing while the GSI has no route, and nothing for a message', () => {
    expect(line('kvm.routes nr=0 ret=0 map=""\nkvm.set_irq gsi=10 level=1 source=0')).toBe(F);
    expect(line('kvm.routes nr=1 ret=0 map=10:msi\nkvm.set_irq gsi=10 level=1 source=0')).toBe(F);
  });

  test('keeps its bits while the same pins come and go, and none of them on other pins', () => {
    const held = 'kvm.routes nr=1 ret=0 map=10:ioapic.10\nkvm.set_irq gsi=10 level=1 source=0\nkvm.routes nr=0 ret=0 map=""';
    expect(line(`${held}\nkvm.routes nr=1 ret=0 map=10:ioapic.10`)).toBe(T);
    expect(line(`${held}\nkvm.routes nr=1 ret=0 map=10:ioapic.11`)).toBe(U);
    expect(line(`${held}\nkvm.routes nr=1 ret=0 map=10:ioapic.11\nkvm.set_irq gsi=10 level=0 source=1`)).toBe(U);
  });

  test('is unknown where two GSIs drive one pin', () => {
    expect(line('kvm.routes nr=2 ret=0 map=10:ioapic.10,11:ioapic.10\nkvm.set_irq gsi=10 level=1 source=0')).toBe(U);
  });

  test('is unknown after a loss', () => {
    expect(line('kvm.set_irq gsi=10 level=1 source=0\nmeta.lost n=1')).toBe(U);
  });

  test('remembers what changed a bit, not what repeated it', () => {
    const { sources } = after('kvm.set_irq gsi=10 level=1 source=0\nkvm.set_irq gsi=10 level=1 source=0');
    expect(sources.bit(gsi(10), sourceId(0))?.by.seq).toBe(2);
    expect(sources.holders(gsi(10)).map(([id]) => id)).toEqual([0]);
  });
});

describe('an input', () => {
  const holding = '@1000 on=0 tid=7 kvm.set_irq gsi=10 level=1 source=0\n@2000 on=0 tid=7 ioapic.in pin=10 level=1\n';

  test('shows the bits of its own thread', () => {
    expect(disagrees(`${holding}@900000 on=0 tid=7 kvm.set_irq gsi=10 level=0 source=0\n@901000 on=0 tid=7 ioapic.in pin=10 level=1`)).toBe(T);
    expect(disagrees(`${holding}@900000 on=0 tid=7 kvm.set_irq gsi=10 level=0 source=0\n@901000 on=0 tid=7 ioapic.in pin=10 level=0`)).toBe(F);
  });

  test('may or may not have the request that another thread has not carried out yet', () => {
    const asked = `${holding}@800000 on=1 tid=8 kvm.set_irq gsi=10 level=1 source=1\n`;
    expect(disagrees(`${asked}@900000 on=0 tid=7 kvm.set_irq gsi=10 level=0 source=0\n@901000 on=0 tid=7 ioapic.in pin=10 level=0`)).toBe(U);
  });

  test('has that request once its own input was long ago', () => {
    const done = `${holding}@800000 on=1 tid=8 kvm.set_irq gsi=10 level=1 source=1\n@801000 on=1 tid=8 ioapic.in pin=10 level=1\n`;
    expect(disagrees(`${done}@900000 on=0 tid=7 kvm.set_irq gsi=10 level=0 source=0\n@901000 on=0 tid=7 ioapic.in pin=10 level=0`)).toBe(T);
    expect(disagrees(`${done}@802000 on=0 tid=7 kvm.set_irq gsi=10 level=0 source=0\n@803000 on=0 tid=7 ioapic.in pin=10 level=0`)).toBe(U);
  });

  test('that no request led to is not compared: KVM_SET_IRQCHIP raises pins by itself', () => {
    expect(disagrees('ioapic.in pin=10 level=1')).toBeUndefined();
    expect(disagrees('kvm.set_irq gsi=10 level=0 source=0\nioapic.in pin=10 level=0\nioapic.in pin=10 level=1')).toBeUndefined();
    expect(disagrees('kvm.set_irq gsi=10 level=0 source=0\nkvm.set_irqchip chip=2\nioapic.in pin=10 level=1')).toBeUndefined();
    expect(disagrees('kvm.set_irq gsi=10 level=1 source=2\nioapic.in pin=10 level=1\nkvm.src.free id=2\nioapic.in pin=10 level=1')).toBeUndefined();
  });

  test('of the 8259 is compared only where its levels are recorded', () => {
    const low = 'kvm.set_irq gsi=5 level=1 source=0\npic.in pin=5 level=0';
    expect(disagrees(low)).toBe(T);
    expect(disagrees(`meta.chan chan=pic.in cover=partial\n${low}`)).toBeUndefined();
  });

  test('that contradicts the bits makes them unknown, once', () => {
    const text = 'kvm.set_irq gsi=10 level=1 source=0\nkvm.set_irq gsi=10 level=0 source=1\nioapic.in pin=10 level=0\n';
    expect(line(text)).toBe(U);
    expect(disagrees(`${text}kvm.set_irq gsi=10 level=0 source=1\nioapic.in pin=10 level=0`)).toBe(U);
  });
});

describe('a source id', () => {
  test('is free after a reset only if every request would be recorded', () => {
    expect(state('')).toBe(F);
    expect(state('meta.chan chan=kvm.src.alloc cover=partial')).toBe(U);
    expect(state('', UNKNOWN)).toBe(U);
  });

  test('is what happened to it last', () => {
    expect(state('kvm.src.alloc ret=2')).toBe(T);
    expect(state('kvm.src.alloc ret=2\nkvm.src.free id=2')).toBe(F);
    expect(state('kvm.src.alloc ret=2\nmeta.lost n=1')).toBe(U);
  });

  test('takes its bits along when it is freed', () => {
    expect(line('kvm.src.alloc ret=2\nkvm.set_irq gsi=10 level=1 source=2\nkvm.src.free id=2')).toBe(F);
  });

  test('owes the fall of a line only if no other source holds it', () => {
    const freed = 'kvm.src.alloc ret=2\nkvm.set_irq gsi=10 level=1 source=2\nkvm.src.free id=2';
    expect(after(freed).ctx.owed.open('source.fall', 10)).toBeDefined();
    expect(after(`kvm.set_irq gsi=10 level=1 source=0\n${freed}`).ctx.owed.open('source.fall', 10)).toBeUndefined();
  });

  test('that is used after its free is unknown from then on', () => {
    expect(state('kvm.src.alloc ret=2\nkvm.src.free id=2\nkvm.set_irq gsi=10 level=1 source=2')).toBe(U);
  });
});
