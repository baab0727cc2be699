// What only probes show, in both spellings of their place: routing tables, irqfds, resamplers, source ids, VFIO's handlers.

import { describe, expect, test } from 'vitest';
import { capture, line, read, tell, thread, told } from '../ftrace/text.js';

const routing = (nr: number): string => `kvm_set_irq_routing: (kvm_set_irq_routing+0x0/0x290 [kvm]) kvm=0xffffd50bc03dd000 nr=${nr} flags=0x0`;
const entry = (gsi: number, type: number, u0: number, u1: number, u2 = 0): string =>
  `kvm_set_routing_entry: (ffffffffc04699d0) gsi=${gsi} type=${type} flags=0x0 u0=0x${u0.toString(16)} u1=0x${u1.toString(16)} u2=0x${u2.toString(16)}`;
const irqfd = (fd: number, gsi: number, flags: number, resamplefd = 0): string => `kvm_irqfd: (ffffffffc042f4c0) kvm=0xffffd50bc03dd000 fd=${fd} gsi=${gsi} flags=0x${flags} resamplefd=${resamplefd}`;
const returned = (ret: number): string => `kvm_irqfd_ret: (kvm_vm_ioctl+0x638/0x1010 [kvm] <- kvm_irqfd) ret=${ret}`;
const resamplerAck = (gsi: number): string => `irqfd_resampler_ack: (irqfd_resampler_ack+0x0/0x90 [kvm]) gsi=${gsi} kvm=0xffffd50bc03dd000`;
const signal = 'eventfd_signal: (eventfd_signal+0x0/0x10) ctx=0xffff8f1518db1cc0 n=1';
const eoi = 'kvm_eoi: apicid 0 vector 64';

describe('routing tables', () => {
  test('a table is told with its last entry', () => {
    const lines = [routing(5), entry(0, 1, 2, 2), entry(9, 1, 0, 1), entry(9, 1, 1, 3), entry(24, 2, 0xfee0_1000, 0x12, 0x4051), entry(25, 5, 1, 2)];
    expect(tell(thread(...lines))).toEqual([{ kind: 'kvm.routes', nr: 5, map: '0:ioapic.2,9:pic.1,9:pic.11,24:msi@0x12fee01000/0x4051,25:other' }]);
  });

  test('an empty one at once', () => {
    expect(tell(thread(routing(0)))).toEqual([{ kind: 'kvm.routes', nr: 0, map: '' }]);
  });

  test('of 40 entries and of 4', () => {
    const tables = read(capture('tracefs/probes.txt')).events.flatMap((event) => (event.kind === 'kvm.routes' ? [event] : []));
    expect(tables.map(({ nr, map }) => [nr, map.split(',').length])).toEqual([[40, 40], [4, 4]]);
    expect(told(tables.slice(1))).toEqual([{ kind: 'kvm.routes', nr: 4, map: '5:ioapic.5,7:ioapic.7,10:ioapic.10,24:msi@0xfee00000/0x51' }]);
  });

  test('refused where the listing stops', () => {
    expect(tell(thread(routing(3), entry(4, 1, 2, 4), eoi))).toEqual([{ kind: 'kvm.routes', nr: 3, ret: -22, map: '4:ioapic.4' }, { kind: 'apic.eoi', cpu: 0, vec: 64 }]);
  });

  test.each([
    ['IOAPIC pin 24', entry(5, 1, 2, 24)],
    ['PIC pin 8', entry(5, 1, 1, 8)],
    ['chip 3', entry(5, 1, 3, 0)],
    ['an unknown type', entry(5, 77, 0, 0)],
  ])('refused with its last entry: %s', (_, last) => {
    expect(tell(thread(routing(2), entry(4, 1, 2, 4), last))).toMatchObject([{ kind: 'kvm.routes', nr: 2, ret: -22 }]);
  });

  test('a handler that interrupts the listing does not end it', () => {
    const lines = [routing(2), entry(4, 1, 2, 4), 'irqfd_wakeup: (x) kvm=0xffffd50bc03dd000 gsi=24 key=0x1', 'kvm_msi_set_irq: dst 0 vec 81 (Fixed|physical|edge)', entry(5, 1, 2, 5)];
    expect(tell(thread(...lines)).at(-1)).toEqual({ kind: 'kvm.routes', nr: 2, map: '4:ioapic.4,5:ioapic.5' });
  });

  test('of a table cut by a loss nothing is told', () => {
    expect(tell(thread(routing(2), entry(4, 1, 2, 4)), 'CPU:1 [LOST 2 EVENTS]\n', thread(entry(5, 1, 2, 5)))).toEqual([{ kind: 'meta.lost', cpu: 1, n: 2 }]);
  });
});

describe('irqfds', () => {
  test('are told when the call returns, at the line of the call', () => {
    expect(tell(thread(irqfd(7, 24, 0), returned(0)))).toEqual([{ kind: 'kvm.irqfd.assign', fd: 7, gsi: 24, flags: 0, ret: 0 }]);
    expect(tell(thread(irqfd(10, 10, 2, 11), returned(-16)))).toEqual([{ kind: 'kvm.irqfd.assign', fd: 10, gsi: 10, flags: 2, resample: 11, ret: -16 }]);
    expect(tell(thread(irqfd(10, 10, 1), returned(0)))).toEqual([{ kind: 'kvm.irqfd.deassign', fd: 10, gsi: 10, ret: 0 }]);
  });

  test('a clean-up inside the call comes before it', () => {
    expect(tell(thread(irqfd(10, 10, 2, 11), 'kvm_set_irq: gsi 10 level 0 source 1', returned(-16))).map(({ kind }) => kind)).toEqual(['kvm.set_irq', 'kvm.irqfd.assign']);
  });

  test('key 1 is a signal, key 0x10 the end of the eventfd', () => {
    const woken = (key: string): string => `irqfd_wakeup: (x) kvm=0xffffd50bc03dd000 gsi=5 rt_gsi=5 rt_type=1 msi_lo=0x2 msi_hi=0x5 msi_data=0x0 resampler=0x0 eventfd=0xffff8f1518db18c0 key=${key}`;
    expect(tell(thread(woken('0x1'), woken('0x10'), woken('0x4')))).toEqual([{ kind: 'efd.signal', gsi: 5 }, { kind: 'fd.close', gsi: 5 }]);
  });

  test('every one of a real run', () => {
    const { events, info } = read(capture('tracefs/probes.txt'));
    const of = (kind: string): number => events.filter((event) => event.kind === kind).length;
    // irqfd_wakeup 8 = 5 signals + 3 closes; kvm_irqfd 6 = 4 assigns + 2 deassigns
    expect([of('efd.signal'), of('fd.close'), of('kvm.irqfd.assign'), of('kvm.irqfd.deassign'), of('kvm.resample')]).toEqual([5, 3, 4, 2, 2]);
    expect([info.lossMarks, [...info.counts.values()].reduce((a, b) => a + b)]).toEqual([0, 184]);
    expect(told(events.filter(({ kind }) => kind === 'kvm.msi'))).toEqual([
      { kind: 'kvm.msi', dst: 0, vec: 81, dm: 0, logical: 0, trig: 'edge', taken: 1, gsi: 24 },
      { kind: 'kvm.msi', dst: 0, vec: 82, dm: 0, logical: 0, trig: 'edge', taken: 1, addr: 0xfee0_0000n, data: 0x52 },
    ]);
  });
});

describe('resamplers', () => {
  const lowered = ['kvm_set_irq: gsi 10 level 0 source 1', 'kvm_ioapic_set_irq: pin 10 dst 0 vec 64 (Fixed|physical|level)'];
  const resampled = (...lines: readonly string[]): unknown[] => tell(thread(...lines)).filter(({ kind }) => kind === 'kvm.resample');

  test('an eventfd signal inside is the notification', () => {
    expect(resampled(resamplerAck(10), ...lowered, signal)).toEqual([{ kind: 'kvm.resample', gsi: 10 }]);
  });

  test('as many as resample irqfds are known on the GSI', () => {
    const two = [irqfd(4, 10, 2, 5), returned(0), irqfd(6, 10, 2, 7), returned(0), irqfd(8, 11, 2, 9), returned(0)];
    expect(resampled(...two, resamplerAck(10), ...lowered, signal, signal, signal)).toHaveLength(2);
    expect(resampled(...two, irqfd(6, 10, 1), returned(0), resamplerAck(10), ...lowered, signal, signal)).toHaveLength(1);
    expect(resampled(...two, irqfd(6, 11, 1), returned(0), resamplerAck(10), ...lowered, signal, signal)).toHaveLength(2);
  });

  test('what the thread signals later is something else', () => {
    expect(resampled(resamplerAck(10), ...lowered, eoi, signal)).toEqual([]);
    expect(resampled(signal)).toEqual([]);
  });

  test('what a device signals in between is its own', () => {
    expect(resampled(resamplerAck(10), ...lowered, 'vfio_msihandler: (x) irq=30 eventfd=0x1', signal, signal)).toHaveLength(1);
    expect(resampled(resamplerAck(10), ...lowered, 'irq_handler_entry: irq=30 name=nvme0q1', signal, 'irq_handler_exit: irq=30 ret=handled', signal)).toHaveLength(1);
  });

  test('a handler that was entered before it has returned, whether or not its exit is recorded', () => {
    expect(resampled('irq_handler_entry: irq=30 name=nvme0q1', resamplerAck(10), ...lowered, signal)).toEqual([{ kind: 'kvm.resample', gsi: 10 }]);
    // Within it the signal may be the handler's.
    expect(resampled(resamplerAck(10), ...lowered, 'irq_handler_entry: irq=30 name=nvme0q1', signal)).toEqual([]);
  });
});

describe('source ids', () => {
  test('given out and given back', () => {
    const lines = ['kvm_request_irq_source_id_ret: (ffffffffc04b1770 <- ffffffffc04afaed) ret=2', 'kvm_free_irq_source_id: (ffffffffc04b17e0) kvm=0xffffd09a40409000 id=2'];
    expect(tell(thread(...lines))).toEqual([{ kind: 'kvm.src.alloc', ret: 2 }, { kind: 'kvm.src.free', id: 2 }]);
  });
});

describe('VFIO', () => {
  test('a whole INTx cycle, from the device to the unmask', () => {
    const { events, info } = read(capture('trace-cmd/vfio-intx.txt'));
    expect([info.lossMarks, info.lines]).toEqual([0, 36]);
    // From irq_handler_entry to vfio_pci_intx_unmask_handler, lines 6 to 32.
    expect(events.filter(({ at }) => at >= 6 && at <= 32).map(({ kind }) => kind)).toEqual([
      'vfio.irq', 'efd.signal', 'kvm.routed', 'kvm.set_irq', 'ioapic.in', 'ioapic.deliver', 'apic.accept', 'kvm.routed',
      'kvm.set_lapic', 'apic.eoi', 'kvm.ack', 'kvm.set_irq', 'ioapic.in', 'kvm.routed', 'kvm.resample', 'vfio.unmask',
    ]);
    expect(told(events.filter(({ kind }) => kind.startsWith('vfio.') || kind === 'efd.signal' || kind === 'kvm.resample'))).toEqual([
      { kind: 'vfio.irq', dev: '0000:00:10.0' },
      { kind: 'efd.signal', gsi: 21 },
      { kind: 'kvm.resample', gsi: 21 },
      { kind: 'vfio.unmask', dev: '0xffff8e0281bf1000' },
    ]);
  });

  test('a handler whose name is not recorded is told by its host interrupt', () => {
    expect(tell(thread('vfio_intx_handler: (ffffffffc05bb570) irq=20'))).toEqual([{ kind: 'vfio.irq', dev: 'irq20' }]);
    expect(tell(line(0, 1, 0, 'irq_handler_entry: irq=20 name=vfio-intx(0000:00:10.0)'), line(0, 0, 1, 'vfio_intx_handler: (x) irq=21'))).toEqual([{ kind: 'vfio.irq', dev: 'irq21' }]);
  });

  test('mask and unmask', () => {
    expect(tell(thread('vfio_pci_intx_mask: (x) vdev=0xffff8e0281bf1000', 'vfio_pci_intx_unmask: (x) vdev=0xffff8e0281bf1000'))).toEqual([
      { kind: 'vfio.mask', dev: '0xffff8e0281bf1000' },
      { kind: 'vfio.unmask', dev: '0xffff8e0281bf1000' },
    ]);
  });

  test('names of handlers hold anything', () => {
    expect(tell(thread('irq_handler_entry: irq=36 name=vfio-msix[3](0000:01:00.0)', 'irq_handler_entry: irq=9 name=a b (c) [d]', 'irq_handler_exit: irq=9 ret=unhandled'))).toEqual([]);
  });
});

describe('probes are the user\'s own', () => {
  test('one may bear the name of a tracepoint', () => {
    expect(tell(thread('kvm_set_irq: (ffffffffc0479460)', 'kvm_set_irq: (kvm_set_irq+0x0/0x170 [kvm]) gsi=4 level=1'))).toEqual([]);
  });

  test.each([
    'irqfd_wakeup: (irqfd_wakeup+0x0/0x1d0 [kvm]) wait=0xffff000001 mode=3 sync=0 key=0x1', 'kvm_irqfd: (kvm_irqfd+0x0/0x6b0 [kvm]) kvm=0x1', 'irqfd_resampler_ack: (x) kian=0xffff000001',
    'irqfd_wakeup: (x) gsi=(fault) key=0x1', 'kvm_set_irq_routing: (x) kvm=0x1', 'kvm_set_routing_entry: (x)', 'vfio_pci_intx_mask: (x)',
  ])('what one does not fetch is not known: %s', (event) => {
    expect(tell(thread(event))).toEqual([]);
  });
});
