// MSIs: which decoded routes were messages, and who sent them.

import { describe, expect, test } from 'vitest';
import { capture, line, read, tell, thread } from '../ftrace/text.js';

const msi = (vec: number, mode = 'Fixed|physical|edge', dst = '0'): string => `kvm_msi_set_irq: dst ${dst} vec ${vec} (${mode})`;
const accept = (vec: number, mode = 'Fixed|edge', apicid = 0): string => `kvm_apic_accept_irq: apicid ${apicid} vec ${vec} (${mode})`;

/** Vector and number of takers of each message. */
const taken = (...lines: readonly string[]): unknown[] =>
  tell(...lines).flatMap((event) => (event['kind'] === 'kvm.msi' ? [[event['vec'], event['taken']]] : []));

describe('fields', () => {
  test('as printed: dst hexadecimal, vec decimal, modes by number', () => {
    expect(tell(thread(msi(65, 'LowPrio|logical|level|rh', '1f')))).toEqual([{ kind: 'kvm.msi', dst: 31, vec: 65, dm: 1, logical: 1, trig: 'level' }]);
  });

  test.each(['Fixed', 'LowPrio', 'SMI', 'Res3', 'NMI', 'INIT', 'SIPI', 'ExtINT'].map((mode, dm) => [mode, dm] as const))('%s is mode %i', (mode, dm) => {
    expect(tell(thread(msi(97, `${mode}|physical|edge`), accept(97, `${mode}|edge`)))).toMatchObject([{ dm, taken: 1 }, { kind: 'apic.accept', dm }]);
  });
});

describe('taken', () => {
  test('by the APIC that accepts it next', () => {
    expect(taken(thread(msi(81), accept(81)))).toEqual([[81, 1]]);
  });

  test('by nobody if the thread goes on with something else: a route was looked at', () => {
    expect(taken(thread(msi(81), msi(82), accept(82), 'kvm_eoi: apicid 0 vector 81'))).toEqual([[81, 0], [82, 1]]);
    expect(taken(thread(msi(81), 'kvm_set_irq: gsi 4 level 0 source 0'))).toEqual([[81, 0]]);
  });

  test('a route scan of a split irqchip holds no messages', () => {
    const { events } = read(capture('trace-cmd/route-scan.txt'));
    const messages = events.flatMap((event) => (event.kind === 'kvm.msi' ? [event] : []));
    // 26 lines in the recorder's text, one of them followed by an accept, but kvm_set_irq returned 0 then: the APIC was not enabled yet.
    // The last ones are followed by nothing in this cut.
    expect(messages).toHaveLength(25);
    expect(messages.filter((event) => event.taken === 1).map(({ at }) => at)).toEqual([]);
    expect(messages.find(({ at }) => at === 8)).toMatchObject({ taken: 0, gsi: 2 });
    expect(messages.filter((event) => event.taken === undefined).map(({ at }) => at)).toEqual([56, 57]);
  });

  test('by several in a broadcast, physical or logical', () => {
    expect(taken(thread(msi(99, 'Fixed|physical|edge', 'ff'), accept(99), accept(99, 'Fixed|edge', 1)), line(740, 0, 9_000_000, 'kvm_eoi: apicid 0 vector 5'))).toEqual([[99, 2]]);
    expect(taken(thread(msi(99, 'Fixed|logical|edge', '3'), accept(99), accept(99, 'Fixed|edge', 1), 'kvm_eoi: apicid 0 vector 5'))).toEqual([[99, 2]]);
  });

  test('by one at most with one destination: the next accept has another cause', () => {
    expect(taken(thread(msi(81), accept(81), accept(81), 'kvm_eoi: apicid 0 vector 81'))).toEqual([[81, 1]]);
  });

  test.each([
    ['another vector', accept(82)],
    ['another mode', accept(81, 'LowPrio|edge')],
  ])('not by an accept of %s', (_, other) => {
    expect(taken(thread(msi(81), other, 'kvm_eoi: apicid 0 vector 81'))).toEqual([[81, 0]]);
  });

  test('not by an accept of another thread', () => {
    expect(taken(line(1, 0, 0, msi(81)), line(2, 1, 1, accept(81)), line(1, 0, 2, 'kvm_eoi: apicid 0 vector 1'))).toEqual([[81, 0]]);
  });

  test('the idle tasks of two CPUs are two threads', () => {
    expect(taken(line(0, 0, 0, msi(81)), line(0, 1, 1, msi(82)), line(0, 0, 2, accept(81)), line(0, 1, 3, accept(82)))).toEqual([[81, 1], [82, 1]]);
  });

  test('with a message that a handler sends in between', () => {
    expect(taken(thread(msi(81), msi(82), accept(82), accept(81)))).toEqual([[81, 1], [82, 1]]);
  });

  test('is not known at the end, after a loss, and after 50 ms', () => {
    expect(taken(thread(msi(81)))).toEqual([[81, undefined]]);
    expect(taken(thread(msi(81)), 'CPU:1 [LOST EVENTS]\n', thread(accept(81)))).toEqual([[81, undefined]]);
    expect(taken(line(1, 0, 0, msi(81)), line(1, 0, 50_001, accept(81)))).toEqual([[81, undefined]]);
  });

  test('is not known after 4,096 events of others', () => {
    const others = Array.from({ length: 4097 }, (_, i) => line(2, 1, 2, `kvm_set_irq: gsi 4 level ${i & 1} source 0`));
    expect(taken(line(1, 0, 0, msi(81)), ...others, line(1, 0, 3, accept(81)))).toEqual([[81, undefined]]);
    expect(taken(line(1, 0, 0, msi(81)), ...others.slice(2), line(1, 0, 3, accept(81)))).toEqual([[81, 1]]);
  });
});

describe('with probes', () => {
  const inatomic = (gsi: number, type = 2): string => `kvm_arch_set_irq_inatomic: (x+0x0/0xe0 [kvm]) gsi=${gsi} type=${type} source_id=0 level=1`;
  const returned = (ret: number): string => `kvm_arch_set_irq_inatomic_ret: (y+0x125/0x1d0 [kvm] <- x) ret=${ret}`;
  const message = (...lines: readonly string[]): unknown => tell(thread(...lines)).find((event) => event['kind'] === 'kvm.msi');

  test('the return value is the number of takers, and the GSI is known', () => {
    expect(message(inatomic(24), msi(81), returned(1))).toMatchObject({ taken: 1, gsi: 24 });
    // An APIC that software disabled is traced as accepting.
    expect(message(inatomic(24), msi(81), accept(81), returned(0))).toMatchObject({ taken: 0, gsi: 24 });
  });

  test('refused in atomic context it was no message', () => {
    const refused = message(inatomic(24), msi(81), returned(-11));
    expect(refused).toMatchObject({ taken: 0 });
    expect(refused).not.toHaveProperty('gsi');
  });

  test('the return of an IOAPIC route is not that of a message it interrupted', () => {
    expect(message(msi(81), inatomic(5, 1), returned(-11), accept(81))).toMatchObject({ taken: 1 });
  });

  test('the irqfd that was woken tells the GSI, if its one route is an MSI', () => {
    const woken = (type: number): string => `irqfd_wakeup: (x) kvm=0x1 gsi=24 rt_gsi=24 rt_type=${type} msi_lo=0x0 msi_hi=0x0 msi_data=0x0 resampler=0x0 eventfd=0x2 key=0x1`;
    expect(message(woken(2), msi(81), accept(81))).toMatchObject({ gsi: 24 });
    expect(message(woken(1), msi(81), accept(81))).not.toHaveProperty('gsi');
    expect(message(woken(2), 'kvm_eoi: apicid 0 vector 5', msi(81), accept(81))).not.toHaveProperty('gsi');
  });

  test('KVM_SIGNAL_MSI shows the exact message', () => {
    const signal = 'kvm_send_userspace_msi: (x) addr_lo=0xfee00000 addr_hi=0x12 data=0x4052 flags=0x0';
    expect(message(signal, msi(82), accept(82))).toMatchObject({ addr: 0x12_fee0_0000n, data: 0x4052, taken: 1 });
    expect(message(signal, 'kvm_eoi: apicid 0 vector 5', msi(82))).not.toHaveProperty('addr');
  });

  test('a request for a GSI sends the message inside it, where its return is probed', () => {
    const request = ['kvm_set_irq: gsi 26 level 1 source 0', msi(81), accept(81)];
    const done = 'kvm_set_irq_ret: (irqfd_inject+0x41/0x60 [kvm] <- kvm_set_irq) ret=1';
    expect(message(done, ...request, done)).toMatchObject({ gsi: 26 });
    expect(message(done, 'kvm_set_irq: gsi 26 level 1 source 0', done, msi(81), accept(81))).not.toHaveProperty('gsi');
    // Without it the request may be over: of a GSI without a route nothing else is printed.
    expect(message(...request)).not.toHaveProperty('gsi');
  });
});

describe('requests of irqfds, until they return', () => {
  const begin = (gsi: number, type: number): string => `kvm_arch_set_irq_inatomic: (kvm_arch_set_irq_inatomic+0x0/0x1a0 [kvm]) gsi=${gsi} type=${type} source_id=0 level=1`;
  const end = (ret: number): string => `kvm_arch_set_irq_inatomic_ret: (irqfd_wakeup+0x14e/0x350 [kvm] <- kvm_arch_set_irq_inatomic) ret=${ret}`;
  const routed = (...lines: readonly string[]): unknown[] => tell(...lines).filter((event) => event['kind'] === 'kvm.routed');
  const request = { kind: 'kvm.routed', gsi: 24, level: 1, atomic: 1 };

  test.each([
    ['a message that two APICs took', [begin(24, 2), msi(81, 'Fixed|physical|edge', 'ff'), accept(81), accept(81, 'Fixed|edge', 1), end(2)], { msi: 1, ret: 2, sent: 1, taken: 2 }],
    ['one that nobody took', [begin(24, 2), msi(81), end(0)], { msi: 1, ret: 0, sent: 1, taken: 0 }],
    ['none, though it returns 1', [begin(24, 2), end(1)], { msi: 1, ret: 1, sent: 0 }],
    ['a pin is left to a worker', [begin(24, 1), end(-11)], { msi: 0, ret: -11, sent: 0 }],
    ['delivered and left to a worker', [begin(24, 2), msi(81), accept(81), end(-11)], { msi: 1, ret: -11, sent: 1, taken: 1 }],
    ['a route of another type', [begin(24, 5), end(1)], { ret: 1, sent: 0 }],
  ])('%s', (_, lines, fields) => {
    expect(routed(thread(...lines))).toEqual([{ ...request, ...fields }]);
  });

  test('a worker\'s tells by how many accepts its message was taken, unless a handler has sent one in between', () => {
    const set = 'kvm_set_irq: gsi 24 level 1 source 0';
    const done = 'kvm_set_irq_ret: (irqfd_inject+0x41/0x60 [kvm] <- kvm_set_irq) ret=1';
    const worker = { ...request, atomic: 0, ret: 1 };
    expect(routed(thread(set, msi(81), accept(81), done))).toEqual([{ ...worker, taken: 1 }]);
    expect(routed(thread(set, msi(81), done))).toEqual([{ ...worker, taken: 0 }]);
    expect(routed(thread(set, msi(81), msi(82), accept(82), accept(81), done))).toEqual([worker]);
  });

  test('nothing is told of one whose beginning was not seen', () => {
    expect(routed(thread(msi(81), accept(81), end(1)))).toEqual([]);
  });

  test('each thread has its own', () => {
    expect(routed(line(740, 0, 1, begin(24, 2)), line(741, 1, 2, msi(81)), line(740, 0, 3, end(1)))).toEqual([{ ...request, msi: 1, ret: 1, sent: 0 }]);
  });
});
