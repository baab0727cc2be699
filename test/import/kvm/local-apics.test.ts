// What kvm_apic tells: registers of local APICs as they are read and written, and that no write goes unseen.

import { describe, expect, test } from 'vitest';
import { line, thread, tell } from '../ftrace/text.js';

const eoi = 'kvm_eoi: apicid 2 vector 81';
const apic = (what: string): string => `kvm_apic: apic_${what}`;
const told = (...lines: readonly string[]): unknown[] => tell(thread(eoi, ...lines)).filter(({ kind }) => kind !== 'meta.chan' && kind !== 'apic.eoi');

test('it shows every write of SVR, the local vector table and the timer', () => {
  const lines = [apic('write APIC_EOI = 0x0'), apic('write APIC_EOI = 0x0')];
  expect(tell(thread(eoi, ...lines)).filter(({ kind }) => kind === 'meta.chan')).toEqual(
    ['apic.svr', 'apic.lvt', 'apic.timer'].map((chan) => ({ kind: 'meta.chan', chan, cover: 'full' })),
  );
});

describe('reads', () => {
  test.each([
    ['read 0x220 = 0x10000', { reg: 'irr', word: 2, val: 0x1_0000 }],
    ['read APIC_IRR = 0x0', { reg: 'irr', word: 0, val: 0 }],
    ['read 0x150 = 0x80002000', { reg: 'isr', word: 5, val: 0x8000_2000 }],
    ['read APIC_TMR = 0x0', { reg: 'tmr', word: 0, val: 0 }],
    ['read APIC_PROCPRI = 0xa0', { reg: 'ppr', val: 0xa0 }],
    ['read APIC_SPIV = 0x1ff', { reg: 'svr', val: 0x1ff }],
    ['read APIC_LVT0 = 0x10700', { reg: 'lvt', word: 3, val: 0x1_0700 }],
    ['read APIC_TMCCT = 0x1234', { reg: 'tmcct', val: 0x1234 }],
  ])('apic_%s', (what, register) => {
    expect(told(apic(what))).toEqual([{ kind: 'apic.read', cpu: 2, ...register }]);
  });

  test.each([
    ['the logical destination, which each mode has its own of', 'read APIC_LDR = 0x4000000'],
    ['the entry of the performance counters, which KVM masks by itself', 'read APIC_LVTPC = 0x10400'],
    ['part of a register', 'read 0x222 = 0x1'],
    ['what is no register of interrupts', 'read APIC_ID = 0x2000000'],
  ])('not of %s', (_, what) => {
    expect(told(apic(what))).toEqual([]);
  });

  test('not of a vCPU that is not known', () => {
    expect(tell(thread(apic('read APIC_SPIV = 0x1ff'))).filter(({ kind }) => kind !== 'meta.chan')).toEqual([]);
  });
});

describe('writes', () => {
  test('of the local vector table', () => {
    expect(told(apic('write APIC_LVT0 = 0x10731'), apic('write APIC_LVTPC = 0x400'))).toEqual([{ kind: 'apic.lvt', cpu: 2, lvt: 3, vec: 0x31, dm: 7, mask: 1 }]);
  });

  test('of the timer: its count means nothing before its mode is known, nor with TSC deadlines', () => {
    const unknown = { kind: 'apic.timer', cpu: 2 };
    const entry = { kind: 'apic.lvt', cpu: 2, lvt: 0, vec: 0xec, dm: 0, mask: 0 };
    const lines = ['TMICT = 0x9', 'LVTT = 0xec', 'TMICT = 0x100', 'TDCR = 0xb', 'LVTT = 0xec', 'LVTT = 0x400ec', 'TMICT = 0x100'].map((what) => apic(`write APIC_${what}`));
    expect(told(...lines)).toEqual([
      unknown, unknown, entry, { ...unknown, initial: 0x100 }, { ...unknown, divide: 0xb }, entry, unknown, entry, unknown,
    ]);
  });

  test('of a vCPU that is not known may be of any', () => {
    const lines = [line(1, 0, 0, eoi), line(9, 1, 1, apic('write APIC_LVT0 = 0x10700'))];
    expect(tell(...lines).filter(({ kind }) => kind === 'kvm.set_lapic')).toEqual([{ kind: 'kvm.set_lapic', written: 'lvt', val: 0x10700 }]);
  });
});
