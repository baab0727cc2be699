// Every kind of event that a rule needs has a line of a recipe that shows it, or its reason here; and what lines show, the importer reads.

import { describe, expect, test } from 'vitest';
import type { Kind } from '../../src/kinds.js';
import { QEMU_BODIES } from '../../src/import/qemu/bodies.js';
import { adviceFor, CALLS, linesOf } from '../../src/record/advice.js';
import { QEMU_EVENTS } from '../../src/record/qemu-events.js';
import { kindsOf } from '../../src/rules/needs.js';
import { RULES } from '../../src/rules/index.js';

const ALL = (['x86-kvm', 'vfio', 'arm64-kvm'] as const).flatMap(linesOf);
const shownBy = (lines: typeof ALL): Set<Kind> => new Set(lines.flatMap(({ shows }) => shows));
const NEEDED = [...new Set(RULES.flatMap(({ needs }) => needs.flatMap(kindsOf)))].sort();

/** No recorder tells of these: they stand in files that people or programs of their own write. */
const WRITTEN_BY_HAND = [
  'cpu.exit', // of an x86 vCPU, which pic/extint-lost needs: arm64's are read, but x86's are skipped as too many
  'kvm.eoifd.assign', 'kvm.eoifd.deassign', 'kvm.eoifd.signal', // KVM_EOIFD was proposed and not merged
  'kvm.inject', 'kvm.mask', 'kvm.pending', 'kvm.unmask', // nor were kernel-side masks
  'msi.msg', // QEMU has no event where a function sends by MSI
  'msix.unuse_all', 'msix.use', // msix_vector_use() and msix_unuse_all_vectors() of QEMU have no events
  'vfio.fwd', // a proposed attribute of VFIO
];

/** A log of calls alone shows these: a program's own descriptors, and what it asks the kernel about itself. */
const CALLS_ONLY = ['efd.read', 'fd.dup', 'meta.cfg'];

describe('a rule\'s needs', () => {
  test('are shown by a line of a recipe, by a log of calls, or by hand alone', () => {
    const shown = shownBy(ALL);
    expect(NEEDED.length).toBeGreaterThan(90);
    expect(NEEDED.filter((kind) => !shown.has(kind))).toEqual(WRITTEN_BY_HAND);
    const byRecipes = shownBy(ALL.filter(({ source }) => source !== CALLS));
    expect(NEEDED.filter((kind) => shown.has(kind) && !byRecipes.has(kind))).toEqual(CALLS_ONLY);
  });
});

test('every pattern of QEMU\'s is one that the importer reads', () => {
  const isRead = (pattern: string): boolean => Object.keys(QEMU_BODIES).some((name) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name));
  expect(QEMU_EVENTS.map(({ pattern }) => pattern).filter((pattern) => !isRead(pattern))).toEqual([]);
});

/** Read to be told from a torn line. */
const TELLS_NOTHING = new Set(['x86_pic_interrupt']);

test('every event of QEMU\'s that the importer reads and uses is in the recipe', () => {
  const isThere = (name: string): boolean => QEMU_EVENTS.some(({ pattern }) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name));
  expect(Object.keys(QEMU_BODIES).filter((name) => !isThere(name) && !TELLS_NOTHING.has(name))).toEqual([]);
});

describe('advice', () => {
  const wants = (...kinds: Kind[]) => new Map([['a/rule', kinds.map((kind) => [kind])]]);

  test('names snapshots, also where what the guest reads was recorded', () => {
    const lines = [{ source: '--target x86-kvm', lines: ['snapshot info lapic'], rules: ['a/rule'] }];
    expect(adviceFor('x86-kvm', wants('apic.read'), new Set())).toEqual(lines);
    expect(adviceFor('x86-kvm', wants('apic.read'), new Set(['apic_mem_readl']))).toEqual(lines);
    expect(adviceFor('arm64-kvm', wants('vgic.state'), new Set())).toEqual([{ source: '--target arm64-kvm', lines: ['snapshot vgic-state'], rules: ['a/rule'] }]);
    expect(adviceFor('arm64-kvm', wants('vgic.state'), new Set(['vgic-state']))).toEqual([]);
  });

  test('says where a probe depends on the kernel', () => {
    expect(adviceFor('arm64-kvm', wants('vgic.flush'), new Set())[0]?.lines).toEqual(['probe vgic_populate_lr (--kernel)']);
    expect(adviceFor('arm64-kvm', wants('vgic.flush'), new Set(['vgic_populate_lr']))).toEqual([]);
  });

  test('takes an event of any version of QEMU for its pattern', () => {
    expect(adviceFor('x86-kvm', wants('apic.request'), new Set(['apic_deliver_irq']))[0]?.lines).toEqual(['*_report_irq_delivered']);
    for (const name of ['apic_report_irq_delivered', 'kvm_report_irq_delivered']) expect(adviceFor('x86-kvm', wants('apic.request'), new Set([name]))).toEqual([]);
  });

  test('is of the one recorder that shows all that is missing', () => {
    // apic.accept is KVM's alone, apic.msg QEMU's
    expect(adviceFor('x86-kvm', wants('apic.eoi', 'apic.msg'), new Set())).toEqual([
      { source: '--target qemu', lines: ['memory_region_ops_write', 'apic_deliver_irq'], rules: ['a/rule'] },
    ]);
    expect(adviceFor('x86-kvm', wants('apic.accept', 'apic.msg'), new Set())).toEqual([]);
  });

  test('of several kinds of which one would do asks for one', () => {
    const anyOf = (...needs: Kind[][]) => new Map([['a/rule', needs]]);
    // apic.accept is KVM's, apic.msg QEMU's: either is enough
    expect(adviceFor('x86-kvm', anyOf(['apic.msg', 'apic.accept']), new Set())).toEqual([{ source: '--target x86-kvm', lines: ['kvm:kvm_apic_accept_irq'], rules: ['a/rule'] }]);
    expect(adviceFor('x86-kvm', anyOf(['apic.msg', 'apic.accept']), new Set(['kvm_apic_accept_irq']))).toEqual([]);
    expect(adviceFor('x86-kvm', anyOf(['kvm.ack', 'apic.eoi']), new Set())[0]?.lines).toEqual(['one of kvm:kvm_ack_irq or kvm:kvm_eoi']);
    // what another rule needs anyway is enough for both
    const both = new Map<string, Kind[][]>([['a/rule', [['kvm.ack', 'apic.eoi']]], ['b/rule', [['apic.eoi']]]]);
    expect(adviceFor('x86-kvm', both, new Set())).toEqual([{ source: '--target x86-kvm', lines: ['kvm:kvm_eoi'], rules: ['a/rule', 'b/rule'] }]);
  });
});
