// Lives on x86: which hops belong together, what merges, what vanishes, what losses hide. Sequences as KVM traces them.

import { describe, expect, test } from 'vitest';
import type { Life } from '../../src/lives/life.js';
import { Lives } from '../../src/lives/lives.js';
import { decodeTrace } from '../replay.js';
import { livesOf, told } from './told.js';

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
  expect(livesOf(text).map(({ marks }) => marks)).toEqual([['irqfd:7', 'gsi:24']]);
  expect(livesOf(text.replace('kvm.irqfd.deassign fd=7 gsi=24 ret=0', 'vm.close')).map(({ marks }) => marks)).toEqual([['irqfd:7', 'gsi:24']]);
});

describe('a message without its GSI, as KVM traces it', () => {
  const route = (data: string): string => `24:msi@0xfee00000/${data}`;
  const setUp = (...routes: readonly string[]): string => `@0 kvm.routes nr=${routes.length} ret=0 map=${routes.join(',')}\n@1 kvm.irqfd.assign fd=7 gsi=24 flags=0 ret=0\n@1 kvm.irqfd.assign fd=8 gsi=25 flags=0 ret=0\n@2 efd.signal fd=7\n`;
  const sent = '@3 tid=1 kvm.msi dst=0 vec=65 dm=0 logical=0 trig=edge taken=1\n';

  test('is of the irqfd that was signalled and whose route it is', () => {
    const [life] = livesOf(setUp(route('0x41')) + sent);
    expect([told(life), life?.marks]).toEqual(['open: signalled sent', ['irqfd:7', 'gsi:24']]);
  });

  test('is not, if the route holds another one, or if two wait that have it', () => {
    expect(livesOf(setUp(route('0x42')) + sent).map(told)).toEqual(['open: signalled', 'open: sent']);
    const two = setUp(route('0x41'), route('0x41').replace('24', '25'));
    expect(livesOf(`${two}@2 efd.signal fd=8\n${sent}`).map(told)).toEqual(['open: signalled', 'open: signalled', 'open: sent']);
  });
});

test('a signal of a GSI alone is of the descriptor that is bound to it, if it is one', () => {
  const bound = (fd: number): string => `@1 kvm.irqfd.assign fd=${fd} gsi=24 flags=0 ret=0\n`;
  expect(livesOf(`${bound(7)}@2 efd.signal gsi=24\n`)[0]?.marks).toEqual(['irqfd:7', 'gsi:24']);
  expect(livesOf(`${bound(7)}${bound(8)}@2 efd.signal gsi=24\n`)[0]?.marks).toEqual(['gsi:24']);
});

describe('a message without its GSI, as KVM traces it', () => {
  const route = (gsi: number, data: string): string => `${gsi}:msi@0xfee00000/${data}`;
  const setUp = (...routes: readonly string[]): string =>
    `@0 kvm.routes nr=${routes.length} ret=0 map=${routes.join(',')}\n@1 kvm.irqfd.assign fd=7 gsi=24 flags=0 ret=0\n@1 kvm.irqfd.assign fd=8 gsi=25 flags=0 ret=0\n@2 tid=3 efd.signal fd=7\n`;
  const sent = '@3 tid=1 kvm.msi dst=0 vec=65 dm=0 logical=0 trig=edge taken=1\n';

  test('is of the irqfd that was signalled and whose route it is', () => {
    const [life] = livesOf(setUp(route(24, '0x41')) + sent);
    expect([told(life), life?.marks]).toEqual(['open: signalled sent', ['irqfd:7', 'gsi:24']]);
  });

  test('is not, if the route holds another one, or if two wait that have it', () => {
    expect(livesOf(setUp(route(24, '0x42')) + sent).map(told)).toEqual(['open: signalled', 'open: sent']);
    const two = `${setUp(route(24, '0x41'), route(25, '0x41'))}@2 tid=4 efd.signal fd=8\n`;
    expect(livesOf(two + sent).map(told)).toEqual(['open: signalled', 'open: signalled', 'open: sent']);
  });
});

test('a signal of a GSI alone is of the descriptor that is bound to it, if it is one', () => {
  const bound = (fd: number): string => `@1 kvm.irqfd.assign fd=${fd} gsi=24 flags=0 ret=0\n`;
  expect(livesOf(`${bound(7)}@2 efd.signal gsi=24\n`)[0]?.marks).toEqual(['irqfd:7', 'gsi:24']);
  expect(livesOf(`${bound(7)}${bound(8)}@2 efd.signal gsi=24\n`)[0]?.marks).toEqual(['gsi:24']);
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

describe('a line that falls before anything took it', () => {
  const line = (rest: string): string => `@11 tid=1 kvm.set_irq gsi=5 level=1 source=0\n@11 tid=1 ioapic.in pin=5 level=1${rest}\n@12 tid=1 kvm.set_irq gsi=5 level=0 source=0\n@12 tid=1 ioapic.in pin=5 level=0${rest}\n`;

  test('vanishes, where deliveries are recorded', () => {
    expect(livesOf(`@1 ioapic.deliver pin=3 vec=49\n${line('')}`).map(told)).toEqual(['open: delivered', 'vanished: asserted lowered']);
    expect(livesOf(line(' mask=1 trig=level')).map(told)).toEqual(['vanished: asserted lowered']);
  });

  test('is out of sight where they are not', () => {
    expect(livesOf(line('')).map(told)).toEqual(['unseen: asserted lowered']);
  });
});

describe('the 8259 pair, as QEMU logs it', () => {
  // GSI 0 of a PC: input 0 of the 8259, pin 2 of the IOAPIC
  const TIMER = '@10 tid=1 pic.in pin=0 level=1\n@11 tid=1 pic.in pin=2 level=0\n@12 tid=1 ioapic.in pin=2 level=1\n@13 tid=1 pic.in pin=0 level=0\n@14 tid=1 ioapic.in pin=2 level=0\n';
  const TAKEN = '@20 tid=2 pic.inta pin=0 vec=8\n@30 tid=2 pic.eoi pin=ns chip=0 rotate=0\n';

  test('has the interrupt that it acknowledges, and its EOI ends it', () => {
    const lives = livesOf(TIMER + TAKEN);
    expect(lives.map(told)).toEqual(['ended: asserted taken ended']);
    expect(lives[0]?.marks).toEqual(['pin:pic/0', 'pin:ioapic/2']);
  });

  test('ends by itself with AEOI', () => {
    expect(livesOf(`@1 pic.mode chip=0 aeoi=1\n${TIMER}${TAKEN}`).map(told)).toEqual(['ended: asserted taken']);
  });

  test('a specific EOI ends the input it names, not the latest', () => {
    const both = '@1 tid=1 pic.in pin=3 level=1\n@2 tid=2 pic.inta pin=3 vec=11\n@3 tid=1 pic.in pin=1 level=1\n@4 tid=2 pic.inta pin=1 vec=9\n';
    expect(livesOf(`${both}@5 tid=2 pic.eoi pin=3 chip=0\n`).map(told)).toEqual(['ended: asserted taken ended', 'open: asserted taken']);
  });

  test('has nothing to do with an input that it masks', () => {
    expect(livesOf(`@1 pic.imr chip=0 val=1\n@2 tid=9 ioapic.deliver pin=9 vec=50\n${TIMER}`).map(told)).toEqual(['open: delivered', 'vanished: asserted lowered']);
  });
});

test('where accepts are not recorded the EOI that the IOAPIC hears ends the interrupt of a pin', () => {
  const text = '@1 tid=1 ioapic.in pin=14 level=1\n@2 tid=1 ioapic.deliver pin=14 vec=119\n@3 tid=2 ioapic.eoi vec=118\n@4 tid=2 ioapic.eoi vec=119 cpu=0\n@5 tid=2 ioapic.in pin=14 level=0\n';
  expect(livesOf(text).map(told)).toEqual(['ended: asserted delivered ended lowered']);
});

test('a reset leaves open what was under way', () => {
  expect(livesOf(`${DELIVERY}vm.reset\n`).map(({ fate, until }) => [fate, until])).toEqual([['open', 33]]);
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

test('what its thread lowers or acknowledges of another pin or GSI is not its tail', () => {
  const level = '@1 tid=1 ioapic.in pin=14 level=1\n@2 tid=1 ioapic.deliver pin=14 vec=119\n@3 tid=1 ioapic.eoi vec=119\n';
  expect(livesOf(`${level}@4 tid=1 ioapic.in pin=4 level=0\n`).map(told)).toEqual(['ended: asserted delivered ended']);
  expect(livesOf(`${level}@4 tid=1 ioapic.in pin=14 level=0\n`).map(told)).toEqual(['ended: asserted delivered ended lowered']);
  const tail = END.replace('set_irq gsi=21', 'set_irq gsi=22').replace('resample gsi=21', 'resample gsi=22');
  expect(livesOf(DELIVERY + tail).map(told)).toEqual(['ended: raised signalled asserted delivered accepted taken ended acknowledged lowered unmasked']);
});

test("a device's message comes from no line that its thread has raised", () => {
  const lives = livesOf('@1 tid=1 pic.in pin=0 level=1\n@2 tid=1 msix.msg fn=a addr=0xfee00000 data=0x60\n');
  expect(lives.map(told)).toEqual(['open: asserted', 'open: sent']);
  expect(lives.map(({ marks }) => marks)).toEqual([['pin:pic/0'], ['msix:a']]);
});

test('an IPI: sent by one vCPU, accepted by others, taken and ended there', () => {
  const text = '@1 tid=1 kvm.ipi cpu=0 vec=253 dm=0 dst=1 logical=0 shorthand=none\n@2 tid=1 apic.accept cpu=1 vec=253 trig=edge dm=0\n@3 tid=2 cpu.inject cpu=1 vec=253\n@4 tid=2 apic.eoi cpu=1 vec=253\n';
  const [life, ...others] = livesOf(text);
  expect(others).toEqual([]);
  expect(told(life)).toBe('ended: sent accepted taken ended');
  expect(life?.marks).toEqual(['vector:253@cpu1']);
  const toAll = '@1 tid=1 kvm.ipi cpu=0 vec=253 dm=0 dst=0 logical=0 shorthand=all\n@2 tid=1 apic.accept cpu=0 vec=253 trig=edge dm=0\n@3 tid=1 apic.accept cpu=1 vec=253 trig=edge dm=0\n';
  expect(livesOf(toAll).map(told)).toEqual(['open: sent accepted', 'open: accepted']);
});

test("QEMU's local APIC names the vector of what a thread has just sent, and accepts are not recorded", () => {
  const [life] = livesOf('@1 tid=1 msix.msg fn=0000:00:04.0 entry=1 addr=0xfee00000 data=65\n@2 tid=1 apic.msg dst=0 logical=0 dm=0 vec=65 trig=edge addr=0xfee00000 data=65\n');
  expect(life?.marks).toEqual(['msix:0000:00:04.0/1', 'vector:65']);
});
