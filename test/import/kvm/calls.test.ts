// What a thread asks KVM for and KVM does not begin with: told once the thread has gone on, and only where the beginning is recorded.

import { describe, expect, test } from 'vitest';
import { line, tell } from '../ftrace/text.js';

/** Lines of one thread, `us` microseconds after the start, on CPU 0 unless it is told. */
const at = (us: number, events: readonly string[], { tid = 740, cpu = 0 } = {}): string => events.map((event, i) => line(tid, cpu, 1_000_000 + us + i, event)).join('');
const voids = (...texts: readonly string[]): Record<string, unknown>[] => tell(...texts).filter(({ kind }) => String(kind).endsWith('.void'));

const wakeup = 'irqfd_wakeup: (irqfd_wakeup+0x4/0x250 [kvm]) kvm=0xffff8dab83f76000 gsi=24 rt_type=2 resampler=0x0 key=0x1';
const inatomic = 'kvm_arch_set_irq_inatomic: (kvm_arch_set_irq_inatomic+0x4/0x100 [kvm]) gsi=24 type=2 kvm=0xffff8dab83f76000 source_id=0 level=1';
const message = 'kvm_msi_set_irq: dst 0 vec 81 (Fixed|physical|edge)';
const accept = 'kvm_apic_accept_irq: apicid 0 vec 81 (Fixed|edge)';

/** Of each sort: the call, how KVM begins with it, and what is told where it does not. */
const SORTS = [
  ['a signal of an irqfd', wakeup, inatomic, { kind: 'efd.void', gsi: 24 }],
  ['a signal of an irqfd whose GSI is not fetched', 'irqfd_wakeup: (irqfd_wakeup+0x4/0x250 [kvm]) kvm=0xffff8dab83f76000 key=0x1', inatomic, { kind: 'efd.void' }],
  ['a write of the EOI register', 'kvm_apic: apic_write APIC_EOI = 0x0', 'kvm_eoi: apicid 0 vector 64', { kind: 'apic.eoi.void' }],
  ['KVM_IRQ_LINE', 'kvm_vm_ioctl_irq_line: (x) kvm=0xffff8dab83f76000 irq=5 level=1', 'kvm_set_irq: gsi 5 level 1 source 0', { kind: 'gsi.void', gsi: 5, level: 1 }],
  ['KVM_SIGNAL_MSI', 'kvm_send_userspace_msi: (x) kvm=0xffff8dab83f76000 addr_lo=0xfee00000 addr_hi=0x0 data=0x51 flags=0x0', message, { kind: 'apic.void', addr: 0xfee0_0000n, data: 0x51 }],
  ['an EOI of pin 12 of the 8259 pair', 'kvm_pio: pio_write at 0xa0 size 1 count 1 val 0x64', 'kvm_ack_irq: irqchip PIC slave pin 12', { kind: 'pic.eoi.void', pin: 12 }],
] as const;
/** What no interrupt's handler does. */
const own = 'kvm_apic: apic_write APIC_TASKPRI = 0x0';

describe.each(SORTS)('%s', (_, call, begins, unheard) => {
  test('is told where its thread goes on without, once such a beginning shows again on the CPU', () => {
    expect(voids(at(0, [call, begins]), at(100, [call, own]), at(200, [call, begins]))).toMatchObject([unheard]);
  });

  test('or where the recording goes on for more than a second', () => {
    expect(voids(at(0, [call, begins]), at(100, [call, own]), at(900_000, [own]))).toEqual([]);
    expect(voids(at(0, [call, begins]), at(100, [call, own]), at(1_000_200, [own]))).toMatchObject([unheard]);
  });

  test('not where KVM begins with it', () => {
    expect(voids(at(0, [call, begins]), at(100, [call, begins, own]), at(200, [call, begins]), at(2_000_000, [own]))).toEqual([]);
  });

  test('not on a CPU that has never shown a beginning', () => {
    const lost = at(100, [call, own], { cpu: 1, tid: 741 });
    expect(voids(at(0, [call, begins]), lost, at(200, [call, begins]), at(2_000_000, [own]))).toEqual([]);
  });

  test('not where the thread has moved to another CPU, whose clock may differ', () => {
    const moved = at(100, [call]) + at(101, [own], { cpu: 1 });
    expect(voids(at(0, [call, begins]), at(50, [call, begins], { cpu: 1 }), moved, at(200, [call, begins]), at(2_000_000, [own]))).toEqual([]);
  });

  test('not of a thread that has shown none: its machine may have other chips in KVM, which hears of signals all the same', () => {
    const other = at(100, [call, own], { tid: 741 });
    const expected = call.startsWith('irqfd_wakeup') ? [unheard] : [];
    expect(voids(at(0, [call, begins]), other, at(200, [call, begins]))).toMatchObject(expected);
  });

  test('not after a loss before a beginning shows once more', () => {
    expect(voids(at(0, [call, begins]), 'CPU:0 [LOST 2 EVENTS]\n', at(100, [call, own]), at(2_000_000, [own]))).toEqual([]);
  });

  test('not where the thread has done nothing since, or something was lost', () => {
    expect(voids(at(0, [call, begins]), at(100, [call]), at(200, [call, begins], { tid: 741 }), at(2_000_000, [own], { tid: 741 }))).toEqual([]);
    expect(voids(at(0, [call, begins]), at(100, [call]), 'CPU:0 [LOST 2 EVENTS]\n', at(200, [own]), at(300, [call, begins]), at(2_000_000, [own]))).toEqual([]);
    expect(voids(at(0, [call, begins]), at(100, [call, own]), 'CPU:0 [LOST 2 EVENTS]\n', at(300, [call, begins]), at(2_000_000, [own]))).toEqual([]);
  });
});

const [, , [, eoi, ended], [, set, begun], [, hand]] = SORTS;

describe('the line of a vCPU\'s timer', () => {
  const set = (level: number, irq = 27): string => `kvm_timer_update_irq: VCPU: 0, IRQ ${irq}, level ${level}`;
  const heard = (level: number, irq = 27): string => `vgic_update_irq_pending: VCPU: 0, IRQ ${irq}, level: ${level}`;
  const entry = 'kvm_entry: PC: 0xffff800010082c8c';
  const lost = { kind: 'vgic.void', vid: 27, cpu: 0, level: 1 };

  test('is told of where its thread enters the guest without that the virtual GIC has been told', () => {
    expect(voids(at(0, [set(0), heard(0), entry, set(1), entry, set(0), heard(0)]))).toMatchObject([lost]);
    expect(voids(at(0, [set(0), heard(0), entry, set(1), entry]), at(1_000_100, [entry]))).toMatchObject([lost]);
  });

  test('not where it was told, if after an interrupt of another timer', () => {
    expect(voids(at(0, [set(0), heard(0), set(1), set(1, 30), heard(1, 30), heard(1), entry, set(0), heard(0)]))).toEqual([]);
  });

  test('not before such a thing has shown on the CPU, nor where the thread enters on another', () => {
    expect(voids(at(0, [set(1), entry, set(0), heard(0), entry]))).toEqual([]);
    expect(voids(at(0, [set(0), heard(0), entry, set(1)]), at(50, [entry], { cpu: 1 }), at(60, [set(0), heard(0), entry]))).toEqual([]);
  });

  test('not over a loss', () => {
    expect(voids(at(0, [set(0), heard(0), entry, set(1)]), 'CPU:0 [LOST 2 EVENTS]\n', at(50, [entry, set(0), heard(0)]))).toEqual([]);
  });
});

test('an interrupt comes in between of a call and its beginning, with a message of its own', () => {
  const interrupted = [wakeup, inatomic, message, accept, 'kvm_arch_set_irq_inatomic_ret: (x) ret=1'];
  expect(voids(at(0, [eoi, ended, wakeup, inatomic]), at(100, [eoi, ...interrupted, ended]), at(200, [eoi, ended]), at(2_000_000, [own]))).toEqual([]);
  const sent = tell(at(0, [hand, message, accept]), at(100, [hand, ...interrupted, message, accept]), at(200, [hand, message, accept]), at(2_000_000, [own]));
  expect(sent.flatMap((event) => (event['kind'] === 'kvm.msi' ? [event['addr']] : []))).toEqual([0xfee0_0000n, undefined, 0xfee0_0000n, 0xfee0_0000n]);
  expect(sent.filter(({ kind }) => kind === 'apic.void')).toEqual([]);
});

test('the message of an interrupt is not the one that was handed to KVM', () => {
  const interrupted = [wakeup, inatomic, message, accept, 'kvm_arch_set_irq_inatomic_ret: (x) ret=1'];
  expect(voids(at(0, [hand, message, accept]), at(100, [hand, ...interrupted, own]), at(200, [hand, message, accept]))).toMatchObject([{ kind: 'apic.void', data: 0x51 }]);
});

test('a line of another GSI is not the one that was set', () => {
  expect(voids(at(0, [set, begun]), at(100, [set, 'kvm_set_irq: gsi 6 level 1 source 0']), at(200, [set, begun]))).toMatchObject([{ kind: 'gsi.void', gsi: 5 }]);
});

test('an x2APIC destination that the format has no place for is refused', () => {
  const refused = hand.replace('addr_hi=0x0', 'addr_hi=0x1');
  expect(voids(at(0, [hand, message, accept]), at(100, [refused, own]), at(200, [hand, message, accept]), at(2_000_000, [own]))).toEqual([]);
});

test('flags that KVM refuses, or that are not known', () => {
  for (const flags of ['0x2', '0x0', '0x1']) {
    const call = hand.replace('flags=0x0', `flags=${flags}`);
    expect(voids(at(0, [hand, message, accept]), at(100, [call, own]), at(200, [hand, message, accept]))).toHaveLength(flags === '0x2' ? 0 : 1);
  }
  const unknown = hand.replace(' flags=0x0', '');
  expect(voids(at(0, [hand, message, accept]), at(100, [unknown, own]), at(200, [hand, message, accept]))).toEqual([]);
});

test('an EOI of the 8259 pair without a number may end nothing', () => {
  const [call, begins] = ['kvm_pio: pio_write at 0x20 size 1 count 1 val 0x20', 'kvm_ack_irq: irqchip PIC master pin 4'];
  expect(voids(at(0, [call, begins]), at(100, [call, own]), at(200, [call, begins]), at(2_000_000, [own]))).toEqual([]);
});

