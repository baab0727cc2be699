// QEMU's lines of the interrupt chips. The lines are those of QEMU 7.2 with the numbers changed, but for apic_register_*, kvm_report_irq_delivered and kvm_reset_irq_delivered (10.0).

import { describe, expect, test } from 'vitest';
import { RESET, bare, isQemus, kinds, told } from './chip-lines.js';

const entry = (value: number): string => `ioapic_mem_write ioapic mem write addr 0x10 regsel: 0x30 size 0x4 val 0x${value.toString(16)}`;
const message = (value: number): string => `memory_region_ops_write cpu -1 mr 0x55 addr 0xfee00000 value 0x${value.toString(16)} size 4 name 'apic-msi'`;
const SET = 'ioapic_set_remote_irr set remote irr for pin 16';
const RISE = 'ioapic_set_irq vector: 16 level: 1';

describe('the IOAPIC', () => {
  test('a redirection entry in halves, and both halves read', () => {
    expect(
      told(entry(0x1a051), 'ioapic_mem_write ioapic mem write addr 0x10 regsel: 0x31 size 0x4 val 0x3000000', 'ioapic_mem_read ioapic mem read addr 0x10 regsel: 0x30 size 0x4 retval 0xc051', 'ioapic_mem_read ioapic mem read addr 0x10 regsel: 0x31 size 0x4 retval 0x3000000'),
    ).toEqual([
      { kind: 'ioapic.rte', pin: 16, vec: 0x51, dm: 0, trig: 'level', mask: 1, rirr: 0, logical: 0, pol: 1 },
      { kind: 'ioapic.rte', pin: 16, dst: 3 },
      { kind: 'ioapic.rte.read', pin: 16, vec: 0x51, rirr: 1, mask: 0, trig: 'level', dm: 0, logical: 0, pol: 0 },
      { kind: 'ioapic.dst.read', pin: 16, dst: 3 },
    ]);
  });

  test('each of its lines tells that it is QEMU\'s, whose local APICs print no vector with an EOI', () => {
    const read = 'ioapic_mem_read ioapic mem read addr 0x10 regsel: 0x30 size 0x4 retval 0x51';
    const ends = ['ioapic_clear_remote_irr clear remote irr for pin 16 vector 81', 'ioapic_eoi_broadcast EOI broadcast for vector 81', 'ioapic_eoi_delayed_reassert delayed reassert on EOI broadcast for vector 81'];
    for (const line of [RISE, SET, entry(0x51), read, ...ends]) expect([line, isQemus(line)]).toEqual([line, true]);
    expect(isQemus(message(0x51))).toBe(false);
  });

  test('so does each line of the 8259 pair, whose commands take effect at once', () => {
    for (const line of ['pic_set_irq master 1 irq 0 level 1', 'pic_update_irq master 1 imr 254 irr 1 padd 0', 'pic_interrupt irq 0 intno 48', 'pic_ioport_write master 1 addr 0x1 val 0xff', 'pic_ioport_read master 1 addr 0x1 val 0xff']) expect([line, isQemus(line)]).toEqual([line, true]);
  });

  test('the number of an input is the pin, and input 0 is wired to pin 2', () => {
    expect(told('ioapic_set_irq vector: 0 level: 0', 'ioapic_set_irq vector: 9 level: 1')).toEqual([
      { kind: 'ioapic.in', pin: 2, level: 0 },
      { kind: 'ioapic.in', pin: 9, level: 1 },
    ]);
  });

  test('Remote IRR and then the message is a delivery', () => {
    expect(told(entry(0x8051), RISE, SET, message(0x8051)).slice(2)).toEqual([{ kind: 'ioapic.deliver', pin: 16, vec: 0x51 }]);
  });

  test('the pin is named by its line, whatever its message holds', () => {
    const cleared = 'ioapic_clear_remote_irr clear remote irr for pin 16 vector 81';
    for (const free of [cleared, entry(0x51)]) {
      expect(told(entry(0x8051), free, entry(0x8051), RISE, SET, message(0x8052)).slice(4)).toEqual([{ kind: 'ioapic.deliver', pin: 16, vec: 0x52 }]);
      // Its trigger mode, too, is what the rules compare.
      expect(told(entry(0x8051), free, entry(0x8051), RISE, SET, message(0x51)).slice(4)).toEqual([{ kind: 'ioapic.deliver', pin: 16, vec: 0x51 }]);
    }
    const read = 'ioapic_mem_read ioapic mem read addr 0x10 regsel: 0x30 size 0x4 retval 0x8051';
    expect(told(read, RISE, SET, message(0x8052)).slice(2)).toEqual([{ kind: 'ioapic.deliver', pin: 16, vec: 0x52 }]);
  });

  test('a pin that may be in service prints its line and sends nothing: what its entry does not hold is some device\'s', () => {
    const read = 'ioapic_mem_read ioapic mem read addr 0x10 regsel: 0x30 size 0x4 retval 0xc051';
    for (const before of [[], [read], ['ioapic_clear_remote_irr clear remote irr for pin 16 vector 81', RISE, SET, message(0x8051)]]) {
      const lines = [entry(0x8051), ...before, RISE, SET];
      expect(told(...lines, message(0x8052)).at(-1)).toMatchObject({ kind: 'ioapic.in' });
      expect(told(...lines, message(0x8051)).at(-1)).toEqual({ kind: 'ioapic.deliver', pin: 16, vec: 0x51 });
    }
  });

  test('without the message it is none, and a message of another thread is not its', () => {
    expect(kinds(told(entry(0x8051), RISE, SET, 'ioapic_set_irq vector: 16 level: 0', message(0x8051)))).not.toContain('ioapic.deliver');
    expect(kinds(told(entry(0x8051), RISE, SET, `8@${message(0x8051)}`))).not.toContain('ioapic.deliver');
    // An edge message is some device's.
    expect(kinds(told(entry(0x8051), RISE, SET, message(0x51)))).not.toContain('ioapic.deliver');
  });

  test('an edge pin delivers without a line of its own', () => {
    expect(told(entry(0x51), RISE, message(0x51)).slice(2)).toEqual([{ kind: 'ioapic.deliver', pin: 16, vec: 0x51 }]);
    expect(kinds(told(RISE, message(0x51)))).toEqual(['ioapic.in']);
  });

  test('the entry may be read by the first access of the log, whose outer line comes after', () => {
    const read = ['ioapic_mem_read ioapic mem read addr 0x10 regsel: 0x30 size 0x4 retval 0x51', "memory_region_ops_read cpu -1 mr 0x1 addr 0xfec00010 value 0x51 size 4 name 'ioapic'"];
    expect(kinds(told(...read, RISE, message(0x51)))).toEqual(['ioapic.rte.read', 'ioapic.in', 'ioapic.deliver']);
  });

  test('an EOI by its own register and one broadcast by a local APIC', () => {
    const eoi = 'ioapic_eoi_broadcast EOI broadcast for vector 81';
    expect(told('ioapic_mem_write ioapic mem write addr 0x40 regsel: 0x30 size 0x4 val 0x51', eoi, 'ioapic_clear_remote_irr clear remote irr for pin 16 vector 81')).toEqual([
      { kind: 'ioapic.eoi', vec: 0x51 },
      { kind: 'ioapic.cleared', pin: 16, vec: 0x51 },
    ]);
    const version = (value: string): string => `ioapic_mem_read ioapic mem read addr 0x10 regsel: 0x1 size 0x4 retval ${value}`;
    const direct = (size: number): string => `ioapic_mem_write ioapic mem write addr 0x40 regsel: 0x1 size 0x${size} val 0xd1`;
    expect(told(version('0x170020'), direct(4), eoi)).toEqual([{ kind: 'ioapic.eoi', vec: 0x51, written: 0xd1 }]);
    // The write does nothing there, or may do nothing: the EOI is a local APIC's.
    for (const lines of [[version('0x170011'), direct(4)], [version('0x170020'), direct(1)], [direct(4)], [version('0x170020'), direct(4), "memory_region_ops_read cpu 0 mr 0x1 addr 0xfed000f0 value 0x0 size 4 name 'hpet'"]]) {
      expect(told(...lines, eoi)).toEqual([{ kind: 'ioapic.eoi', vec: 0x51 }]);
    }
    const write = "memory_region_ops_write cpu 1 mr 0x55 addr 0xfee000b0 value 0x0 size 4 name 'apic-msi'";
    expect(told(write, 'apic_mem_writel 0xb0 = 0x00000000', eoi)).toEqual([
      { kind: 'apic.eoi', cpu: 1 },
      { kind: 'ioapic.eoi', vec: 0x51, cpu: 1 },
    ]);
  });
});

describe('a local APIC', () => {
  const own = "memory_region_ops_write cpu 0 mr 0x55 addr 0xfee000b0 value 0x0 size 4 name 'apic-msi'";
  const eoi = 'apic_mem_writel 0xb0 = 0x00000000';

  test('each EOI counts once, whatever lines print it', () => {
    expect(kinds(told(own, eoi, own, eoi))).toEqual(['apic.eoi', 'apic.eoi']);
    expect(kinds(told(...RESET, own, eoi, eoi, 'apic_register_write register 0x0b = 0x0'))).toEqual(['apic.eoi', 'apic.eoi']);
  });

  test('accesses of a thread that is no known vCPU are none', () => {
    expect(told(eoi, 'apic_mem_readl 0x120 = 0x00000002')).toEqual([]);
  });

  test('words of ISR, TMR and IRR, and the priorities', () => {
    expect(told(...RESET, own, 'apic_mem_readl 0x120 = 0x00000002', 'apic_mem_readl 0x1f0 = 0x00000000', 'apic_mem_readl 0x240 = 0x80000000', 'apic_mem_readl 0xa0 = 0x00000040').slice(1)).toEqual([
      { kind: 'apic.read', cpu: 0, reg: 'isr', word: 2, val: 2 },
      { kind: 'apic.read', cpu: 0, reg: 'tmr', word: 7, val: 0 },
      { kind: 'apic.read', cpu: 0, reg: 'irr', word: 4, val: 0x8000_0000 },
      { kind: 'apic.read', cpu: 0, reg: 'ppr', val: 0x40 },
    ]);
  });

  test('without threads the line around a read tells whose it is, and it counts once', () => {
    const lines = ['apic_mem_readl 0x120 = 0x00000002', "memory_region_ops_read cpu 1 mr 0x55 addr 0xfee00120 value 0x2 size 4 name 'apic-msi'"];
    const read = { kind: 'apic.read', cpu: 1, reg: 'isr', word: 2, val: 2 };
    expect(bare(...lines, ...lines)).toEqual([read, read]);
  });

  test('what it reads as written, and its logical destination while no line may be of an x2APIC', () => {
    const lines = [own, 'apic_mem_writel 0xf0 = 0x000001ef', 'apic_mem_writel 0xe0 = 0x0fffffff', 'apic_mem_writel 0xd0 = 0x12000000', 'apic_mem_readl 0x350 = 0x00018751', 'apic_register_read register 0x0f = 0x1ef', 'apic_mem_writel 0xd0 = 0x02000000'];
    expect(told(...RESET, ...lines).slice(1)).toEqual([
      { kind: 'apic.svr', cpu: 0, enable: 1, suppress_eoi: 0, vec: 0xef },
      { kind: 'apic.dest', cpu: 0, dfr: 0 },
      { kind: 'apic.dest', cpu: 0, ldr: 0x12 },
      { kind: 'apic.read', cpu: 0, reg: 'lvt', word: 3, val: 0x1_8751 },
      { kind: 'apic.dest', cpu: 0 },
      { kind: 'apic.read', cpu: 0, reg: 'svr', val: 0x1ef },
    ]);
  });

  test('a delivery carries the write right before it, of its own thread', () => {
    const deliver = 'apic_deliver_irq dest 1 dest_mode 0 delivery_mode 0 vector 177 trigger_mode 0';
    const delivery = { kind: 'apic.msg', dst: 1, logical: 0, dm: 0, vec: 177, trig: 'edge' };
    const write = message(0x800b1).replace('fee00000', 'fee01000');
    expect(told(write, deliver)).toEqual([Object.assign({ addr: 0xfee0_1000n, data: 0x8_00b1 }, delivery)]);
    expect(told(write, `8@${deliver}`)).toEqual([delivery]);
    expect(told(write, `8@${eoi}`, deliver)).toEqual([Object.assign({ addr: 0xfee0_1000n, data: 0x8_00b1 }, delivery)]);
    expect(told(write, 'apic_local_deliver vector 4 delivery mode 4', deliver).slice(1)).toEqual([delivery]);
  });

  test('a message that its thread does not deliver before it goes on is void, where deliveries have lines', () => {
    const deliver = 'apic_deliver_irq dest 0 dest_mode 0 delivery_mode 0 vector 65 trigger_mode 0';
    const voids = (...lines: string[]): unknown[] => told(...lines).filter((event) => Reflect.get(event, 'kind') === 'apic.void');
    const lost = { kind: 'apic.void', addr: 0xfee0_0000n, data: 0x42 };
    expect(voids(message(0x41), deliver, message(0x42), message(0x41), deliver)).toEqual([lost]);
    expect(voids(message(0x41), deliver, message(0x42), own)).toEqual([lost]);
    expect(voids(message(0x41), deliver, message(0x42), 'apic_local_deliver vector 0 delivery mode 0')).toEqual([lost]);
    // Another thread's line, a narrow write, a message of which the log shows no end, deliveries without lines.
    expect(voids(message(0x41), deliver, message(0x42), `8@${own}`, deliver)).toEqual([]);
    expect(voids(message(0x41), deliver, message(0x42).replace('size 4', 'size 2'), own)).toEqual([]);
    expect(voids(message(0x41), deliver, message(0x42))).toEqual([]);
    expect(voids(message(0x41), message(0x42), own)).toEqual([]);
  });

  test.each(['apic', 'kvm'])('those that take what was sent, each once, right after it on its thread: %s_report_irq_delivered', (by) => {
    const ipi = 'apic_mem_writel 0x300 = 0x000400f3';
    const report = (sum: number): string => `${by}_report_irq_delivered coalescing ${sum}`;
    const taken = (...lines: string[]): unknown[] => told(...RESET, ...lines).filter((event) => Reflect.get(event, 'kind') === 'apic.request');
    expect(taken(own, ipi, report(4), report(5), report(5), `${by}_reset_irq_delivered old coalescing 5`, ipi, report(0), report(1))).toEqual([
      { kind: 'apic.request' },
      { kind: 'apic.request', fresh: 1 },
      // The sum may have been cleared unseen.
      { kind: 'apic.request' },
      { kind: 'apic.request', fresh: 0 },
      { kind: 'apic.request', fresh: 1 },
    ]);
    expect(taken('apic_local_deliver vector 0 delivery mode 0', report(1))).toEqual([{ kind: 'apic.request' }]);
    expect(taken(own, ipi, `8@${report(1)}`)).toEqual([]);
    expect(taken(own, ipi, 'apic_mem_readl 0xf0 = 0x000001ff', report(1))).toEqual([]);
    expect(taken(own.replace('cpu 0', 'cpu 3'), ipi, report(1))).toEqual([]);
  });

  test('of a thread that runs several vCPUs in turn only lines that name one are any one\'s', () => {
    const second = own.replace('cpu 0', 'cpu 1');
    const read = 'apic_mem_readl 0x120 = 0x00000002';
    const around = (cpu: number): string => `memory_region_ops_read cpu ${cpu} mr 0x55 addr 0xfee00120 value 0x2 size 4 name 'apic-msi'`;
    expect(told(...RESET, own, read, second, read, eoi, read, around(0)).slice(1)).toEqual([
      { kind: 'apic.read', cpu: 0, reg: 'isr', word: 2, val: 2 },
      { kind: 'apic.eoi', cpu: 1 },
      { kind: 'apic.read', cpu: 0, reg: 'isr', word: 2, val: 2 },
    ]);
  });

  test('in a log that begins in the middle another vCPU may run on the same thread: only what a line names is its', () => {
    const isr = 'apic_mem_readl 0x120 = 0x00000002';
    const around = (cpu: number): string => `memory_region_ops_read cpu ${cpu} mr 0x55 addr 0xfee00120 value 0x2 size 4 name 'apic-msi'`;
    expect(told(own, isr, around(1))).toEqual([{ kind: 'apic.eoi', cpu: 0 }, { kind: 'apic.read', cpu: 1, reg: 'isr', word: 2, val: 2 }]);
    expect(told(own, isr)).toEqual([{ kind: 'apic.eoi', cpu: 0 }]);
    expect(told(...RESET, own, isr)).toEqual([{ kind: 'apic.eoi', cpu: 0 }, { kind: 'apic.read', cpu: 0, reg: 'isr', word: 2, val: 2 }]);
    // Each has a thread of its own.
    expect(told(own, `8@${own.replace('cpu 0', 'cpu 1')}`, isr)).toHaveLength(3);
  });

  test('what reads as a reset leaves it may be another vCPU\'s that has been started on the same thread', () => {
    const startup = 'apic_mem_writel 0x300 = 0x00000699';
    const reads = ['apic_mem_readl 0xf0 = 0x000000ff', 'apic_mem_readl 0x350 = 0x00010000', 'apic_mem_readl 0xf0 = 0x000001ff'];
    const values = (...lines: string[]): unknown[] => told(...RESET, ...lines).flatMap((event) => (Reflect.get(event, 'kind') === 'apic.read' ? [Reflect.get(event, 'val')] : []));
    expect(values(own, ...reads)).toEqual([0xff, 0x1_0000, 0x1ff]);
    expect(values(own, startup, ...reads)).toEqual([0x1ff]);
    // Each has a thread of its own.
    expect(values(own, `8@${own.replace('cpu 0', 'cpu 1')}`, startup, ...reads)).toEqual([0xff, 0x1_0000, 0x1ff]);
  });

  test('IPIs, with the destination of the other half', () => {
    expect(told(...RESET, own, 'apic_mem_writel 0x310 = 0x02000000', 'apic_mem_writel 0x300 = 0x000000f3', 'apic_mem_writel 0x300 = 0x000c4500').slice(1)).toEqual([
      { kind: 'apic.ipi', cpu: 0, vec: 0xf3, dm: 0, dst: 2, logical: 0, trig: 'edge', shorthand: 'none', val: 0xf3 },
      { kind: 'apic.ipi', cpu: 0, vec: 0, dm: 5, dst: 2, logical: 0, trig: 'edge', shorthand: 'others', val: 0xc_4500 },
    ]);
  });

  test('where the main loop, or no CPU, accesses the pair nobody acknowledges unseen', () => {
    const seen = { kind: 'meta.chan', chan: 'pic.inta', cover: 'full' };
    const elcr = (cpu: number): string => `memory_region_ops_write cpu ${cpu} mr 0x55 addr 0x4d0 value 0x20 size 1 name 'elcr'`;
    const write = 'pic_ioport_write master 1 addr 0x1 val 0xfb';
    expect(told(...RESET, write, write).filter((event) => Reflect.get(event, 'kind') === 'meta.chan')).toEqual([seen]);
    expect(told(elcr(-1))[0]).toEqual(seen);
    expect(kinds(told(...RESET, '8@'.concat(write), elcr(0)))).not.toContain('meta.chan');
    expect(kinds(told(write, elcr(0)))).not.toContain('meta.chan');
  });

  test('a vCPU from the fourth on is named once its id has been read', () => {
    const fourth = own.replace('cpu 0', 'cpu 3');
    expect(told(fourth)).toEqual([]);
    expect(told(fourth, 'apic_mem_readl 0x20 = 0x04000000', fourth)).toEqual([{ kind: 'apic.eoi', cpu: 4 }]);
  });
});

test('the 8259 pair', () => {
  expect(told('pic_set_irq master 0 irq 4 level 1', 'pic_update_irq master 1 imr 128 irr 92 padd 5', 'pic_interrupt irq 12 intno 116', 'pic_ioport_write master 0 addr 0x0 val 0x64')).toEqual([
    { kind: 'pic.in', pin: 12, level: 1 },
    { kind: 'pic.request', chip: 0, imr: 128, irr: 92, prio: 5 },
    { kind: 'pic.inta', pin: 12, vec: 116 },
    { kind: 'pic.eoi', pin: 12, chip: 1, rotate: 0 },
  ]);
});
