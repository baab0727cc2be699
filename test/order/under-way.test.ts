// While a whole state is being replaced both states are possible for everybody else.

import { expect, test } from 'vitest';
import type { Event } from '../../src/event.js';
import { ofKind } from '../import/ioctl/log.js';
import { infoOf, merged, shown, streamOf, written } from './streams.js';

const both = async (log: readonly Event[], trace: readonly Event[]): Promise<Event[]> =>
  merged(streamOf(infoOf('log', 0n), log, 100), streamOf(infoOf('trace', 0n), trace));
const ROUTES = '@90000 tid=1 kvm.routes nr=1 ret=0 map=24:msi@0xfee00000/0x41 [10000,90000]';
const END = '@200000 apic.eoi cpu=0 vec=65';

test('a message while the routing table is being replaced: until the return nothing is known of the table', async () => {
  const events = await both(written(0, ROUTES), written(1, '@50000 tid=2 kvm.msi dst=0 vec=65 dm=0 logical=0 trig=edge taken=1', '@60000 tid=2 kvm.set_irq gsi=4 level=1 source=1', END));
  expect(shown(events)).toEqual(['50000 0 kvm.routes', '50000 1 kvm.msi', '60000 1 kvm.set_irq', '90000 0 kvm.routes', '200000 1 apic.eoi']);
  expect(ofKind(events, 'kvm.routes').map(({ map }) => map)).toEqual(['...', '24:msi@0xfee00000/0x41']);
});

test('so does a signal of another thread in the same log', async () => {
  const events = await both(written(0, '@50000 tid=2 efd.signal fd=8 [50000,51000]', ROUTES), written(1, '@1000 meta.note text="begins"', END));
  expect(shown(events)).toEqual(['1000 1 meta.note', '50000 0 kvm.routes', '50000 0 efd.signal', '90000 0 kvm.routes', '200000 1 apic.eoi']);
});

test('a refused table, a route scan, and events outside the call change nothing', async () => {
  const scan = 'tid=2 kvm.msi dst=0 vec=65 dm=0 logical=0 trig=edge taken=0';
  const message = 'tid=2 kvm.msi dst=0 vec=65 dm=0 logical=0 trig=edge taken=1';
  const quiet = await both(written(0, ROUTES), written(1, `@9000 ${message}`, `@50000 ${scan}`, `@91000 ${message}`, END));
  expect(ofKind(quiet, 'kvm.routes')).toHaveLength(1);
  const refused = await both(written(0, ROUTES.replace('ret=0', 'ret=-22')), written(1, `@50000 ${message}`, END));
  expect(ofKind(refused, 'kvm.routes')).toHaveLength(1);
});

test.each([
  ['kvm.set_irqchip chip=2', 'ioapic.in pin=4 level=1'],
  ['kvm.set_lapic cpu=0', 'apic.accept cpu=0 vec=65 trig=edge dm=0'],
])('%s stands before what it sets off itself, and is told again at its return if another thread did something meanwhile', async (call, effect) => {
  const log = () => written(0, `@10000 tid=1 ${call} [10000,20000]`);
  const own = await both(log(), written(1, `@12000 tid=1 ${effect}`, END));
  expect(own.map(({ stream, ns }) => [stream, ns])).toEqual([[0, 10000], [1, 12000], [1, 200000]]);
  const others = await both(log(), written(1, `@12000 tid=2 ${effect}`, END));
  expect(others.map(({ stream, ns }) => [stream, ns])).toEqual([[0, 10000], [1, 12000], [0, 20000], [1, 200000]]);
  expect(others[2]?.kind).toBe(others[0]?.kind);
});
