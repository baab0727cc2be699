// Lives on x86: which hops belong together, what merges, what vanishes, what losses hide. Sequences as KVM traces them.

import { describe, expect, test } from 'vitest';
import { parseIrq } from '../../src/import/irq.js';
import type { Life } from '../../src/lives/life.js';
import { Lives } from '../../src/lives/lives.js';
import { decodeTrace } from '../replay.js';

function livesOf(text: string): Life[] {
  const over: Life[] = [];
  const lives = new Lives((life) => void over.push(life));
  lives.feed(parseIrq(text, 'test').events);
  lives.end();
  return over.sort((a, b) => a.id - b.id);
}

const told = (life: Life | undefined): string => `${life?.fate}: ${life?.hops.map(({ name }) => name).join(' ')}`;

const DELIVERY = `
@10 tid=1 vfio.irq dev=0000:00:10.0
@20 tid=1 efd.signal gsi=21
@30 tid=2 kvm.set_irq gsi=21 level=1 source=1
@31 tid=2 ioapic.in pin=21 level=1 gsi=21
@32 tid=2 ioapic.deliver pin=21 vec=37
@33 tid=2 apic.accept cpu=1 vec=37 trig=level dm=0
`;
const END = `
@40 tid=3 cpu.inject cpu=1 vec=37
@50 tid=3 apic.eoi cpu=1 vec=37
@51 tid=3 kvm.ack chip=2 pin=21
@52 tid=3 kvm.set_irq gsi=21 level=0 source=1
@53 tid=3 ioapic.in pin=21 level=0
@54 tid=3 kvm.resample gsi=21
@55 tid=3 vfio.unmask dev=0000:00:10.0
`;
const NEXT = '@60 tid=3 apic.accept cpu=0 vec=236 trig=edge dm=0\n';

describe('a level interrupt of an assigned device', () => {
  const [life] = livesOf(DELIVERY + END + NEXT);

  test('passes every hop, over three threads', () => {
    expect(told(life)).toBe('ended: raised signalled asserted delivered accepted taken ended acknowledged lowered resampled unmasked');
  });

  test('is known by everything it passed', () => {
    expect(life?.marks).toEqual(['dev:0000:00:10.0', 'gsi:21', 'pin:ioapic/21', 'vector:37@cpu1']);
  });

  test('is timed from hop to hop', () => {
    expect(life?.hops.map(({ event }) => event.ns)).toEqual([10, 20, 30, 32, 33, 40, 50, 51, 52, 54, 55]);
  });
});

test('is open where the recording ends', () => {
  expect(livesOf(DELIVERY).map(told)).toEqual(['open: raised signalled asserted delivered accepted']);
});

test('a message: signal, message, accept, injection, EOI', () => {
  const text = '@1 tid=1 efd.signal gsi=24\n@2 tid=1 kvm.msi vec=65 dm=0 taken=1 gsi=24\n@3 tid=1 apic.accept cpu=0 vec=65 trig=edge dm=0\n@4 tid=2 cpu.inject cpu=0 vec=65\n@5 tid=2 apic.eoi cpu=0 vec=65\n';
  expect(livesOf(text).map(told)).toEqual(['ended: signalled sent accepted taken ended']);
});

test('a signal that names its descriptor only is of the GSI that it is bound to', () => {
  const text = '@1 kvm.irqfd.assign fd=7 gsi=24 flags=0 ret=0\n@2 tid=1 efd.signal fd=7\n@3 kvm.irqfd.deassign fd=7 gsi=24 ret=0\n@4 tid=1 efd.signal fd=7\n';
  expect(livesOf(text).map(({ marks }) => marks)).toEqual([['gsi:24']]);
});

test('a vector that is pending already takes the next one in', () => {
  const accept = '@1 tid=1 apic.accept cpu=0 vec=65 trig=edge dm=0\n';
  const [first, second] = livesOf(`${accept}${accept}@4 tid=2 cpu.inject cpu=0 vec=65\n@5 tid=2 apic.eoi cpu=0 vec=65\n`);
  expect(told(first)).toBe('ended: accepted taken ended');
  expect(first?.merged).toBe(1);
  expect(told(second)).toBe('merged: accepted');
});

test('the same vector in service and pending are two lives', () => {
  const accept = '@1 tid=1 apic.accept cpu=0 vec=65 trig=edge dm=0\n';
  const inject = '@2 tid=2 cpu.inject cpu=0 vec=65\n';
  const eoi = '@5 tid=2 apic.eoi cpu=0 vec=65\n';
  expect(livesOf(accept + inject + accept + eoi + inject + eoi).map(told)).toEqual(['ended: accepted taken ended', 'ended: accepted taken ended']);
});

test('a line that falls before anything took it vanishes', () => {
  const text = '@1 tid=1 kvm.set_irq gsi=5 level=1 source=0\n@1 tid=1 ioapic.in pin=5 level=1 mask=1 trig=level\n@2 tid=1 kvm.set_irq gsi=5 level=0 source=0\n@2 tid=1 ioapic.in pin=5 level=0 mask=1 trig=level\n';
  expect(livesOf(text).map(told)).toEqual(['vanished: asserted lowered']);
});

test('a line that stays high is delivered again at the EOI: a life of its own', () => {
  const again = '@53 tid=3 ioapic.deliver pin=21 vec=37\n@54 tid=3 apic.accept cpu=1 vec=37 trig=level dm=0\n';
  const eoi = '@40 tid=3 cpu.inject cpu=1 vec=37\n@50 tid=3 apic.eoi cpu=1 vec=37\n';
  expect(livesOf(DELIVERY + eoi + again + eoi).map(told)).toEqual([
    'ended: raised signalled asserted delivered accepted taken ended',
    'ended: delivered accepted taken ended',
  ]);
});

test('a message that nobody took is no interrupt', () => {
  expect(livesOf('@1 tid=1 kvm.msi vec=65 dm=0 taken=0\n')).toEqual([]);
});

test('a loss puts everything out of sight', () => {
  expect(livesOf(`${DELIVERY}meta.lost\n${END}`).map(told)).toEqual(['unseen: raised signalled asserted delivered accepted', 'ended: taken ended']);
});

test.each(['x86-kvm-vfio-intx-msix', 'x86-kvm-irqfd-vhost-intx', 'x86-kvm-split-irqchip'])('%s: every EOI ends a life, each injection begins or goes on one', async (name) => {
  const events = await decodeTrace(`recordings/${name}/trace.txt.zst`);
  const over: Life[] = [];
  const lives = new Lives((life) => void over.push(life));
  lives.feed(events);
  lives.end();
  const eois = events.filter((event) => event.kind === 'apic.eoi' && (event.vec ?? -1) >= 0);
  const injections = events.filter(({ kind }) => kind === 'cpu.inject');
  expect(eois.length).toBeGreaterThan(100);
  expect(over.filter((life) => life.has('ended'))).toHaveLength(eois.length);
  expect(over.filter((life) => life.has('taken'))).toHaveLength(injections.length);
});
