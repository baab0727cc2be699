// Every call becomes exactly the events it is, at the side of the call where it counts.

import { describe, expect, test } from 'vitest';
import { ioctlLog } from '../../../src/import/ioctl.js';
import { decode } from '../decode.js';
import { create, log, ofKind, rows, said } from './log.js';

describe('VMs', () => {
  test('a VM begins in its reset state, at the return of KVM_CREATE_VM', () => {
    const [start] = ofKind(decode(ioctlLog, log('a05')).events, 'meta.start');
    expect(start).toMatchObject({ state: 'reset', except: undefined, ns: 1961172249101 - 1961171963655, at: 2 });
  });

  test('a second VM after the first was closed: eventfds outlive a VM', () => {
    const { events } = decode(ioctlLog, log('a05'));
    expect(ofKind(events, 'meta.start').map(({ except }) => except)).toEqual([undefined, 'irqfd']);
    expect(events.filter((event) => event.kind === 'meta.chan' && event.chan === 'vm')).toEqual([]);
    expect(ofKind(events, 'vm.close')).toHaveLength(2);
  });

  test('two VMs alive at once cannot be told apart', () => {
    const vm = { kind: 'meta.chan', chan: 'vm', cover: 'none' };
    expect(said(rows(create(6), create(7)))).toContainEqual(expect.objectContaining(vm));
    expect(said(rows(create(6), '{"t0":2002,"op":"close","args":{"fd":6},"ret":0}', create(6)))).not.toContainEqual(expect.objectContaining(vm));
    expect(said(rows('{"t0":1500,"op":"KVM_IRQ_LINE","args":{"irq":4,"level":1},"ret":0,"errno":""}', create(6)))).toContainEqual(expect.objectContaining(vm));
  });

  test('closing the descriptor of a VM closes the VM', () => {
    const events = said(rows('{"t0":2000,"op":"KVM_CREATE_VM","ret":6}', '{"t0":2002,"op":"close","args":{"fd":6},"ret":0}', '{"t0":2003,"op":"close","args":{"fd":6},"ret":0}'));
    expect(events.map(({ kind }) => kind)).toEqual(['meta.start', 'vm.close', 'fd.close']);
  });

  test('without KVM_CREATE_VM nothing is known at the start', () => {
    expect(ofKind(said(rows('{"t0":2000,"op":"eventfd","args":{"init":0},"ret":8}')), 'meta.start')).toEqual([]);
  });

  test('KVM_CREATE_IRQCHIP installs the default table, KVM_CAP_SPLIT_IRQCHIP an empty one', () => {
    expect(ofKind(decode(ioctlLog, log('a01')).events, 'kvm.routes')[0]).toMatchObject({ nr: 40, ret: 0, map: 'default', name: 'KVM_CREATE_IRQCHIP' });
    const split = decode(ioctlLog, log('b12m')).events;
    expect(ofKind(split, 'meta.cfg')).toMatchObject([{ irqchip: 'split' }]);
    expect(ofKind(split, 'kvm.routes').map(({ nr }) => nr)).toEqual([0, 2]);
  });

  test('KVM_CAP_IRQ_ROUTING tells the limit of the table', () => {
    expect(ofKind(decode(ioctlLog, log('a08')).events, 'meta.cfg').map(({ maxRoutes }) => maxRoutes)).toContain(4096);
  });
});

describe('lines and messages', () => {
  test('KVM_IRQ_LINE_STATUS: level is signed, ret is the status', () => {
    const lines = ofKind(decode(ioctlLog, log('a03')).events, 'kvm.set_irq');
    expect(lines).toHaveLength(26);
    expect(lines.slice(-3).map(({ gsi, level, source, ret }) => [gsi, level, source, ret])).toEqual([[8, 2, 0, -1], [8, -1, 0, 0], [8, 0, 0, 1]]);
    expect(lines.filter(({ name }) => name === 'KVM_IRQ_LINE').map(({ ret }) => ret)).toEqual([undefined, undefined]);
  });

  test('KVM_IRQ_LINE of an arm64 machine is a line of its GIC', () => {
    const set = (irq: number): unknown => said(rows(`{"t0":2000,"op":"KVM_IRQ_LINE","args":{"irq":${irq},"level":1},"ret":0,"errno":""}`)).at(-1);
    // type in bits 24 to 27, INTID in the lowest 16; of the vCPU 8 bits from 16 on, and 4 more from 28 on
    expect(set(0x0100_0024)).toMatchObject({ kind: 'gic.in', id: 36, level: 1 });
    expect(set(0x1203_001b)).toMatchObject({ kind: 'gic.in', id: 27, cpu: 0x103, level: 1 });
    for (const gsi of [36, 0x0100_001b, 0x0200_0024, 0x0100_03fc]) expect(set(gsi)).toMatchObject({ kind: 'kvm.set_irq', gsi });
  });

  test('a refused call never reached the line', () => {
    expect(ofKind(decode(ioctlLog, log('a05')).events, 'kvm.set_irq')).toEqual([]);
  });

  test('KVM_SIGNAL_MSI: one message per accepted call, decoded as KVM decodes it', () => {
    const messages = ofKind(decode(ioctlLog, log('a04')).events, 'kvm.msi');
    expect(messages).toHaveLength(37);
    const at = (data: number) => messages.find((event) => event.data === data);
    expect(at(0x474)).toMatchObject({ addr: 0xfee00000n, dst: 0, vec: 116, dm: 4, logical: 0, trig: 'edge', taken: 1 });
    expect(at(0x777)).toMatchObject({ vec: 119, dm: 7, taken: 0 });
    expect(at(0x64)).toMatchObject({ dst: 1, logical: 1, taken: 0 });
    expect(at(0x65)).toMatchObject({ addr: 0xfee01008n, dst: 1, logical: 0, taken: 0 });
    expect(at(0xc066)).toMatchObject({ vec: 102, trig: 'level', taken: 1 });
    expect(at(0x68)).toMatchObject({ dst: 0x45 });
    // The high half is no destination unless KVM_CAP_X2APIC_API made it one.
    expect(at(0x69)).toMatchObject({ addr: 0x100fee00000n, dst: 0 });
  });

  test('of a message with a requester ID the data are an event of the ITS, unless it goes to the local APICs', () => {
    const msi = (low: string): string => `{"t0":4000,"t1":4001,"op":"KVM_SIGNAL_MSI","args":{"addr_lo":"${low}","addr_hi":"0x0","data":"0x3","flags":1},"ret":1,"errno":""}`;
    const [event] = ofKind(decode(ioctlLog, msi('0x8090040')).events, 'kvm.msi');
    expect(event).toMatchObject({ addr: 0x8090040n, data: 3, its: 1, taken: 1 });
    expect(event?.vec).toBeUndefined();
    expect(ofKind(decode(ioctlLog, msi('0xfee00000')).events, 'kvm.msi')).toMatchObject([{ vec: 3, dst: 0 }]);
  });

  test('with KVM_CAP_X2APIC_API the high half is part of the destination; in a log that begins later that is unknown', () => {
    const msi = '{"t0":4000,"t1":4001,"op":"KVM_SIGNAL_MSI","args":{"addr_lo":"0xfee02000","addr_hi":"0x100","data":"0x41","flags":0},"ret":1,"errno":""}';
    const enable = '{"t0":3000,"t1":3001,"op":"KVM_ENABLE_CAP","args":{"cap":"KVM_CAP_X2APIC_API","args":[1]},"ret":0,"errno":""}';
    expect(ofKind(said(rows(create(6), enable, msi)), 'kvm.msi')).toMatchObject([{ dst: 0x102 }]);
    expect(ofKind(said(rows(create(6), msi)), 'kvm.msi')).toMatchObject([{ dst: 2 }]);
    expect(ofKind(said(rows(msi)), 'kvm.msi')).toMatchObject([{ dst: undefined }]);
  });
});

describe('state that user space sets', () => {
  test('KVM_SET_LAPIC replaces the local APIC and leaves its SVR known', () => {
    expect(said(rows('{"t0":2000,"t1":2009,"tid":7,"op":"KVM_SET_LAPIC","args":{"vcpu":1,"svr":"0x11ff"},"ret":0,"errno":""}'))).toMatchObject([
      { kind: 'kvm.set_lapic', cpu: 1, ns: 1000, tid: 7 },
      { kind: 'apic.svr', cpu: 1, enable: 1, suppress_eoi: 1 },
    ]);
  });

  test('KVM_SET_IRQCHIP names the chip', () => {
    const chips = ofKind(decode(ioctlLog, log('a03')).events, 'kvm.set_irqchip').map(({ chip }) => chip);
    expect(chips).toEqual([2, 2, 2, 2, 2, 2]);
    expect(said(rows('{"t0":2000,"op":"KVM_SET_IRQCHIP","args":{"chip":0},"ret":0}', '{"t0":2001,"op":"KVM_SET_IRQCHIP","args":{},"ret":0}'))).toMatchObject([{ chip: 0 }, { chip: undefined }]);
  });

  test('only an acknowledge by user space is an injection, at its return', () => {
    const injections = ofKind(decode(ioctlLog, log('b12m')).events, 'cpu.inject');
    expect(injections.map(({ cpu, vec }) => [cpu, vec])).toEqual([[0, 74], [0, 75], [0, 74]]);
    expect(injections[0]?.ns).toBe(2314848206438 - 2314781359531);
    expect(ofKind(decode(ioctlLog, log('c01')).events, 'cpu.inject')).toEqual([]);
  });
});
