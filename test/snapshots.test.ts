// A snapshot of the chips is the oracle of a replay of the same run's trace: wherever the machine knows, it must say the same.
// QEMU's monitor beside QEMU's own log, and KVM's vgic-state beside the trace of the host.

import { describe, expect, test } from 'vitest';
import type { Event, EventOf } from '../src/event.js';
import type { Machine } from '../src/model/machine.js';
import { F, T, U, type Tri } from '../src/model/tri.js';
import { loud, readTrace, replayTexts } from './replay.js';

type Scores = Record<string, { known: number; unknown: number; different: number }>;

class Tally {
  readonly scores: Scores = {};

  compare(what: string, model: Tri, chip: boolean): void {
    const score = (this.scores[what] ??= { known: 0, unknown: 0, different: 0 });
    if (model === U) score.unknown++;
    else {
      score.known++;
      if ((model === T) !== chip) score.different++;
    }
  }
}

const bitsOf = (val: number, count: number): boolean[] => Array.from({ length: count }, (_, bit) => ((val >>> bit) & 1) === 1);
const same = (model: number | undefined, chip: number): Tri => (model === undefined ? U : model === chip ? T : F);

function compareLapic(e: EventOf<'apic.read'>, { lapics }: Machine, tally: Tally): void {
  const { reg, word = 0 } = e;
  const lapic = lapics.of(e.cpu);
  if (reg === 'tpr') tally.compare('lapic tpr', same(lapic.tpr, e.val), true);
  if (reg !== 'irr' && reg !== 'isr') return;
  for (const [bit, set] of bitsOf(e.val, 32).entries()) tally.compare(`lapic ${reg}`, lapic[reg].get(word * 32 + bit), set);
}

function comparePic(e: EventOf<'pic.read'>, { pic }: Machine, tally: Tally): void {
  const chip = pic.chip(e.chip);
  if (e.reg === 'base' || e.reg === 'prio') return tally.compare(`pic ${e.reg}`, same(chip[e.reg], e.val), true);
  for (const [bit, set] of bitsOf(e.val, 8).entries()) tally.compare(`pic ${e.reg}`, chip[e.reg].get(bit), set);
}

function compareIoapic(e: EventOf<'ioapic.rte.read'>, { ioapic }: Machine, tally: Tally): void {
  const pin = ioapic.pin(e.pin);
  tally.compare('ioapic mask', pin.mask, e.mask === 1);
  tally.compare('ioapic remote irr', pin.rirr, e.rirr === 1);
  tally.compare('ioapic trigger level', pin.level, e.trig === 'level');
  tally.compare('ioapic vector', same(pin.vec, e.vec), true);
}

/** What a snapshot finds changing is not compared: it may have looked before or after. */
function compareVgic(e: EventOf<'vgic.state'>, { vgic, ctx }: Machine, tally: Tally): void {
  const of = vgic.interrupts.named(e.vid, e.cpu);
  if (of?.touchedBy === undefined || !of.isSettled(e, ctx)) return;
  tally.compare('vgic enabled', of.enabled, e.enabled === 1);
  tally.compare('vgic edge', of.edge, e.trig === 'edge');
  tally.compare('vgic priority', same(of.priority, e.prio), true);
  if (e.trig === 'level' && e.hw === 0) tally.compare('vgic line', of.line, e.line === 1);
  if (e.trig === 'edge' && e.vid >= 32 && ctx.channels.covers('vgic.flush')) tally.compare('vgic latch', of.latch, e.latch === 1);
}

async function replayed(trace: string, snapshot: string, edit = (text: string): string => text) {
  const tally = new Tally();
  const before = (e: Event, { machine }: { machine: Machine }): void => {
    if (e.stream !== 1) return;
    if (e.kind === 'apic.read') compareLapic(e, machine, tally);
    else if (e.kind === 'pic.read') comparePic(e, machine, tally);
    else if (e.kind === 'ioapic.rte.read') compareIoapic(e, machine, tally);
    else if (e.kind === 'vgic.state') compareVgic(e, machine, tally);
  };
  const dir = 'formats/snapshot/';
  const { findings } = await replayTexts([readTrace(dir + trace), Buffer.from(edit(readTrace(dir + snapshot).toString()))], { before });
  const scores = Object.entries(tally.scores).map(([what, { known, unknown, different }]) => ({ what, different, share: known / (known + unknown) }));
  for (const { what, different, share } of scores) process.stdout.write(`${snapshot} ${what}: known ${(100 * share).toFixed(1)} %, different ${different}\n`);
  return { scores, findings: loud(findings) };
}

describe("QEMU's monitor and QEMU's log of the same run", () => {
  const run = (edit?: (text: string) => string) => replayed('x86.log.gz', 'x86.monitor.txt.gz', edit);

  test('agree in every bit that is known, which is nearly all', async () => {
    const { scores, findings } = await run();
    expect(findings).toEqual([]);
    expect(scores.map(({ what }) => what)).toHaveLength(13);
    for (const { what, different, share } of scores) expect({ what, different, most: share > 0.9 }).toEqual({ what, different: 0, most: true });
  });

  test.each([
    ['a request that nobody made', /^IRR\t 49 $/m, 'IRR\t 50 ', 'violation lapic/irr-mismatch'],
    ['a request that is gone', /^IRR\t 49 69\(level\) 70 98 $/m, 'IRR\t 49 69(level) 98 ', 'violation lapic/irr-mismatch'],
    ['a vector in service that nobody requested', /^ISR\t 98 $/m, 'ISR\t 98 99 ', 'violation lapic/isr-mismatch'],
    ['an 8259 request', /^pic0: irr=71 imr=ff/m, 'pic0: irr=79 imr=ff', 'violation pic/irr-mismatch'],
    ['an 8259 in-service bit', /^pic0: irr=61 imr=ef isr=10/m, 'pic0: irr=61 imr=ef isr=00', 'violation pic/isr-mismatch'],
    ['a Remote IRR', /0x000000000000c045 dest=0 vec=69/m, '0x0000000000008045 dest=0 vec=69', 'violation ioapic/'],
  ])('%s that differs is found', async (_, from, to, rule) => {
    const { findings } = await run((text) => text.replaceAll(new RegExp(from.source, 'gm'), to));
    expect(findings.map((finding) => `violation ${finding}`).filter((finding) => finding.startsWith(rule))).not.toEqual([]);
  });
});

describe("KVM's vgic-state and the trace of the same run", () => {
  const run = (edit?: (text: string) => string) => replayed('arm.trace.txt.gz', 'arm.vgic-state.txt.gz', edit);

  test('agree in everything that is known', async () => {
    const { scores, findings } = await run();
    expect(findings).toEqual([]);
    const shares = new Map(scores.map(({ what, share }) => [what, share]));
    for (const { what, different } of scores) expect({ what, different }).toEqual({ what, different: 0 });
    // What the guest wrote, all of it; lines as far as anybody has driven them, a fifth never was.
    for (const what of ['vgic enabled', 'vgic edge', 'vgic priority']) expect(shares.get(what)).toBeGreaterThan(0.95);
    expect(shares.get('vgic line')).toBeGreaterThan(0.8);
    expect(shares.get('vgic latch')).toBeGreaterThan(0.5);
  });

  test('one that differs is no finding: the trace cannot tell that it shows all of this machine and of no other', async () => {
    const flipped = (text: string): string => text.replaceAll(/^( +SPI +\d+ +0 0)0(010)/gm, '$11$2');
    const { scores, findings } = await run(flipped);
    expect(scores.find(({ what }) => what === 'vgic line')?.different).toBeGreaterThan(2);
    expect(findings).toEqual([]);
  });
});
