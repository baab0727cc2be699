// Lines and pins: which of KVM's lines belong together, who raised what, and which accept is the delivery of a pin.

import { describe, expect, test } from 'vitest';
import { line, tell, thread } from '../ftrace/text.js';

const assert = 'kvm_set_irq: gsi 10 level 1 source 0';
const lower = 'kvm_set_irq: gsi 10 level 0 source 0';
const accept = 'kvm_apic_accept_irq: apicid 0 vec 64 (Fixed|level)';
const level = 'kvm_ioapic_set_irq: pin 10 dst 0 vec 64 (Fixed|physical|level)';
const eoi = 'kvm_eoi: apicid 0 vector 64';
const ack = 'kvm_ack_irq: irqchip IOAPIC pin 10';

const setIrq = { kind: 'kvm.set_irq', gsi: 10, level: 1, source: 0 };
const accepted = { kind: 'apic.accept', cpu: 0, vec: 64, trig: 'level', dm: 0 };
const input = { kind: 'ioapic.in', pin: 10, dst: 0, vec: 64, dm: 0, logical: 0, trig: 'level', mask: 0, gsi: 10 };
const deliver = { kind: 'ioapic.deliver', pin: 10, vec: 64, sure: 1 };
/** Of a re-delivery nothing tells whether an APIC took it. */
const again = { ...deliver, sure: 0 };
const ended = { kind: 'apic.eoi', cpu: 0, vec: 64 };
const acked = { kind: 'kvm.ack', chip: 2, pin: 10 };
const { gsi: _, ...restored } = input;

const of = (kind: string, ...lines: readonly string[]): unknown[] => tell(...lines).filter((event) => event['kind'] === kind);

describe('kvm_set_irq', () => {
  test('keeps the number that was asked for: not checked, signed', () => {
    const lines = ['gsi 2147483647 level -1 source 0', 'gsi 8 level 2 source 1'].map((body) => `kvm_set_irq: ${body}`);
    expect(tell(thread(...lines))).toEqual([
      { kind: 'kvm.set_irq', gsi: 2147483647, level: -1, source: 0 },
      { kind: 'kvm.set_irq', gsi: 8, level: 2, source: 1 },
    ]);
  });
});

test('an accept after the entry of an edge pin was written is not that pin\'s', () => {
  const entry = ['fec00000 val 0x24', 'fec00010 val 0x8040'].map((body) => `kvm_mmio: mmio write len 4 gpa 0x${body}`);
  const written = (trigger: 'edge' | 'level'): unknown[] =>
    of('ioapic.deliver', thread(`kvm_ioapic_set_irq: pin 10 dst 0 vec 64 (Fixed|physical|${trigger})`, ...entry, `kvm_apic_accept_irq: apicid 0 vec 64 (Fixed|${trigger})`));
  expect(written('level')).toEqual([again]);
  // The local timer's looks the same.
  expect(written('edge')).toEqual([]);
});

describe('level of a pin', () => {
  const pin = (asked: number, mode: string): unknown => of('ioapic.in', thread(`kvm_set_irq: gsi 4 level ${asked} source 0`, `kvm_ioapic_set_irq: pin 4 dst 0 vec 68 (Fixed|physical|${mode}`))[0];
  test.each([
    [1, 'level)', 1],
    [-1, 'edge|masked)', 1],
    [1, 'edge) (coalesced)', 1],
    [0, 'edge)', 0],
    // Another source may hold it, of which the chip has not heard since its state was replaced.
    [0, 'edge|masked)', undefined],
    // Another source holds the line.
    [0, 'edge|masked) (coalesced)', 1],
    // The text of a level pin does not tell whether another source holds it.
    [0, 'level)', undefined],
    [0, 'level|masked)', undefined],
  ])('asked for %i, %s: %s', (asked, mode, expected) => {
    expect(pin(asked, mode)).toEqual(expect.objectContaining({ kind: 'ioapic.in', pin: 4, ...(expected === undefined ? {} : { level: expected }) }));
    if (expected === undefined) expect(pin(asked, mode)).not.toHaveProperty('level');
  });

  test('dst is hexadecimal, vec decimal', () => {
    expect(of('ioapic.in', thread('kvm_set_irq: gsi 4 level 1 source 0', 'kvm_ioapic_set_irq: pin 4 dst ff vec 49 (LowPrio|logical|edge|masked)'))).toEqual([
      { kind: 'ioapic.in', pin: 4, level: 1, dst: 255, vec: 49, dm: 1, logical: 1, trig: 'edge', mask: 1, gsi: 4 },
    ]);
  });

  test('GSI 0 is pin 2', () => {
    expect(of('ioapic.in', thread('kvm_set_irq: gsi 0 level 1 source 2', 'kvm_ioapic_set_irq: pin 2 dst 0 vec 48 (Fixed|physical|edge)'))).toMatchObject([{ pin: 2, level: 1, gsi: 0 }]);
  });

  test('in another thread the request is not that of the pin', () => {
    const other = line(741, 1, 2, level);
    expect(of('ioapic.in', line(741, 1, 0, 'kvm_eoi: apicid 1 vector 5'), line(740, 0, 1, lower), other)).toEqual([{ ...restored, level: 1 }]);
  });
});

describe('the 8259 pair', () => {
  test('counts its pins over both chips, with the level asked for', () => {
    const lines = ['kvm_set_irq: gsi 10 level 1 source 0', 'kvm_pic_set_irq: chip 1 pin 2 (level)', level, lower, 'kvm_pic_set_irq: chip 1 pin 2 (edge|masked) (coalesced)'];
    expect(of('pic.in', thread(...lines))).toEqual([
      { kind: 'pic.in', pin: 10, level: 1, gsi: 10, trig: 'level', mask: 0 },
      { kind: 'pic.in', pin: 10, level: 0, gsi: 10, trig: 'edge', mask: 1 },
    ]);
  });

  test('stays high while another source is known to hold the line', () => {
    const lines = ['kvm_set_irq: gsi 0 level 1 source 2', 'kvm_set_irq: gsi 0 level 1 source 0', 'kvm_set_irq: gsi 0 level 0 source 0', 'kvm_pic_set_irq: chip 0 pin 0 (edge)'];
    expect(of('pic.in', thread(...lines))).toEqual([{ kind: 'pic.in', pin: 0, level: 1, gsi: 0, trig: 'edge', mask: 0 }]);
  });

  test('without a request there is no level to tell', () => {
    expect(tell(thread('kvm_pic_set_irq: chip 0 pin 0 (edge)'))).toEqual([]);
  });
});

describe('an accept inside a request is the delivery of the pin that follows', () => {
  test('in this order', () => {
    expect(tell(thread(assert, accept, level))).toEqual([setIrq, { ...input, level: 1 }, deliver, accepted]);
  });

  test('the 8259 comes first', () => {
    expect(tell(thread(assert, 'kvm_pic_set_irq: chip 1 pin 2 (level|masked)', accept, level)).slice(1)).toEqual([
      { kind: 'pic.in', pin: 10, level: 1, gsi: 10, trig: 'level', mask: 1 }, { ...input, level: 1 }, deliver, accepted,
    ]);
  });

  test('other CPUs between the two lines stay where they are', () => {
    const lines = [line(740, 0, 0, assert), line(740, 0, 1, accept), line(744, 1, 2, eoi), line(740, 0, 3, level)];
    expect(tell(...lines)).toEqual([setIrq, { ...input, level: 1 }, deliver, accepted, ended]);
  });

  test('one delivery, several accepts, in logical mode', () => {
    const second = 'kvm_apic_accept_irq: apicid 1 vec 64 (Fixed|level)';
    expect(tell(thread(assert, accept, second, level)).slice(2)).toEqual([deliver, accepted, { ...accepted, cpu: 1 }]);
  });

  test('a disabled APIC is traced as accepting, and the pin then says coalesced', () => {
    expect(of('ioapic.deliver', thread(assert, accept, `${level} (coalesced)`))).toEqual([again]);
  });

  test.each([
    ['another vector', [assert, 'kvm_apic_accept_irq: apicid 0 vec 65 (Fixed|level)', level]],
    ['a request for 0', [lower, accept, level]],
    ['the pin is not recorded', [assert, accept, assert, level]],
    ['another thread', [assert, level]],
  ])('no delivery: %s', (_, lines) => {
    expect(of('ioapic.deliver', thread(...lines))).toEqual([]);
  });

  test('a message that a handler sends in between is none of it', () => {
    const nested = ['kvm_msi_set_irq: dst 0 vec 64 (Fixed|physical|edge)', 'kvm_apic_accept_irq: apicid 0 vec 64 (Fixed|edge)'];
    expect(tell(thread(assert, ...nested, level))).toEqual([
      setIrq, expect.objectContaining({ kind: 'kvm.msi', taken: 1 }), { ...accepted, trig: 'edge' }, { ...input, level: 1 },
    ]);
    expect(of('ioapic.deliver', thread(assert, ...nested, accept, level))).toEqual([deliver]);
  });

  test('after 50 ms it is not known any more', () => {
    expect(of('ioapic.deliver', line(740, 0, 0, assert), line(740, 0, 1, accept), line(740, 0, 50_002, level))).toEqual([]);
  });

  test('a loss in between leaves level and delivery open', () => {
    expect(tell(thread(assert, accept), 'CPU:1 [LOST 3 EVENTS]\n', thread(level))).toEqual([
      setIrq, accepted, { kind: 'meta.lost', cpu: 1, n: 3 }, { kind: 'kvm.set_irqchip', chip: 2 }, restored,
    ]);
  });
});

describe('a pin delivers again', () => {
  test('at an EOI with the line still high: only an accept tells', () => {
    expect(tell(thread(eoi, ack, accept))).toEqual([ended, acked, again, accepted]);
  });

  test('after the resampler lowered its own source', () => {
    expect(tell(thread(eoi, ack, 'kvm_set_irq: gsi 10 level 0 source 1', level, accept))).toEqual([
      ended, acked, { kind: 'kvm.set_irq', gsi: 10, level: 0, source: 1 }, input, again, accepted,
    ]);
  });

  test('of several pins with one vector it is the one acknowledged last', () => {
    expect(of('ioapic.deliver', thread(eoi, ack, 'kvm_ack_irq: irqchip IOAPIC pin 11', accept))).toEqual([{ ...again, pin: 11 }]);
    expect(of('ioapic.deliver', thread(eoi, ack, accept, 'kvm_ack_irq: irqchip IOAPIC pin 11', accept))).toEqual([again, { ...again, pin: 11 }]);
  });

  test.each([
    ['an edge accept', [eoi, ack, accept.replace('level', 'edge')]],
    ['another vector', [eoi, ack, accept.replace('64', '65')]],
    ['the 8259', [eoi, 'kvm_ack_irq: irqchip PIC slave pin 10', accept]],
    ['after something else', [eoi, ack, 'kvm_inj_virq: IRQ 0x40', accept]],
    ['without an EOI', [ack, accept]],
  ])('not with %s', (_, lines) => {
    expect(of('ioapic.deliver', thread(...lines))).toEqual([]);
  });
});

describe('KVM_SET_IRQCHIP raises the pins again', () => {
  const served = [assert, level];

  test('the chip was replaced, and its line is up', () => {
    expect(tell(thread(...served, level)).slice(2)).toEqual([{ kind: 'kvm.set_irqchip', chip: 2 }, { ...restored, level: 1 }]);
  });

  test('once for all pins, with the accepts where they are', () => {
    const other = level.replace('pin 10', 'pin 7').replace('64', '71');
    const taken = accept.replace('64', '71');
    expect(tell(thread(...served, level, taken, other)).slice(2)).toEqual([
      { kind: 'kvm.set_irqchip', chip: 2 }, { ...restored, level: 1 }, { ...accepted, vec: 71 }, { ...restored, pin: 7, vec: 71, level: 1 },
    ]);
  });

  test('an accept in front of it is no delivery of the pin', () => {
    expect(tell(thread(...served, accept, level)).slice(2)).toEqual([accepted, { kind: 'kvm.set_irqchip', chip: 2 }, { ...restored, level: 1 }]);
  });

  test('the first line of a recording may belong to a request before it', () => {
    expect(tell(thread(level))).toEqual([{ kind: 'kvm.set_irqchip', chip: 2 }, restored]);
  });

  test('where kvm_set_irq is not recorded nothing tells the level', () => {
    expect(of('ioapic.in', thread(eoi, level, eoi, level))).toEqual([restored, restored]);
  });

  test('a pin that the GSI is not known to have may be a restored one', () => {
    const odd = ['kvm_set_irq: gsi 24 level 0 source 0', 'kvm_ioapic_set_irq: pin 9 dst 0 vec 73 (Fixed|physical|edge)'];
    expect(tell(thread(...odd)).slice(1)).toEqual([{ kind: 'kvm.set_irqchip', chip: 2 }, { ...restored, pin: 9, vec: 73, trig: 'edge' }]);
  });

  test('a routing table that was seen tells the pin', () => {
    const table = ['kvm_set_irq_routing: (x) kvm=0x1 nr=1 flags=0x0', 'kvm_set_routing_entry: (x) gsi=24 type=1 flags=0x0 u0=0x2 u1=0x9 u2=0x0'];
    const odd = ['kvm_set_irq: gsi 24 level 0 source 0', 'kvm_ioapic_set_irq: pin 9 dst 0 vec 73 (Fixed|physical|edge)'];
    expect(of('ioapic.in', thread(...table, ...odd))).toEqual([{ ...input, pin: 9, vec: 73, trig: 'edge', gsi: 24, level: 0 }]);
  });
});

describe('acknowledges and delays', () => {
  test('chips by name; slave pins count on', () => {
    const lines = ['IOAPIC pin 10', 'PIC master pin 0', 'PIC slave pin 12'].map((body) => `kvm_ack_irq: irqchip ${body}`);
    expect(tell(thread(...lines))).toEqual([acked, { ...acked, chip: 0, pin: 0 }, { ...acked, chip: 1, pin: 12 }]);
  });

  test('a delivery put off', () => {
    expect(tell(thread('kvm_ioapic_delayed_eoi_inj: dst 0 vec 74 (Fixed|physical|level)'))).toEqual([{ kind: 'ioapic.delay', vec: 74 }]);
  });
});

describe('kvm_set_irq until it returns', () => {
  const returned = 'kvm_set_irq_ret: (kvm_vm_ioctl_irq_line+0x23/0x40 [kvm] <- kvm_set_irq) ret=1';
  const routed = { kind: 'kvm.routed', gsi: 10, ret: 1, atomic: 0 };
  const wrong = 'kvm_ioapic_set_irq: pin 3 dst 0 vec 64 (Fixed|physical|level)';

  test('its return is told once, with what was asked', () => {
    expect(of('kvm.routed', thread(assert, accept, level, returned, lower, level, returned, returned))).toEqual([{ ...routed, level: 1 }, { ...routed, level: 0 }]);
  });

  test('up to there each pin is one that it leads to, whatever its number', () => {
    expect(of('ioapic.in', thread(assert, level, returned, lower, wrong, returned))).toMatchObject([{ pin: 10, gsi: 10 }, { pin: 3, gsi: 10 }]);
    expect(of('kvm.set_irqchip', thread(assert, level, returned, lower, wrong, returned))).toEqual([]);
  });

  test('behind it, or where returns are not recorded, it is one that user space restores', () => {
    expect(of('kvm.set_irqchip', thread(assert, level, returned, wrong))).toHaveLength(1);
    expect(of('kvm.set_irqchip', thread(assert, wrong))).toHaveLength(1);
    expect(of('ioapic.in', thread(assert, wrong))).not.toMatchObject([{ gsi: 10 }]);
  });
});
