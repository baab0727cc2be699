// Texts of chip state: QEMU's monitor and KVM's vgic-state, where they stand in time, and what is refused with its line.

import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/event.js';
import { bracketOf } from '../../src/import/ioctl/bracket.js';
import { monitor } from '../../src/import/snapshot/monitor.js';
import { vgicState } from '../../src/import/snapshot/vgic-state.js';
import { decode } from './decode.js';

const LAPIC = [
  '(qemu) info lapic',
  'dumping local APIC state for CPU 1 ',
  '',
  'SPIV\t 0x000001ff APIC enabled, focus=off, spurious vec 255',
  'ISR\t 98 ',
  'IRR\t 49 69(level) ',
  '',
  'APR 0x00 TPR 0x20 DFR 0x0f LDR 0x00 PPR 0x60',
  '(qemu) info pic',
  'ioapic0: ver=0x20 id=0x00 sel=0x00',
  '  pin 5  0x000000000000c045 dest=0 vec=69  active-hi level        fixed  physical',
  '  IRR      5 ',
  '  Remote IRR 5 ',
  'pic1: irr=00 imr=de isr=00 hprio=0 irq_base=70 rr_sel=0 elcr=0c fnm=0',
].join('\n');
const VGIC = ['vgic_model:\tGICv3', 'VCPU 2 TYP   ID TGT_ID PLAEHCG     HWID   TARGET SRC PRI VCPU_ID', '       PPI   27      2 0111111       27        0   0 160       2 ', 'SPI  0 TYP   ID TGT_ID PLAEHCG     HWID   TARGET SRC PRI VCPU_ID', '       SPI   36      0 1001001        0        0   0 160      -1 '].join('\n');
const at = (seconds: string, text: string): string => `=== time ${seconds}\n${text}\n`;

/** Kind, line of the file, and the kind's own fields. */
const short = ({ seq: _s, ns: _n, on: _o, tid: _t, stream: _st, name: _na, ...told }: Event): object => told;

describe('QEMU monitor', () => {
  test('is told by what it prints, and reads as reads of registers', () => {
    expect(monitor.detect(Buffer.from(at('7.5', LAPIC)))).toBe(true);
    expect(vgicState.detect(Buffer.from(at('7.5', LAPIC)))).toBe(false);
    const { events, info } = decode(monitor, `${at('7.500000', LAPIC)}=== time 7.500100\n`);
    expect(info).toMatchObject({ clock: 'seconds', base: 7_499_999_000n, losses: [] });
    const told = events.filter((event) => event.kind !== 'apic.read' || event.val !== 0).map(short);
    expect(told).toEqual([
      { kind: 'apic.read', at: 5, cpu: 1, reg: 'svr', val: 0x1ff },
      { kind: 'apic.read', at: 6, cpu: 1, reg: 'isr', word: 3, val: 1 << 2 },
      { kind: 'apic.read', at: 7, cpu: 1, reg: 'irr', word: 1, val: 1 << 17 },
      { kind: 'apic.read', at: 7, cpu: 1, reg: 'irr', word: 2, val: 1 << 5 },
      { kind: 'apic.read', at: 9, cpu: 1, reg: 'tpr', val: 0x20 },
      { kind: 'ioapic.rte.read', at: 12, pin: 5, rirr: 1, mask: 0, trig: 'level', vec: 69, dm: 0, logical: 0, pol: 0 },
      { kind: 'ioapic.dst.read', at: 12, pin: 5, dst: 0 },
      ...Object.entries({ irr: 0, isr: 0, imr: 0xde, elcr: 0x0c, prio: 0, base: 0x70 }).map(([reg, val]) => ({ kind: 'pic.read', at: 15, chip: 1, reg, val })),
    ]);
  });

  test('was taken between two times, each as exact as its last digit', () => {
    const { events } = decode(monitor, `${at('7.500000', LAPIC)}${at('7.500100', LAPIC)}=== time 8.25\n`);
    expect(new Set(events.map((event) => JSON.stringify([event.ns, bracketOf(event)])))).toEqual(
      new Set(['[0,{"t0":0,"t1":102000}]', '[100000,{"t0":100000,"t1":760001000}]']),
    );
  });

  test('a snapshot without a time behind it is left out, and said to be', () => {
    const { events, info } = decode(monitor, `${at('7.5', 'pic0: irr=00 imr=de isr=00 hprio=0 irq_base=70 rr_sel=0 elcr=0c fnm=0')}`);
    expect(events).toEqual([]);
    expect(info.losses).toEqual([{ line: 2, n: 6, what: 'a snapshot without a time line behind it, 6 reads, is left out' }]);
  });

  test('a second IOAPIC is passed over', () => {
    expect(decode(monitor, `${at('1.0', 'ioapic1: ver=0x20\n  pin 0  0x0000000000010000 dest=0')}=== time 1.1\n`).events).toEqual([]);
  });
});

describe('vgic-state', () => {
  test('tells each interrupt as it was within a time', () => {
    expect(vgicState.detect(Buffer.from(VGIC))).toBe(true);
    const text = `=== uptime 10.32 /sys/kernel/debug/kvm/1-2/vgic-state\n${VGIC}\n=== uptime 11.39 /sys/kernel/debug/kvm/1-2/vgic-state\n`;
    const { events } = decode(vgicState, text);
    expect(events.map(short)).toEqual([
      { kind: 'vgic.state', at: 4, vid: 27, cpu: 2, latch: 0, line: 1, active: 1, enabled: 1, hw: 1, trig: 'level', prio: 160, group: 1, to: undefined, within: 1_090_000_000 },
      { kind: 'vgic.state', at: 6, vid: 36, cpu: undefined, latch: 1, line: 0, active: 0, enabled: 1, hw: 0, trig: 'edge', prio: 160, group: 1, to: 0, within: 1_090_000_000 },
    ]);
    expect(events.map(({ ns }) => ns)).toEqual([1_090_000_000, 1_090_000_000]);
  });

  test('kernels that know no group print one digit less', () => {
    const row = '       SPI   36      0 100100        0        0   0 160      -1 ';
    expect(decode(vgicState, `${at('1.0', row)}=== time 1.1\n`).events).toHaveLength(1);
  });

  test('an LPI may have no target, and may be gone by the time it is printed', () => {
    const rows = ['       LPI 8194     -1 0001001        0        0   0 144      -1 ', '       LPI 8195 freed'].join('\n');
    expect(decode(vgicState, `${at('1.0', rows)}=== time 1.1\n`).events.map(short)).toMatchObject([{ vid: 8194, to: undefined, group: 1, enabled: 1 }]);
  });
});

test.each([
  [monitor, LAPIC, 'given:2: found "dumping local APIC state for CPU 1 ", expected a line "=== time SECONDS" in front of each snapshot and behind it'],
  [monitor, at('7', LAPIC), 'given:1: found "=== time 7", expected a line "=== time SECONDS"'],
  [monitor, `${at('7.5', LAPIC)}=== time 6.5\n`, 'given:16: found "=== time 6.5", expected a time that does not go back'],
  [monitor, at('7.5', 'pic0: irr=00 imr=de'), 'given:2: found "pic0: irr=00 imr=de", expected irr, imr, isr, hprio, irq_base, rr_sel and elcr of an 8259'],
  [monitor, at('7.5', 'ioapic0: ver=0x20\n  pin 5  0x45'), 'given:3: found "  pin 5  0x45", expected "  pin N" and an entry of 16 hexadecimal digits'],
  [monitor, at('7.5', 'dumping local APIC state for CPU 0\nIRR\t 256 '), 'given:3: found "IRR\\t 256 ", expected the vectors that are set in IRR'],
  [vgicState, at('7.5', '       SPI   36      0 1001'), 'given:2: found "       SPI   36      0 1001", expected ID, TGT_ID, PLAEHC or PLAEHCG'],
  [vgicState, at('7.5', '       PPI   27      2 0111111       27        0   0 160       2 '), 'expected a head "VCPU N TYP ID" in front of its SGIs and PPIs'],
  [vgicState, `=== time 1.0 /a/vgic-state\n${VGIC}\n=== time 2.0 /b/vgic-state\n${VGIC}\n`, 'given:10: found "       PPI   27      2 0111111       27        0   0 160       2 ", expected the state of one guest, /a/vgic-state'],
])('%# what cannot be read is refused with its line', (format, text, message) => {
  expect(() => decode(format, text)).toThrow(message);
});
