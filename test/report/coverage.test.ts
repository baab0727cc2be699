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
  const map = coverageOf(new Map([entry('meta.note', 1, 'shown')]), rules, streams);
  const wanting = Object.fromEntries(map.hops.map(({ hop, undecided }) => [hop, undecided]));
  expect(wanting).toMatchObject({ controller: ['test/delivery'], vCPU: ['test/eoi', 'test/gic'], EOI: ['test/eoi'], device: [] });
});

test('what a recorder shows in full and did not see is no hole in the recording', () => {
  const { rules, streams } = analyse('meta.note text=""');
  const map = coverageOf(new Map([entry('gic.iar', 0, 'full')]), rules, streams);
  expect(map.hops.find(({ hop }) => hop === 'vCPU')?.undecided).toEqual([]);
  expect(map.hops.find(({ hop }) => hop === 'EOI')?.undecided).toEqual(['test/eoi']);
});

test('the map tells counts, what is declared, what may be missing, and what is absent', () => {
  const { rules, streams } = analyse('meta.note text=""');
  const shown = new Map([
    entry('efd.signal', 1200, 'full'),
    entry('fd.open', 0, 'full'),
    entry('fd.dup', 2, 'partial'),
    entry('apic.eoi', 3, 'shown'),
  ]);
  const text = coverageText(coverageOf(shown, rules, streams), (_style, words) => words);
  expect(text).toMatch(/^device → eventfd → irqfd → route → controller → vCPU → EOI\n/);
  expect(text).toMatch(/\neventfd +shown, all of them +fd\.open, efd\.signal ×1,200\n +shown in part +fd\.dup ×2\n +not shown +fd\.close\b/);
  expect(text).toMatch(/\ndevice +not shown +intx\.\*, pci\.\*, msix\.\*, msi\.\*, virtio\.\*, vfio\.\*\n/);
  expect(text).toMatch(/\nEOI +shown +apic\.eoi ×3\n +not shown +kvm\.\*, ioapic\.\*, pic\.\*, gic\.\*, pgic\.\*\n/);
});
