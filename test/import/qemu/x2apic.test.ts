// Local APICs that may be in x2APIC mode, as QEMU 10.0 prints them: a reset reads IA32_APIC_BASE of each vCPU, an access of the page has two lines,
// one of an MSR has one (hw/intc/apic.c, apic_common.c).

import { expect, test } from 'vitest';
import { coverOf, meaning } from './device-lines.js';

const RESET: readonly [string, string] = ['cpu_get_apic_base 0x00000000fee00900', 'resettable_phase_hold_exec obj=0x55ed39045890(System) method=0'];
const OUTER = "memory_region_ops_write cpu 0 mr 0x56 addr 0x70 value 0x0 size 1 name 'rtc'";
const ENTERS = 'cpu_set_apic_base 0x00000000fee00d00';
const msr = (register: string, value: string): string => `apic_register_write register 0x${register} = 0x${value}`;
const page = (register: string, value: string): string[] => [`memory_region_ops_write cpu 0 mr 0x55 addr 0xfee00${register}0 value 0x${value} size 4 name 'apic-msi'`, msr(register, value)];
const LDR = page('0d', '2000000');
const TOLD = 'apic.dest cpu=0 ldr=2';
const UNKNOWN = 'apic.dest cpu=0';

const of = (kind: string, lines: readonly string[]): string[] => meaning(lines).filter((event) => event.startsWith(kind));
const covers = (...lines: string[]): string[] => coverOf('apic.dest', lines);

test('the logical destination is told while none can have entered that mode', () => {
  expect(of('apic.dest', [...RESET, ...LDR])).toEqual([TOLD]);
  expect(covers(...RESET, ...LDR)).toEqual([]);
  // No reset in the log; none of its reads of IA32_APIC_BASE.
  for (const first of RESET) {
    expect(of('apic.dest', [first, ...LDR])).toEqual([TOLD, UNKNOWN]);
    expect(covers(first, ...LDR)).toEqual(['partial']);
  }
});

test.each([ENTERS, msr('0b', '0')])('%s: it is hidden until the next reset', (entry) => {
  expect(of('apic.dest', [...RESET, ...LDR, entry, ...LDR])).toEqual([TOLD, UNKNOWN]);
  expect(covers(...RESET, ...LDR, entry, ...LDR)).toEqual(['partial']);
  expect(covers(...RESET, ...LDR, entry, ...LDR, ...RESET, ...LDR)).toEqual(['partial', 'full']);
  expect(of('apic.dest', [...RESET, ...LDR, entry, ...RESET, OUTER, ...LDR, ...LDR])).toEqual([TOLD, UNKNOWN, TOLD, TOLD]);
});

test('an entry may be lost, or be part of a snapshot', () => {
  const around = [...LDR, ...LDR, ...LDR];
  expect(new Set(covers(...RESET, ...around, 'apic_register_write register', ...around))).toEqual(new Set(['partial']));
  const restored = ['pci_cfg_write e1000e 00:04.0 @0x0 <- 0x0', OUTER, ...RESET];
  expect(covers(...restored, ...LDR)).toEqual([]);
  expect(covers(...restored, 'pci_update_mappings_add e1000e 00:04.0 3,0xe0040000+0x4000', ...LDR)).toEqual(['partial']);
});

test('an IPI goes to the upper half of its register, or to its sender', () => {
  const dst = page('31', '1000000');
  const ipi = (to: string): string => `apic.ipi cpu=0 vec=243 dm=0${to === '' ? '' : ` dst=${to}`} logical=0 trig=edge shorthand=none val=243`;
  expect(of('apic.ipi', [...RESET, ...dst, ...page('30', 'f3')])).toEqual([ipi('1')]);
  expect(of('apic.ipi', [...RESET, ...dst, msr('30', 'f3'), msr('30', '100000000f3'), msr('3f', 'f3')])).toEqual([ipi('0'), ipi('256'), ipi('').replace('none val=243', 'self')]);
  // In xAPIC mode the register of an IPI to itself is none.
  expect(of('apic.ipi', [...RESET, ...page('3f', 'f3')])).toEqual([]);
});

test('without the lines of the page it is not known which destination is meant, unless both are the same', () => {
  const ipis = [msr('31', '1000000'), msr('30', 'f3'), msr('31', '0'), msr('30', 'f3')];
  const dst = (lines: readonly string[]): string[] => of('apic.ipi', lines).map((event) => / dst=\w+/.exec(event)?.[0] ?? '');
  expect(dst([RESET[1], OUTER, ...ipis])).toEqual(['', ' dst=0']);
  // None is in x2APIC mode.
  expect(dst([...RESET, OUTER, ...ipis])).toEqual([' dst=1', ' dst=0']);
});

test('a vCPU that nobody knows ends interrupts unseen', () => {
  expect(coverOf('apic.eoi', [...RESET, ...LDR, msr('0b', '0')])).toEqual(['full']);
  expect(coverOf('apic.eoi', [...RESET, ...LDR, `8@100.000009:${msr('0b', '0')}`])).toEqual(['full', 'partial']);
  // Another one may have run on the thread since before the log begins.
  expect(coverOf('apic.eoi', [...LDR, msr('0b', '0')])).toEqual(['full', 'partial']);
});

test('a message has the upper bits of its destination in its address', () => {
  const sent = "memory_region_ops_write cpu -1 mr 0x55 addr 0x10100fee01000 value 0x41 size 4 name 'apic-msi'";
  // 0x10101
  expect(of('apic.msg', [sent, 'apic_deliver_irq dest 1 dest_mode 1 delivery_mode 0 vector 65 trigger_mode 0'])[0]).toContain(' dst=65793 logical=1');
});
