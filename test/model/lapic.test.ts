// What an injection tells of a local APIC whose requests may not be recorded.

import { expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { vcpu } from '../../src/ids.js';
import { parseIrq } from '../../src/import/irq.js';
import { RULES } from '../../src/rules/index.js';
import { F, T, U, type Tri } from '../../src/model/tri.js';

/** ISR bit 0x4a after an injection that may be the 8259 pair's. */
function inService(cover: 'full' | 'none'): Tri {
  const replay = new Replay({ rules: [] });
  const start = `meta.start state=reset except=pic\nmeta.chan chan=* cover=full\nmeta.chan chan=apic.accept cover=${cover}\n`;
  replay.feed(parseIrq(`${start}pic.in pin=4 level=1\ncpu.inject cpu=0 vec=0x4a\n`, 'lapic').events);
  return replay.machine.lapics.of(vcpu(0)).isr.get(0x4a);
}

/** Rules broken by reads of ISR and IRR words 4, vectors 0x80 to 0x9f, in a log of QEMU that begins in the middle. */
function found(text: string): string[] {
  const timed = text.split('\n').map((line, i) => (line === '' ? '' : `@${1000 * (i + 1)} ${line}`)).join('\n');
  const replay = new Replay({ rules: RULES });
  replay.feed(parseIrq(`meta.start state=unknown\nmeta.chan chan=* cover=full\nmeta.chan chan=cpu.inject cover=none\n${timed}`, 'lapic').events);
  return replay.findings().map(({ rule }) => rule);
}

test('a request that waits is gone once it has been taken, whatever came before the recording', () => {
  const read = (reg: 'irr' | 'isr', val: number): string => `apic.read cpu=0 reg=${reg} word=4 val=${val}\n`;
  const requested = `${read('isr', 0)}${read('irr', 0x2_0000)}`;
  const taken = `${read('isr', 0x2_0000)}${read('irr', 0x2_0000)}`;
  expect(found(requested + taken)).toEqual(['lapic/irr-mismatch']);
  // It has been requested again; it may have been in service before it was read to wait.
  expect(found(`${requested}apic.msg dst=0 logical=0 dm=0 vec=0x91 trig=edge\n${taken}`)).toEqual([]);
  expect(found(`${requested}apic.local lvt=4 dm=0\n${taken}`)).toEqual([]);
  expect(found(read('irr', 0x2_0000) + taken)).toEqual([]);
  expect(found(`${read('isr', 0)}apic.msg dst=0 logical=0 dm=0 vec=0x91 trig=edge\n${read('irr', 0x2_0000)}${taken}`)).toEqual([]);
});

test('what was done to the APIC of a CPU that is not told may have been done to any', () => {
  const replay = new Replay({ rules: [] });
  const accept = 'apic.accept cpu=0 vec=0x4a trig=edge dm=0\n';
  replay.feed(parseIrq(`meta.start state=reset\nmeta.chan chan=* cover=full\n${accept}kvm.set_lapic\n`, 'lapic').events);
  const bits = [0, 1].map((cpu) => replay.machine.lapics.of(vcpu(cpu)).irr.get(0x4a));
  expect(bits).toEqual([U, U]);
  replay.feed(parseIrq(accept, 'lapic').events);
  replay.feed(parseIrq('kvm.set_lapic cpu=1\n', 'lapic').events);
  expect(replay.machine.lapics.of(vcpu(0)).irr.get(0x4a)).not.toBe(F);
});

test.each([
  ['svr', 0x1ff, [T, 0x20, 0xec, T]], ['svr', 0xff, [U, 0x20, 0xec, T]], ['tpr', 0x20, [T, 0x20, 0xec, T]], ['tpr', 0x30, [T, undefined, 0xec, T]],
  ['lvt', 0x10000, [T, 0x20, undefined, T]], ['tmict', 7, [T, 0x20, 0xec, T]],
] as const)('a register of one of them, which may be any, that is written leaves the others: %s, %i', (register, val, expected) => {
  const replay = new Replay({ rules: [] });
  const known = 'apic.svr cpu=0 enable=1 suppress_eoi=0\napic.tpr cpu=0 val=0x20\napic.lvt cpu=0 lvt=0 vec=0xec dm=0 mask=0\napic.accept cpu=0 vec=0x4a trig=edge dm=0\n';
  replay.feed(parseIrq(`meta.start state=reset\nmeta.chan chan=* cover=full\n${known}kvm.set_lapic written=${register} val=${val}\n`, 'lapic').events);
  const lapic = replay.machine.lapics.of(vcpu(0));
  expect([lapic.enabled, lapic.tpr, lapic.lvt[0], lapic.irr.get(0x4a)]).toEqual(expected);
});

test('nor is it known of one that shows up later', () => {
  const replay = new Replay({ rules: [] });
  replay.feed(parseIrq('meta.start state=reset\nmeta.chan chan=* cover=full\nkvm.set_lapic written=svr val=0x1ff\nkvm.set_lapic written=svr val=0xff\nkvm.set_lapic written=tpr val=0x20\n', 'lapic').events);
  const of = (): unknown[] => [replay.machine.lapics.of(vcpu(0)).enabled, replay.machine.lapics.of(vcpu(0)).tpr, replay.machine.lapics.of(vcpu(0)).irr.get(0x4a)];
  expect(of()).toEqual([U, undefined, F]);
  replay.feed(parseIrq('vm.reset state=reset\nkvm.set_lapic written=svr val=0x1ff\nkvm.set_lapic written=tpr val=0\n', 'lapic').events);
  expect(of()).toEqual([T, 0, F]);
});

test('a vector that was not requested came from the 8259 pair', () => {
  expect(inService('full')).toBe(F);
});

test('where requests are not recorded it may have been one', () => {
  expect(inService('none')).toBe(U);
});

test('an APIC whose enable bit no write shows is at work in a sequence that shows everything, and not known to be in a recording', () => {
  const enabled = (channel: string): Tri => {
    const replay = new Replay({ rules: [] });
    replay.feed(parseIrq(`meta.start state=reset\nmeta.chan chan=${channel} cover=full\nkvm.set_lapic written=svr val=511\napic.accept cpu=0 vec=0x4a trig=edge dm=0\n`, 'lapic').events);
    return replay.machine.lapics.of(vcpu(0)).enabled;
  };
  expect([enabled('*'), enabled('apic.svr')]).toEqual([T, U]);
});

test('what is read while an INIT waits for the vCPU to run is from before it', () => {
  const broken = (init: string): string[] => {
    const replay = new Replay({ rules: RULES });
    const text = `meta.start state=reset\nmeta.chan chan=* cover=full\napic.svr cpu=1 enable=1 suppress_eoi=0\napic.accept cpu=1 vec=0x53 trig=edge dm=0\n${init}apic.read cpu=1 reg=irr word=2 val=0x80000\napic.read cpu=1 reg=irr word=2 val=0\n`;
    replay.feed(parseIrq(text, 'lapic').events);
    return replay.findings().map(({ rule }) => rule);
  };
  expect(broken('')).toEqual(['lapic/irr-mismatch']);
  expect(broken('apic.accept cpu=1 vec=0 trig=edge dm=5\n')).toEqual([]);
  // It runs: what is read behind that counts.
  expect(broken('apic.accept cpu=1 vec=0 trig=edge dm=5\ncpu.enter cpu=1\n')).toEqual(['lapic/irr-mismatch']);
});

test('an IPI to a number that no xAPIC has may be to all x2APICs', () => {
  const read = (val: number): string => `apic.read cpu=1 reg=irr word=4 val=${val}\n`;
  const idle = `apic.read cpu=1 reg=isr word=4 val=0\n${read(0)}`;
  const ipi = (dst: number): string => `apic.ipi cpu=0 vec=0x91 dm=0 dst=${dst} logical=0 trig=edge shorthand=none val=0x91\n`;
  expect(found(idle + ipi(0xffff_ffff) + read(0x2_0000))).toEqual([]);
  expect(found(idle + ipi(2) + read(0x2_0000))).toEqual(['lapic/irr-mismatch']);
});
