// The IOAPIC's registers through select and window; and the pins that a write delivers.

import { describe, expect, test } from 'vitest';
import { line, tell, thread } from '../ftrace/text.js';

const write = (offset: string, value: string): string => `kvm_mmio: mmio write len 4 gpa 0xfec000${offset} val 0x${value}`;
const select = (register: string): string => write('00', register);
const data = (value: string): string => write('10', value);
const read = (value: string): string => `kvm_mmio: mmio read len 4 gpa 0xfec00010 val 0x${value}`;
const unknown = { kind: 'kvm.set_irqchip', chip: 2 };
const pin10 = { kind: 'ioapic.rte', pin: 10, vec: 0x4a, dm: 0, trig: 'level', mask: 0, rirr: 0, logical: 0, pol: 0 };

describe('writes', () => {
  test('the low half of an entry', () => {
    expect(tell(thread(select('24'), data('804a')))).toEqual([pin10]);
    expect(tell(thread(select('24'), data('1594a')))).toEqual([{ ...pin10, dm: 1, logical: 1, rirr: 1, trig: 'edge', mask: 1 }]);
  });

  test('the high half', () => {
    expect(tell(thread(select('25'), data('ff000000')))).toEqual([{ kind: 'ioapic.rte', pin: 10, dst: 255 }]);
  });

  test('the last entry, and no entry', () => {
    expect(tell(thread(select('3e'), data('10031')))).toMatchObject([{ pin: 23 }]);
    for (const register of ['0', '1', '2', 'f', '40', 'fe']) expect(tell(thread(select(register), data('804a')))).toEqual([]);
  });

  test('the select register stays', () => {
    expect(tell(thread(select('24'), data('1804a'), data('804a')))).toEqual([{ ...pin10, mask: 1 }, pin10]);
  });

  test('the EOI register', () => {
    expect(tell(thread(write('40', '4a')))).toEqual([{ kind: 'ioapic.eoi', vec: 0x4a }]);
  });

  test.each(['kvm_mmio: mmio write len 4 gpa 0xfebe000c val 0x1', 'kvm_mmio: mmio write len 4 gpa 0xfec00020 val 0x1', 'kvm_mmio: mmio write len 8 gpa 0xfec0001000 val 0x1', 'kvm_mmio: mmio unsatisfied-read len 4 gpa 0xfec00010 val 0x0'])(
    'not %s',
    (event) => {
      expect(tell(thread(select('24'), event))).toEqual([]);
    },
  );
});

describe('where the selected register is not known a write may have hit any entry', () => {
  test('at the start', () => {
    expect(tell(thread(data('804a')))).toEqual([unknown]);
  });

  test('after a loss', () => {
    expect(tell(thread(select('24')), 'CPU:0 [LOST 1 EVENTS]\n', thread(data('804a'))).at(-1)).toEqual(unknown);
  });

  test('selected by another vCPU: without the guest\'s lock the order is not certain', () => {
    expect(tell(line(1, 0, 0, select('24')), line(2, 1, 1, data('804a')))).toEqual([unknown]);
  });

  test('a read of it tells nothing', () => {
    expect(tell(thread(read('804a')))).toEqual([]);
  });
});

describe('reads', () => {
  test('both halves of an entry', () => {
    expect(tell(thread(select('24'), read('1e94a'), select('25'), read('1000000')))).toEqual([
      { kind: 'ioapic.rte.read', pin: 10, rirr: 1, mask: 1, trig: 'level', vec: 0x4a, dm: 1, logical: 1, pol: 1 },
      { kind: 'ioapic.dst.read', pin: 10, dst: 1 },
    ]);
  });

  test('not a part of one', () => {
    expect(tell(thread(select('24'), read('4a').replace('len 4', 'len 1')))).toEqual([]);
  });
});

describe('an accept right after a write is the delivery of the pin', () => {
  const accept = 'kvm_apic_accept_irq: apicid 0 vec 74 (Fixed|level)';
  const deliver = { kind: 'ioapic.deliver', pin: 10, vec: 74, sure: 0 };
  const accepted = { kind: 'apic.accept', cpu: 0, vec: 74, trig: 'level', dm: 0 };

  test('of either half', () => {
    expect(tell(thread(select('24'), data('804a'), accept))).toEqual([pin10, deliver, accepted]);
    expect(tell(thread(select('24'), data('804a'), select('25'), data('0'), accept)).slice(1)).toEqual([{ kind: 'ioapic.rte', pin: 10, dst: 0 }, deliver, accepted]);
  });

  test.each([
    ['another vector', [accept.replace('74', '75')]],
    ['after something else of the thread', ['kvm_inj_virq: IRQ 0x51', accept]],
    ['a message', ['kvm_msi_set_irq: dst 0 vec 74 (Fixed|physical|level)', accept]],
    ['the second one', [accept, accept]],
  ])('not with %s', (_, lines) => {
    const delivered = tell(thread(select('24'), data('804a'), ...lines)).filter(({ kind }) => kind === 'ioapic.deliver');
    expect(delivered).toHaveLength(lines[1] === accept && lines[0] === accept ? 1 : 0);
  });
});
