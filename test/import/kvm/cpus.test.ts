// Local APICs: injections and register writes are of the vCPU that the thread runs, once that is known.

import { describe, expect, test } from 'vitest';
import { capture, line, read, tell, thread } from '../ftrace/text.js';

const eoi = (vec: number, cpu: number | string = 0): string => `kvm_eoi: apicid ${cpu} vector ${vec}`;

/** kvm_apic declares what it shows. */
const withoutChannels = (...lines: readonly string[]): unknown[] => tell(...lines).filter(({ kind }) => kind !== 'meta.chan');

describe('injections', () => {
  test.each([
    ['6.1 and later, hexadecimal', 'IRQ 0x51', [{ kind: 'cpu.inject', cpu: 0, vec: 0x51 }]],
    ['before, decimal, without marks', 'irq 81', [{ kind: 'cpu.inject', cpu: 0, vec: 81, sure: 0 }]],
    ['one that did not get through and is tried again', 'IRQ 0x51 [reinjected]', []],
    ['a software interrupt', 'Soft/INTn 0x21', []],
  ])('%s', (_, body, expected) => {
    expect(tell(thread(eoi(1), `kvm_inj_virq: ${body}`)).slice(1)).toEqual(expected);
  });

  test.each([
    ['kvm_entry', 'kvm_entry: vcpu 3, rip 0x1000'],
    ['kvm_entry of 5.2', 'kvm_entry: vcpu 3'],
    ['kvm_exit', 'kvm_exit: vcpu 3 reason hlt rip 0x1001 info1 0x0 info2 0x0 intr_info 0x00000000 error_code 0x00000000'],
    ['kvm_pv_eoi', 'kvm_pv_eoi: apicid 3 vector 243'],
  ])('the vCPU is known from %s', (_, event) => {
    expect(tell(thread(event, 'kvm_inj_virq: IRQ 0x51'))).toEqual([{ kind: 'cpu.inject', cpu: 3, vec: 0x51 }]);
  });

  test.each(['kvm_exit: reason EXIT_NPF rip 0xfff0 info 100000014 fffffff0', "kvm_entry: CAN'T FIND FIELD \"vcpu_id\"<CANT FIND FIELD rip>PC: 0x0", 'kvm_entry: PC: 0xffff800080010000'])(
    'not from %j',
    (event) => {
      expect(tell(thread(event, 'kvm_inj_virq: IRQ 0x51'))).toEqual([{ kind: 'kvm.set_lapic' }]);
    },
  );

  test('those before the vCPU was known are made up for by forgetting its APIC', () => {
    expect(tell(thread('kvm_inj_virq: IRQ 0x51', eoi(81), 'kvm_inj_virq: IRQ 0x51'))).toEqual([
      { kind: 'kvm.set_lapic' },
      { kind: 'apic.eoi', cpu: 0, vec: 81 },
      { kind: 'cpu.inject', cpu: 0, vec: 81 },
    ]);
  });

  test('the vCPU outlives a loss', () => {
    expect(tell(thread(eoi(1)), 'CPU:0 [LOST 3 EVENTS]\n', thread('kvm_inj_virq: IRQ 0x51')).at(-1)).toEqual({ kind: 'cpu.inject', cpu: 0, vec: 0x51 });
  });
});

describe('IPIs', () => {
  const ipi = (dst: string, vec: number, how: string): string => `kvm_apic_ipi: dst ${dst} vec ${vec} (${how})`;

  test('with destination, mode and shorthand, of the vCPU that the thread runs', () => {
    expect(tell(thread(eoi(-1), ipi('1f', 251, 'Fixed|physical|de-assert|edge|dst'), ipi('0', 0, 'INIT|physical|assert|level|all-but-self'), ipi('3', 97, 'LowPrio|logical|de-assert|edge|self'), ipi('3', 2, 'NMI|physical|assert|edge|all'))).slice(1)).toEqual([
      { kind: 'kvm.ipi', cpu: 0, vec: 251, dm: 0, dst: 31, logical: 0, shorthand: 'none' },
      { kind: 'kvm.ipi', cpu: 0, vec: 0, dm: 5, dst: 0, logical: 0, shorthand: 'others' },
      { kind: 'kvm.ipi', cpu: 0, vec: 97, dm: 1, dst: 3, logical: 1, shorthand: 'self' },
      { kind: 'kvm.ipi', cpu: 0, vec: 2, dm: 4, dst: 3, logical: 0, shorthand: 'all' },
    ]);
  });

  test('of a thread whose vCPU is not known', () => {
    expect(tell(thread(ipi('0', 251, 'Fixed|physical|de-assert|edge|self')))).toEqual([{ kind: 'kvm.ipi', vec: 251, dm: 0, dst: 0, logical: 0, shorthand: 'self' }]);
  });
});

describe('EOIs', () => {
  test('apicid is hexadecimal, the vector decimal, -1 where nothing was in service', () => {
    expect(tell(line(1, 0, 0, eoi(81, '1f')), line(2, 0, 1, eoi(-1, 'a')))).toEqual([
      { kind: 'apic.eoi', cpu: 31, vec: 81 },
      { kind: 'apic.eoi', cpu: 10, vec: -1 },
    ]);
  });

  test('one EOI, up to four lines', () => {
    const lines = ['kvm_mmio: mmio write len 4 gpa 0xfee000b0 val 0x0', 'kvm_apic: apic_write APIC_EOI = 0x0', eoi(243), 'kvm_pv_eoi: apicid 0 vector 243', 'kvm_msr: msr_write 80b = 0x0'];
    expect(withoutChannels(thread(...lines))).toEqual([{ kind: 'apic.eoi', cpu: 0, vec: 243 }]);
  });

  test('of a host that ends every interrupt by itself', () => {
    const { events } = read(capture('tracefs/autoeoi.txt'));
    const vectors = events.flatMap((event) => (event.kind === 'apic.eoi' ? [event.vec] : []));
    // 10 lines, 5 of them -1
    expect([vectors.length, vectors.filter((vec) => Number(vec) === -1).length]).toEqual([10, 5]);
    expect(events.some(({ kind }) => kind === 'cpu.inject')).toBe(false);
  });
});

describe('register writes', () => {
  test.each([
    ['kvm_apic: apic_write APIC_SPIV = 0x1ff', { kind: 'apic.svr', enable: 1, suppress_eoi: 0 }],
    ['kvm_apic: apic_write APIC_SPIV = 0x10ff', { kind: 'apic.svr', enable: 0, suppress_eoi: 1 }],
    ['kvm_apic: apic_write APIC_TASKPRI = 0x20', { kind: 'apic.tpr', val: 0x20 }],
    ['kvm_mmio: mmio write len 4 gpa 0xfee000f0 val 0x1ff', { kind: 'apic.svr', enable: 1, suppress_eoi: 0 }],
    ['kvm_mmio: mmio write len 4 gpa 0xfee00080 val 0x10', { kind: 'apic.tpr', val: 0x10 }],
    ['kvm_msr: msr_write 80f = 0x1ff', { kind: 'apic.svr', enable: 1, suppress_eoi: 0 }],
    ['kvm_msr: msr_write 808 = 0x20', { kind: 'apic.tpr', val: 0x20 }],
    ['kvm_cr: cr_write 8 = 0xe', { kind: 'apic.tpr', val: 0xe0 }],
  ])('%s', (event, expected) => {
    expect(withoutChannels(thread(eoi(1, 2), event)).slice(1)).toEqual([{ ...expected, cpu: 2 }]);
  });

  test.each([
    'kvm_apic: apic_write APIC_ICR = 0x1ff', 'kvm_apic: apic_write 0x110 = 0x0', 'kvm_mmio: mmio read len 4 gpa 0xfee000f0 val 0x1ff',
    'kvm_mmio: mmio unsatisfied-read len 4 gpa 0xfee00080 val 0x0', 'kvm_msr: msr_read 80f = 0x1ff', 'kvm_msr: msr_write 80f = 0x1ff (#GP)',
    'kvm_cr: cr_read 8 = 0x2', 'kvm_cr: cr_write 0 = 0x8', 'kvm_cr: cr_write 8 = 0x10', 'kvm_cr: cr_write 8 = 0xffff8880000f000e', 'kvm_msr: msr_write 80ff = 0x1ff', 'kvm_msr: msr_write 4b564d01 = 0xe8c21',
  ])('not %s', (event) => {
    expect(withoutChannels(thread(eoi(1, 2), event)).slice(1)).toEqual([]);
  });

  const svr = 'kvm_apic: apic_write APIC_SPIV = 0x1ff';

  test('of a thread that runs no known vCPU may be of any, and are told when it shows which', () => {
    expect(withoutChannels(line(1, 0, 0, eoi(1)), line(9, 1, 1, svr), line(9, 1, 2, eoi(2, 1))).slice(1)).toEqual([
      { kind: 'kvm.set_lapic', written: 'svr', val: 0x1ff },
      { kind: 'apic.svr', cpu: 1, enable: 1, suppress_eoi: 0 },
      { kind: 'apic.eoi', cpu: 1, vec: 2 },
    ]);
  });

  test('that are not told yet are forgotten in a loss', () => {
    expect(withoutChannels(thread(svr), 'CPU:0 [LOST 3 EVENTS]\n', thread(eoi(2, 1))).slice(2)).toEqual([{ kind: 'apic.eoi', cpu: 1, vec: 2 }]);
  });
});

describe('what hides interrupts', () => {
  const chan = (kind: string): unknown => ({ kind: 'meta.chan', chan: kind, cover: 'partial' });

  test.each(['kvm_apicv_accept_irq: apicid 0 vec 81 (Fixed|edge)', 'kvm_avic_ga_log: vmid=1, vcpuid=0'])('%s', (event) => {
    expect(tell(thread(event, event))).toEqual([chan('cpu.inject'), chan('apic.eoi')]);
  });

  test.each([
    'kvm_apicv_update_request: activate bit=4', 'kvm_apicv_update_request: deactivate bit=4', 'kvm_apicv_inhibit_changed: cleared reason=2, inhibits=0x0',
    'kvm_apicv_inhibit_changed: set reason=8, inhibits=0x100', 'kvm_apicv_inhibit_changed: set reason=8, inhibits=0x100 IRQWIN',
  ])('%s', (event) => {
    expect(tell(thread(event))).toEqual([chan('cpu.inject'), chan('apic.eoi')]);
  });

  test.each([
    'vcpu 0 reason EOI_INDUCED rip 0xffffffff81000000 info1 0x51', 'reason APIC_WRITE rip 0xffffffff81000000 info 380 0', 'vcpu 0 reason avic_incomplete_ipi rip 0x0',
    'vcpu 0 reason avic_unaccelerated_access rip 0x0',
  ])('kvm_exit: %s', (body) => {
    expect(tell(thread(`kvm_exit: ${body}`)).slice(0, 2)).toEqual([chan('cpu.inject'), chan('apic.eoi')]);
  });

  test.each(['vcpu 0 reason EXTERNAL_INTERRUPT rip 0x0', 'vcpu 0 reason APIC_ACCESS rip 0x0', 'reason npf rip 0x0'])('nothing is hidden by kvm_exit: %s', (body) => {
    expect(tell(thread(`kvm_exit: ${body}`)).filter((event) => JSON.stringify(event).includes('meta.chan'))).toEqual([]);
  });

  const end = { kind: 'apic.eoi', cpu: 0, vec: 81 };
  const ended = 'kvm_eoi: apicid 0 vector 81';
  const declared = { kind: 'meta.chan', chan: 'apic.eoi', cover: 'full' };
  test.each([
    ['in memory', ['kvm_mmio: mmio write len 4 gpa 0xfee000b0 val 0x0', ended, ended], [declared, end, end]],
    ['as an MSR, told once it is done', [ended, 'kvm_msr: msr_write 80b = 0x0', ended], [end, declared, end]],
    ['that faults', ['kvm_msr: msr_write 80b = 0x1 (#GP)', ended], [end]],
    ['that the hardware hands over', ['kvm_apic: apic_write APIC_EOI = 0x0', ended], [end]],
    ['on a host that has APICv switched off', ['kvm_apicv_inhibit_changed: set reason=0, inhibits=0x1', ended], [declared, end]],
    ['on a host where the CPU delivers again', ['kvm_mmio: mmio write len 4 gpa 0xfee000b0 val 0x0', 'kvm_apicv_accept_irq: apicid 0 vec 81 (Fixed|edge)', ended], [chan('cpu.inject'), chan('apic.eoi'), end]],
  ])('an EOI %s', (_, lines, events) => {
    const told = tell(thread(...lines));
    expect(told.filter((event) => /apic.eoi|cpu.inject/.test(JSON.stringify(event)))).toEqual(events);
  });

  test.each([
    ['a host that has no APICv', ['set reason=2, inhibits=0x4', 'set reason=0, inhibits=0x5', 'cleared reason=2, inhibits=0x1']],
    ['one that has it switched off', ['set reason=0, inhibits=0x1 DISABLED']],
    ['a second reason, and one of two', ['set reason=1, inhibits=0x102', 'cleared reason=1, inhibits=0x100']],
  ])('nothing is hidden by %s', (_, bodies) => {
    expect(tell(thread(...bodies.map((body) => `kvm_apicv_inhibit_changed: ${body}`)))).toEqual([]);
  });

  test.each(['VT-d PI is enabled and being updated for irq 24, vcpu 0, gsi: 0x18, gvec: 0x51, pi_desc_addr: 0x1000', 'PI is enabled and being updated for irq 24, vcpu 0, gsi: 0x18, gvec: 0x51'])(
    'kvm_pi_irte_update: %s',
    (body) => {
      expect(tell(thread(`kvm_pi_irte_update: ${body}`))).toEqual(['kvm.msi', 'apic.accept', 'cpu.inject', 'apic.eoi'].map(chan));
    },
  );

  test('a posting that ends hides nothing', () => {
    expect(tell(thread('kvm_pi_irte_update: PI is disabled for irq 24, vcpu 0, gsi: 0x18, gvec: 0x51'))).toEqual([]);
  });

  test('perf script leaves out samples of a running guest', () => {
    const { events } = read(capture('perf-script/steps.txt'));
    expect(events.slice(0, 4).map((event) => (event.kind === 'meta.chan' ? `${event.chan} ${event.cover}` : event.kind))).toEqual([
      'apic.accept partial', 'kvm.msi partial', 'efd.signal partial', 'vfio.irq partial',
    ]);
  });
});
