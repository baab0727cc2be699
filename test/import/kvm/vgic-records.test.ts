// Binary records of arm64 mean what their text means: the same events, from fields laid out as Linux 6.1 describes them.

import { describe, expect, test } from 'vitest';
import { tell, thread } from '../ftrace/text.js';
import { tellRecords, type Layout, type Sample } from './tell-records.js';

const ip = ['__probe_ip', 8, 0xffff_b6a9_2e07_0b20n] as const;
const kvmPointer = ['kvm', 8, 0xffff_8000_0810_d000n] as const;
const handler: Sample = { name: 'irq_handler_entry', fields: [['irq', -4, 12], ['name', 24, 'kvm guest vtimer']] };
const timer: Sample = { name: 'kvm_timer_update_irq', fields: [['vcpu_id', 8, 1], ['irq', 4, 27], ['level', -4, 1]] };
const claim = [handler, timer];
const claimText = ['irq_handler_entry: irq=12 name=kvm guest vtimer', 'kvm_timer_update_irq: VCPU: 1, IRQ 27, level 1'];
const soft = (id: number): Layout => [['intid', 4, id], ['line', 1, 1], ['latch', 1, 0], ['active', 1, 0], ['enabled', 1, 1], ['hw', 1, 1]];
const SOFT = 'line=1 latch=0 active=0 enabled=1 hw=1';

describe('each event', () => {
  test.each<[string, Sample, string]>([
    ['a line', { name: 'vgic_update_irq_pending', fields: [['vcpu_id', 8, 0], ['irq', 4, 36], ['level', 1, 1]] }, 'vgic_update_irq_pending: VCPU: 0, IRQ 36, level: 1'],
    [
      'an SPI of user space',
      { name: 'kvm_irq_line', fields: [['type', 4, 1], ['vcpu_idx', -4, 0], ['irq_num', -4, 35], ['level', -4, 0]] },
      'kvm_irq_line: Inject VGIC SPI interrupt (1), vcpu->idx: 0, num: 35, level: 0',
    ],
    [
      'an interrupt of a GIC in user space',
      { name: 'kvm_irq_line', fields: [['type', 4, 0], ['vcpu_idx', -4, 0], ['irq_num', -4, 0], ['level', -4, 1]] },
      'kvm_irq_line: Inject CPU interrupt (0), vcpu->idx: 0, num: 0, level: 1',
    ],
    ['a probed injection, whosever', { name: 'vgic_inject', fields: [ip, kvmPointer, ['intid', 4, 36], ['level', 1, 1]] }, 'vgic_inject: (x) kvm=0xffff80000810d000 intid=36 level=1'],
    ['a probed injection', { name: 'vgic_inject', fields: [ip, kvmPointer, ['cpuid', -4, 1], ['intid', 4, 30], ['level', 1, 0]] }, 'vgic_inject: (x) kvm=0xffff80000810d000 cpuid=1 intid=30 level=0'],
    ['an entry', { name: 'kvm_entry', fields: [['vcpu_pc', 8, 4096]] }, 'kvm_entry: PC: 0x0000000000001000'],
    ['an exit', { name: 'kvm_exit', fields: [['ret', -4, 0], ['esr_ec', 4, 0], ['vcpu_pc', 8, 4096]] }, 'kvm_exit: IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0x0000000000001000'],
    ['a queued interrupt', { name: 'vgic_queue_irq', fields: [ip, kvmPointer, ...soft(27)] }, `vgic_queue_irq: (x) kvm=0xffff80000810d000 intid=27 ${SOFT}`],
    [
      'a list register filled',
      { name: 'vgic_populate_lr', fields: [ip, ['vcpu', 8, 1], ['lr', -4, 2], ...soft(27), ['hwintid', 4, 27]] },
      `vgic_populate_lr: (x) vcpu=0x1 lr=2 intid=27 ${SOFT} hwintid=27`,
    ],
    ['and read back', { name: 'vgic_fold_lr', fields: [ip, ['vcpu', 8, 1]] }, 'vgic_fold_lr: (x) vcpu=0x1'],
    ['the end of a map', { name: 'vgic_unmap_phys', fields: [ip, ['vintid', 4, 50]] }, 'vgic_unmap_phys: (x) vintid=50'],
    [
      'an acknowledge, whose chip is printed as a number',
      { name: 'kvm_ack_irq', fields: [['irqchip', 4, 0], ['pin', 4, 4]], print: '"irqchip %d pin %u", REC->irqchip, REC->pin' },
      'kvm_ack_irq: irqchip 0 pin 4',
    ],
    [
      "x86's, whose chip is printed by name",
      { name: 'kvm_ack_irq', fields: [['irqchip', 4, 0], ['pin', 4, 4]], print: '"irqchip %s pin %u", __print_symbolic(REC->irqchip, {0, "PIC master"}), REC->pin' },
      'kvm_ack_irq: irqchip PIC master pin 4',
    ],
  ])('%s', (_, sample, text) => {
    const fromText = tell(thread(...claimText, text));
    expect(tellRecords(...claim, sample)).toEqual(fromText);
    // The interrupt of a GIC in user space means nothing; everything else does.
    expect(fromText.length > 1).toBe(!text.includes('CPU interrupt'));
  });
});

test('flags that share a byte, fetched as the whole byte, are not known', () => {
  const byte: Layout = [['intid', 4, 27], ['line', 1, 9], ['latch', 1, 9], ['active', 1, 9], ['enabled', 1, 9], ['hw', 1, 9]];
  const populate: Sample = { name: 'vgic_populate_lr', fields: [ip, ['vcpu', 8, 1], ['lr', -4, 2], ...byte, ['hwintid', 4, 27]] };
  expect(tellRecords(...claim, populate)).toEqual(tellRecords(...claim));
  const text = 'vgic_populate_lr: (x) vcpu=0x1 lr=2 intid=27 line=9 latch=9 active=9 enabled=9 hw=9 hwintid=27';
  expect(tell(thread(...claimText, text))).toEqual(tell(thread(...claimText)));
});

test('a resampler and its signal, which name no GSI', () => {
  const wakeup: Sample = { name: 'irqfd_wakeup', fields: [ip, ['wait', 8, 1], ['key', 8, 1]] };
  const inatomic: Sample = { name: 'set_irq_inatomic', fields: [ip, ['gsi', 4, 4], kvmPointer, ['level', 4, 1]] };
  const inject: Sample = { name: 'vgic_inject', fields: [ip, kvmPointer, ['cpuid', -4, 0], ['intid', 4, 36], ['level', 1, 1]] };
  const ack: Sample = { name: 'kvm_ack_irq', fields: [['irqchip', 4, 0], ['pin', 4, 4]], print: '"irqchip %d pin %u"' };
  const resampler: Sample = { name: 'resampler_ack', fields: [ip, ['kian', 8, 1]] };
  const signal: Sample = { name: 'eventfd_signal', fields: [ip, ['ctx', 8, 1]] };
  expect(tellRecords(wakeup, inatomic, inject, ack, resampler, signal)).toEqual([
    { kind: 'efd.signal', gsi: 4 },
    { kind: 'gic.in', id: 36, level: 1 },
    { kind: 'kvm.ack', chip: 3, pin: 4, gsi: 4 },
    { kind: 'kvm.resample', gsi: 4 },
  ]);
});

test('a map is told once the number of the host interrupt in the GIC is known', () => {
  const ended: Sample = { name: 'gic_eoimode1_eoi', fields: [ip, ['irq', 4, 12], ['hwirq', 8, 27]] };
  const map: Sample = { name: 'vgic_map_phys', fields: [ip, ['vcpu', 8, 1], ['host_irq', 4, 12], ['vintid', 4, 27]] };
  expect(tellRecords(...claim, map).slice(1)).toEqual([]);
  expect(tellRecords(...claim, ended, map).slice(1)).toEqual([{ kind: 'vgic.map', vid: 27, pid: 27, cpu: 1 }]);
});
