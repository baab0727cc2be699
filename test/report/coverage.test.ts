// The map of an interrupt's way.

import { expect, test } from 'vitest';
import { isKind, KINDS, type Kind } from '../../src/kinds.js';
import { coverageOf, coverageText, type Cover } from '../../src/report/coverage.js';
import { HOPS, hopOf, kindsOf } from '../../src/report/hops.js';
import { analyse } from './sample.js';

const kinds = Object.keys(KINDS).filter((kind) => isKind(kind));
const entry = (kind: Kind, count: number, cover: Cover) => [kind, { kind, count, cover }] as const;

test('every kind shows exactly one hop', () => {
  expect(HOPS.flatMap(kindsOf).sort()).toEqual(kinds.toSorted());
});

test("the hops of one interrupt's life", () => {
  const life: Kind[] = ['msix.fire', 'efd.signal', 'kvm.irqfd.assign', 'kvm.msi', 'ioapic.in', 'apic.accept', 'apic.eoi'];
  expect(life.map(hopOf)).toEqual(['device', 'eventfd', 'irqfd', 'route', 'controller', 'vCPU', 'EOI']);
});

test('rules are undecided for want of the hop that shows what they need', () => {
  const { rules, streams } = analyse('meta.note text=""');
  const map = coverageOf(new Map([entry('meta.note', 1, 'shown')]), rules, streams, new Set());
  const wanting = Object.fromEntries(map.hops.map(({ hop, undecided }) => [hop, undecided]));
  expect(wanting).toMatchObject({ controller: ['test/delivery'], vCPU: ['test/eoi', 'test/gic'], EOI: ['test/eoi'], device: [] });
});

test('what a recorder shows in full and did not see is no hole in the recording', () => {
  const { rules, streams } = analyse('meta.note text=""');
  const map = coverageOf(new Map([entry('gic.iar', 0, 'full')]), rules, streams, new Set());
  expect(map.hops.find(({ hop }) => hop === 'vCPU')?.undecided).toEqual([]);
  expect(map.hops.find(({ hop }) => hop === 'EOI')?.undecided).toEqual(['test/eoi']);
});

test('where the controllers of one machine are shown, those of the other are not missed', () => {
  const { rules, streams } = analyse('meta.note text=""');
  const onX86 = coverageOf(new Map([entry('ioapic.in', 1, 'shown')]), rules, streams, new Set());
  expect(onX86.elsewhere).toEqual({ machine: 'Arm', rules: ['test/eoi', 'test/gic'] });
  expect(onX86.hops.flatMap(({ undecided }) => undecided)).not.toContain('test/gic');
  expect(coverageText(onX86, (_style, words) => words)).toMatch(/undecided, 2 of them for want of Arm's interrupt controllers/);
  expect(coverageText(onX86, (_style, words) => words)).not.toMatch(/gic\./);
  const both = new Map([entry('ioapic.in', 1, 'shown'), entry('gic.in', 1, 'shown')]);
  expect(coverageOf(both, rules, streams, new Set()).elsewhere).toBeUndefined();
});

test('the map tells counts, what is declared, what may be missing, and what is absent', () => {
  const { rules, streams } = analyse('meta.note text=""');
  const shown = new Map([
    entry('efd.signal', 1200, 'full'),
    entry('fd.open', 0, 'full'),
    entry('fd.dup', 2, 'partial'),
    entry('apic.eoi', 3, 'shown'),
  ]);
  const text = coverageText(coverageOf(shown, rules, streams, new Set()), (_style, words) => words);
  expect(text).toMatch(/^device → eventfd → irqfd → route → controller → vCPU → EOI\n/);
  expect(text).toMatch(/\neventfd +shown, all of them +fd\.open, efd\.signal ×1,200\n +shown in part +fd\.dup ×2\n +not shown +fd\.close\b/);
  expect(text).toMatch(/\ndevice +not shown +intx\.\*, pci\.\*, msix\.\*, msi\.\*, virtio\.\*, vfio\.\*\n/);
  expect(text).toMatch(/\nEOI +shown +apic\.eoi ×3\n +not shown +kvm\.\*, ioapic\.\*, pic\.\*\n/);
});

test('what to record next time is told by the command that prints how', () => {
  const wanting = (rule: string, ...missing: Kind[]) => ({ rule, verdict: 'undecided', breaches: 0, held: 0, undecided: 0, reasons: {}, missing: missing.map((kind) => [kind]) }) as const;
  const rules = [
    wanting('a/one', 'apic.eoi', 'ioapic.deliver'),
    wanting('a/two', 'kvm.routes'),
    wanting('a/three', 'virtio.notify'),
    wanting('a/four', 'kvm.routes', 'virtio.notify'),
    wanting('a/five', 'kvm.ack'),
    wanting('a/six', 'kvm.pending'),
    wanting('a/seven', 'kvm.src.alloc'),
    { ...wanting('a/eight', 'cpu.inject'), verdict: 'held' } as const,
  ];
  const kinds = new Map([entry('kvm.ack', 0, 'partial'), entry('kvm.src.alloc', 0, 'full')]);
  const { advice } = coverageOf(kinds, rules, [], new Set(['kvm_ack_irq']));
  // four needs two recorders, five was recorded and did not happen, six nobody shows, seven is shown in full
  expect(advice).toEqual([
    { source: '--target x86-kvm', lines: ['kvm:kvm_eoi', 'kvm:kvm_ioapic_set_irq', 'probe kvm_set_irq_routing'], rules: ['a/one', 'a/two'] },
    { source: '--target qemu', lines: ['virtio_notify*'], rules: ['a/three'] },
  ]);
  expect(coverageText(coverageOf(kinds, rules, [], new Set()), (_style, words) => words)).toMatch(/\nirqreplay record --target x86-kvm +kvm:kvm_eoi, kvm:kvm_ioapic_set_irq, /);
});

test('an arm64 host is told of arm64 probes and chips', () => {
  const { rules, streams } = analyse('meta.note text=""');
  const { advice } = coverageOf(new Map([entry('vgic.fold', 1, 'shown')]), rules.map((rule) => ({ ...rule, missing: [['vgic.map']] as const })), streams, new Set());
  expect(advice.map(({ source, lines }) => [source, lines])).toEqual([['--target arm64-kvm', ['probe vgic_map_phys']]]);
});
