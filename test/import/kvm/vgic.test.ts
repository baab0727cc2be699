// arm64 hosts: lines of the virtual GIC, list registers, acknowledges of SPIs; told from x86 by what is printed, never by a name.
// Bodies as Linux 6.1 on arm64 prints them, in the layout of tracefs.

import { describe, expect, test } from 'vitest';
import { readTrace } from '../../replay.js';
import { kinds, line, read, tell, thread, told } from '../ftrace/text.js';
import { decode } from '../decode.js';
import { tracefs } from '../../../src/import/ftrace/tracefs.js';

const KVM = 'kvm=0xffff80000810d000';
const handler = (name: string): string => `irq_handler_entry: irq=12 name=${name}`;
const timer = (cpu: number, level: number): string => `kvm_timer_update_irq: VCPU: ${cpu}, IRQ 27, level ${level}`;
const inject = (id: number, level: number): string => `vgic_inject: (kvm_vgic_inject_irq+0x0/0x2f0) ${KVM} cpuid=0 intid=${id} level=${level} owner=0x0`;
const pending = (id: number, level: number): string => `vgic_update_irq_pending: VCPU: 0, IRQ ${id}, level: ${level}`;
const soft = (id: number, bits: string): string => {
  const [l, p, a, e, h] = bits;
  return `intid=${id} line=${l} latch=${p} active=${a} enabled=${e} hw=${h}`;
};
const queue = (id: number, bits: string): string => `vgic_queue_irq: (vgic_queue_irq_unlock+0x0/0x1b0) ${KVM} ${soft(id, bits)}`;
const populate = (lr: number, id: number, bits: string, hwintid = 0): string =>
  `vgic_populate_lr: (vgic_v3_populate_lr+0x0/0x180) vcpu=0xffff00000d9b4ba0 lr=${lr} ${soft(id, bits)} hwintid=${hwintid}`;
const fold = 'vgic_fold_lr: (ffffb6a92e073f30) vcpu=0xffff00000d9b4ba0';
const entry = 'kvm_entry: PC: 0xffffa361800a9a70';
const exit = 'kvm_exit: IRQ: HSR_EC: 0x0000 (UNKNOWN), PC: 0xffffa361803bddc4';
/** Enough to know that the thread runs vCPU 1. */
const claim = [handler('kvm guest vtimer'), timer(1, 1)];

const raised = { kind: 'gic.in', id: 36, level: 1 };

describe('lines', () => {
  test('one injection is one event, however many hops of it are recorded', () => {
    const asked = 'kvm_irq_line: Inject VGIC SPI interrupt (1), vcpu->idx: 0, num: 36, level: 1';
    const byUser = { ...raised, user: 1 };
    expect(tell(thread(asked, inject(36, 1), pending(36, 1)))).toEqual([byUser]);
    expect(tell(thread(asked, pending(36, 1)))).toEqual([byUser]);
    expect(tell(thread(inject(36, 1)))).toEqual([raised]);
    expect(tell(thread(asked))).toEqual([byUser]);
  });

  test('a probe that does not fetch the vCPU tells of SPIs; of a PPI its tracepoint tells', () => {
    const whose = (line: string): string => line.replace(' cpuid=0', '');
    expect(tell(thread(whose(inject(36, 1))))).toEqual([raised]);
    expect(tell(thread(whose(inject(36, 1)), pending(36, 1)))).toEqual([raised]);
    expect(tell(thread(whose(inject(27, 1))))).toEqual([]);
    expect(tell(thread(timer(0, 1), whose(inject(27, 1)), pending(27, 1)))).toEqual([{ kind: 'gic.in', id: 27, level: 1, cpu: 0 }]);
  });

  test('where only those are recorded that are asked for, others go unseen', () => {
    const asked = [1, 0, 1].map((level) => `kvm_irq_line: Inject VGIC SPI interrupt (1), vcpu->idx: 0, num: 36, level: ${level}`);
    expect(tell(thread(...asked)).at(-2)).toEqual({ kind: 'meta.chan', chan: 'gic.in', cover: 'partial' });
    expect(kinds(read(thread(...asked.flatMap((line, i) => [line, pending(36, (i + 1) % 2)]))).events)).toEqual(['gic.in', 'gic.in', 'gic.in']);
  });

  test('the same level asked for again is another one', () => {
    expect(tell(thread(inject(36, 1), pending(36, 1), inject(36, 1), pending(36, 1)))).toEqual([raised, raised]);
    expect(tell(thread(pending(36, 1), pending(36, 1)))).toEqual([raised, raised]);
  });

  test('an injection that a handler comes in between of stays one', () => {
    expect(tell(thread(inject(36, 1), timer(0, 1), inject(27, 1), pending(27, 1), pending(36, 1)))).toEqual([raised, { kind: 'gic.in', id: 27, level: 1, cpu: 0 }]);
  });

  test('only SGIs and PPIs belong to a vCPU', () => {
    expect(tell(thread('kvm_irq_line: Inject VGIC PPI interrupt (2), vcpu->idx: 3, num: 30, level: 0'))).toEqual([{ kind: 'gic.in', id: 30, level: 0, cpu: 3, user: 1 }]);
    expect(tell(thread('vgic_update_irq_pending: VCPU: 0, IRQ 78, level: 1'))).toEqual([{ kind: 'gic.in', id: 78, level: 1 }]);
  });

  test('KVM has just set a line only where its thread has done nothing since', () => {
    const set = (...lines: string[]): unknown => tell(thread(...claim, ...lines)).at(-1);
    expect(set(inject(36, 1), pending(36, 1), queue(36, '10010'))).toMatchObject({ kind: 'vgic.irq', set: 1 });
    expect(set(pending(36, 0), queue(36, '00010'))).toMatchObject({ set: 0 });
    expect(set(pending(36, 1), exit, queue(36, '10010'))).not.toHaveProperty('set');
    expect(set(pending(36, 1), queue(36, '10010'), queue(36, '10010'))).not.toHaveProperty('set');
    expect(set(pending(36, 1), queue(33, '10010'))).not.toHaveProperty('set');
    expect(set(pending(36, 0), pending(36, 1), queue(36, '00010'))).not.toHaveProperty('set');
  });

  test('a thread that runs no vCPU may restore a state that was saved: what it queues is not what it has set, nor of that vCPU', () => {
    const reset = 'kvm_timer_update_irq: VCPU: 0, IRQ 27, level 0';
    expect(tell(thread(reset, pending(27, 0), queue(27, '10011'))).at(-1)).toEqual({ kind: 'vgic.irq', vid: 27, line: 1, latch: 0, active: 0, enabled: 1, hw: 1 });
    expect(tell(thread(pending(36, 0), queue(36, '10010'))).at(-1)).not.toHaveProperty('set');
  });

  test('a snapshot that is loaded', () => {
    // the main loop, 204, sets the timer of both vCPUs low, and writes what was saved of all interrupts 63 ms later: 7 times it is queued
    const { events } = read(readTrace('recordings/arm-kvm-loadvm/trace.txt.zst').toString('latin1'));
    const restored = events.filter((event) => event.kind === 'vgic.irq' && event.tid === 204 && event.vid === 27);
    expect(restored).toHaveLength(7);
    // of which vCPU each is its lines do not tell, although the line of vCPU 1 was the last to be set
    for (const event of restored) expect(event).not.toMatchObject({ cpu: expect.anything() });
  });

  test('of a GIC in user space nothing is told', () => {
    expect(tell(thread('kvm_irq_line: Inject CPU interrupt (0), vcpu->idx: 0, num: 0, level: 1'))).toEqual([]);
  });

  test("what KVM knows of the interrupt, on the vCPU of the injection if it is a vCPU's own", () => {
    expect(tell(thread(...claim, exit, pending(27, 1), queue(27, '10011'))).at(-1)).toEqual({ kind: 'vgic.irq', vid: 27, cpu: 0, line: 1, latch: 0, active: 0, enabled: 1, hw: 1, set: 1 });
    expect(tell(thread(...claim, pending(27, 1), queue(8193, '01010'))).at(-1)).toEqual({ kind: 'vgic.irq', vid: 8193, line: 0, latch: 1, active: 0, enabled: 1, hw: 0 });
  });
});

describe('list registers', () => {
  const flushed = (...lines: readonly string[]): unknown[] => tell(thread(...claim, ...lines)).filter(({ kind }) => kind === 'vgic.flush');

  test.each([
    ['pending, not forwarded', '10010', { st: 'P', hw: 0 }],
    ['an edge', '01010', { st: 'P', hw: 0 }],
    ['active', '10110', { st: 'A', hw: 0 }],
    ['active with an edge behind it: both if it is not a level', '01110', { hw: 0 }],
  ])('%s', (_, bits, of) => {
    expect(flushed(populate(2, 40, bits))).toEqual([{ kind: 'vgic.flush', cpu: 1, lr: 2, vid: 40, ...of }]);
  });

  test('forwarded: with the physical INTID, and never pending and active at once', () => {
    expect(flushed(populate(0, 27, '10011', 27))).toEqual([{ kind: 'vgic.flush', cpu: 1, lr: 0, vid: 27, st: 'P', hw: 1, pid: 27 }]);
    expect(flushed(populate(0, 27, '11111', 27))).toEqual([{ kind: 'vgic.flush', cpu: 1, lr: 0, vid: 27, st: 'A', hw: 1, pid: 27 }]);
  });

  test('entry, reading back, exit', () => {
    const told = tell(thread(...claim, populate(0, 36, '10010'), entry, fold, exit)).slice(2);
    expect(told).toEqual([{ kind: 'vgic.flush', cpu: 1, lr: 0, vid: 36, st: 'P', hw: 0 }, { kind: 'cpu.enter', cpu: 1 }, { kind: 'vgic.fold', cpu: 1 }, { kind: 'cpu.exit', cpu: 1 }]);
  });

  test('of list registers nothing is told before it is known which vCPU the thread runs: only the handler of the timer of the guest proves it', () => {
    expect(tell(thread(populate(0, 36, '10010'), entry, fold, exit))).toEqual([{ kind: 'vgic.irq', vid: 36, line: 1, latch: 0, active: 0, enabled: 1, hw: 0, lr: 0 }]);
    expect(kinds(read(thread(handler('arch_timer'), timer(1, 1), entry, fold)).events)).toEqual(['gic.in']);
  });

  test("an x86 trace-cmd's junk does not hide them", () => {
    expect(tell(thread(...claim, 'kvm_entry: CAN\'T FIND FIELD "vcpu_id"<CANT FIND FIELD rip>PC: 0xffffa361800a9a70')).at(-1)).toEqual({ kind: 'cpu.enter', cpu: 1 });
  });

  test("x86 entries, told apart by what they print, are those of Intel's and AMD's", () => {
    expect(tell(thread(...claim, 'kvm_entry: vcpu 1, rip 0xfff0', 'kvm_exit: reason EXIT_NPF rip 0xfff0 info 100000014 fffffff0')).slice(1)).toEqual([]);
  });
});

describe('maps', () => {
  const map = 'vgic_map_phys: (kvm_vgic_map_phys_irq+0x0/0x1a0) vcpu=0xffff00000d9b4ba0 host_irq=12 vintid=27';
  const ended = 'gic_eoimode1_eoi: (ffffb6a92e5fc530) irq=12 hwirq=27';

  test("are told once the GIC's number of the host interrupt is known", () => {
    expect(tell(thread(...claim, map)).slice(1)).toEqual([]);
    expect(tell(thread(...claim, ended, map)).slice(1)).toEqual([{ kind: 'vgic.map', vid: 27, pid: 27, cpu: 1 }]);
  });

  test('at the latest as their interrupt is put into a list register', () => {
    const told = tell(thread(...claim, map, ended, populate(0, 27, '10011', 27), populate(1, 27, '10011', 27)));
    expect(told.map(({ kind }) => kind)).toEqual(['gic.in', 'vgic.map', 'vgic.irq', 'vgic.flush', 'vgic.irq', 'vgic.flush']);
    expect(told[1]).toEqual({ kind: 'vgic.map', vid: 27, pid: 27, cpu: 1 });
  });

  test('and their end', () => {
    expect(tell(thread('vgic_unmap_phys: (ffffb6a92e070d94) vcpu=0xffff00000d9b4ba0 vintid=50'))).toEqual([{ kind: 'vgic.unmap', vid: 50 }]);
  });
});

describe('acknowledges', () => {
  const ack = 'kvm_ack_irq: irqchip 0 pin 4';
  const lower = 'kvm_set_irq: gsi 7 level 0 source 1';

  test('a chip without a name is the GIC, not the 8259', () => {
    expect(tell(thread(ack))).toEqual([{ kind: 'kvm.ack', chip: 3, pin: 4 }]);
  });

  test('the GSI is the one that changed the line of the SPI, whatever its number', () => {
    expect(tell(thread(lower, inject(36, 0), ack)).at(-1)).toEqual({ kind: 'kvm.ack', chip: 3, pin: 4, gsi: 7 });
    expect(tell(thread(`set_irq_inatomic: (ffffb6a92e0732e4) gsi=9 ${KVM} src=0 level=1`, inject(36, 1), ack)).at(-1)).toMatchObject({ gsi: 9 });
    expect(tell(thread(lower, inject(40, 0), ack)).at(-1)).toEqual({ kind: 'kvm.ack', chip: 3, pin: 4 });
  });

  test('a resampler without its GSI is that of the acknowledge', () => {
    const signal = 'eventfd_signal: (eventfd_signal+0x0/0x10) ctx=0xffff8f1518db1cc0 n=1';
    const lines = [lower, inject(36, 0), ack, 'resampler_ack: (ffffb6a92e053330) kian=0xffff00000d02e418', lower, signal];
    expect(tell(thread(...lines)).slice(-2)).toEqual([{ kind: 'kvm.set_irq', gsi: 7, level: 0, source: 1 }, { kind: 'kvm.resample', gsi: 7 }]);
  });
});

describe('irqfds', () => {
  const wakeup = (key: string): string => `irqfd_wakeup: (ffffb6a92e053720) wait=0xffff000002f52e08 mode=3 sync=0 key=${key}`;
  const inatomic = `set_irq_inatomic: (ffffb6a92e0732e4) gsi=258 ${KVM} src=0 level=1`;
  const irqfd = (fd: number, gsi: number, flags: string): string => `kvm_irqfd: (ffffb6a92e053c40) ${KVM} fd=${fd} gsi=${gsi} flags=${flags} resamplefd=0`;

  test('a signal has the GSI of the injection that it makes', () => {
    expect(tell(thread(wakeup('0x1'), inatomic))).toEqual([{ kind: 'efd.signal', gsi: 258 }]);
    expect(tell(thread(wakeup('0x10'), inatomic))).toEqual([]);
    expect(tell(thread(inatomic))).toEqual([]);
  });

  test('a signal is told once where the probe fetches its GSI', () => {
    const whole = `${wakeup('0x1').replace('wait', 'gsi=258 rt_type=2 wait')}`;
    const at = inatomic.replace('set_irq_inatomic', 'kvm_arch_set_irq_inatomic');
    expect(tell(thread(whole, at))).toEqual([{ kind: 'efd.signal', gsi: 258 }]);
    expect(tell(thread(wakeup('0x1'), at))).toEqual([{ kind: 'efd.signal', gsi: 258 }]);
  });

  test("a message's GSI is not that of the line which changes next", () => {
    const at = (type: number): string => `kvm_arch_set_irq_inatomic: (ffffb6a92e0732e4) gsi=9 type=${type} ${KVM} source_id=0 level=1`;
    const ack = 'kvm_ack_irq: irqchip 0 pin 4';
    expect(tell(thread(at(1), inject(36, 1), ack)).at(-1)).toMatchObject({ kind: 'kvm.ack', gsi: 9 });
    expect(tell(thread(at(2), inject(36, 1), ack)).at(-1)).toEqual({ kind: 'kvm.ack', chip: 3, pin: 4 });
  });

  test('without its return a deassign is told when the next call of its thread or of its GSI begins', () => {
    const gone = { kind: 'kvm.irqfd.deassign', fd: 22, gsi: 5, ret: 0 };
    expect(tell(thread(irqfd(22, 5, '0x1')))).toEqual([]);
    expect(tell(thread(irqfd(22, 5, '0x1'), irqfd(17, 4, '0x2')))).toEqual([gone]);
    expect(tell(thread(irqfd(22, 5, '0x1')), line(741, 1, 1_000_100, irqfd(22, 5, '0x2')))).toEqual([gone]);
    expect(tell(thread(irqfd(22, 5, '0x0'), irqfd(17, 4, '0x2')))).toEqual([]);
  });

  test('where returns are probed nothing is told before them', () => {
    const returned = 'kvm_irqfd_ret: (kvm_vm_ioctl+0x638/0x1010 <- kvm_irqfd) ret=0';
    expect(tell(thread(irqfd(1, 2, '0x1'), returned, irqfd(22, 5, '0x1')), line(741, 1, 1_000_100, irqfd(23, 5, '0x2')))).toHaveLength(1);
  });
});

describe('what x86 prints alike', () => {
  test('a routing table whose pins only a GIC has is not one that KVM refused', () => {
    const table = ['kvm_set_irq_routing: (x) kvm=0x1 nr=2 flags=0x0', 'kvm_set_routing_entry: (x) gsi=0 type=1 flags=0x0 u0=0x0 u1=0x0 u2=0x0', 'kvm_set_routing_entry: (x) gsi=9 type=1 flags=0x0 u0=0x0 u1=0x9 u2=0x0'];
    expect(tell(thread(...table)).at(-1)).toMatchObject({ kind: 'kvm.routes', nr: 2, map: '0:gic.0,9:gic.9' });
    expect(tell(thread(entry, ...table)).at(-1)).toMatchObject({ kind: 'kvm.routes', map: '0:gic.0,9:gic.9' });
    expect(tell(thread('kvm_entry: vcpu 0, rip 0xfff0', ...table)).at(-1)).toMatchObject({ kind: 'kvm.routes', ret: -22 });
  });

  test("a device at the IOAPIC's address is not one", () => {
    expect(tell(thread(entry, 'kvm_mmio: mmio write len 4 gpa 0xfec00040 val 0x30'))).toEqual([]);
    expect(tell(thread('kvm_mmio: mmio write len 4 gpa 0xfec00040 val 0x30'))).toEqual([{ kind: 'ioapic.eoi', vec: 0x30 }]);
  });
});

test('after a loss no GSI is known, and no injection goes on', () => {
  const before = thread('kvm_set_irq: gsi 7 level 0 source 1', inject(36, 0));
  const after = thread(pending(36, 0), 'kvm_ack_irq: irqchip 0 pin 4');
  expect(told(decode(tracefs, `${before}CPU:0 [LOST 3 EVENTS]\n${after}`).events).slice(-2)).toEqual([{ kind: 'gic.in', id: 36, level: 0 }, { kind: 'kvm.ack', chip: 3, pin: 4 }]);
});

test('a recording of an assigned device: as many events as the recorder counted, each vINTID in the list registers that it has', () => {
  const { info, events } = read(readTrace('recordings/arm-cut-vfio-intx/trace.txt.gz').toString('latin1'));
  expect(Object.fromEntries(info.counts)).toMatchObject({ vgic_populate_lr: 148, vgic_fold_lr: 142, kvm_ack_irq: 7, kvm_set_irq: 9, vgic_inject: 230 });
  const flushes = events.flatMap((event) => (event.kind === 'vgic.flush' ? [event] : []));
  expect(flushes).toHaveLength(148);
  expect(flushes.filter(({ hw }) => hw === 1).every(({ vid, pid }) => vid === 27 && pid === 27)).toBe(true);
  expect(events.filter((event) => event.kind === 'kvm.ack').map((event) => event.gsi)).toEqual([4, 4, 4, 4, 4, 4, 4]);
});
