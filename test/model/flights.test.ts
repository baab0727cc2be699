// Changes under way land when their thread goes on, or when so much time has gone by that they must have landed.

import { expect, test } from 'vitest';
import type { Event } from '../../src/event.js';
import { parseIrq } from '../../src/import/irq.js';
import { Flights, LANDED_AFTER } from '../../src/model/flights.js';

function event(text: string): Event {
  const [one] = parseIrq(`${text}\n`, 'event').events;
  if (one === undefined) throw new Error('no event');
  return one;
}

function started(...texts: readonly string[]): { flights: Flights; landed: string[] } {
  const flights = new Flights();
  const landed: string[] = [];
  for (const [seq, text] of texts.entries()) {
    const by = Object.assign(event(text), { seq });
    if (by.kind === 'apic.eoi') flights.eoi(by, () => landed.push(text));
    else flights.write(by, () => landed.push(text));
  }
  return { flights, landed };
}

test('a write lands at the next event of its thread, and not at those of others', () => {
  const { flights, landed } = started('@0 tid=1 cpu.enter cpu=0', '@0 tid=2 cpu.enter cpu=1');
  flights.advance(event('@1000 tid=3 cpu.exit cpu=2'));
  expect(landed).toEqual([]);
  flights.advance(event('@2000 tid=2 cpu.exit cpu=1'));
  expect(landed).toEqual(['@0 tid=2 cpu.enter cpu=1']);
  flights.advance(event('@2000 tid=1 cpu.exit cpu=0'));
  expect(landed).toHaveLength(2);
  expect(flights.any).toBe(false);
});

test('an EOI outlasts what its thread does to handle it', () => {
  const { flights, landed } = started('@0 tid=1 apic.eoi cpu=0 vec=65');
  flights.advance(event('@1000 tid=1 kvm.ack chip=2 pin=10'));
  expect(landed).toEqual([]);
  flights.advance(event('@2000 tid=1 cpu.enter cpu=0'));
  expect(landed).toHaveLength(1);
});

test('any thread shows that time has gone by; those land in the order they began', () => {
  const { flights, landed } = started('@5 tid=1 cpu.enter cpu=0', '@0 tid=2 cpu.enter cpu=1', `@${LANDED_AFTER} tid=3 cpu.enter cpu=2`);
  flights.advance(event(`@${LANDED_AFTER + 10} tid=9 cpu.exit cpu=3`));
  expect(landed).toEqual(['@5 tid=1 cpu.enter cpu=0', '@0 tid=2 cpu.enter cpu=1']);
  flights.advance(event(`@${2 * LANDED_AFTER + 10} tid=9 cpu.exit cpu=3`));
  expect(landed).toHaveLength(3);
});

test('without a thread it takes effect at once, and what is cleared never does', () => {
  const { flights, landed } = started('@0 cpu.enter cpu=0', '@0 tid=1 cpu.enter cpu=1');
  expect(landed).toEqual(['@0 cpu.enter cpu=0']);
  flights.clear();
  flights.advance(event('@1000 tid=1 cpu.exit cpu=1'));
  expect(landed).toHaveLength(1);
});
