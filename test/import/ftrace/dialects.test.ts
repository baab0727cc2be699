// One run recorded three ways and printed eleven: every dialect gives the same events.

import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/event.js';
import { capture, read, told } from './text.js';

const SAME_RUN = [
  'tracefs/steps.txt',
  'tracefs/steps-tgid.txt',
  'tracefs/steps-noirqinfo.txt',
  'tracefs/steps-latency.txt',
  'trace-cmd/steps.txt',
  'trace-cmd/steps-t.txt',
  'trace-cmd/steps-rawts.txt',
  'trace-cmd/steps-l.txt',
  'perf-script/steps.txt',
  'perf-script/steps-ns-pidtid.txt',
];

/** Counted with grep in the recorder's text. */
const COUNTS = {
  kvm_entry: 18, kvm_exit: 18, kvm_set_irq: 13, kvm_ioapic_set_irq: 13, kvm_inj_virq: 7, kvm_apic: 6, kvm_vcpu_wakeup: 6, kvm_apic_accept_irq: 5,
  kvm_eoi: 5, kvm_msr: 5, kvm_msi_set_irq: 2, kvm_ack_irq: 2, kvm_userspace_exit: 1,
};

const isInterrupt = ({ kind }: Event): boolean => !kind.startsWith('meta.');

function placed(events: readonly Event[]): unknown[] {
  const interrupts = events.filter(isInterrupt);
  const fields = told(interrupts);
  return interrupts.map(({ on, tid }, i) => ({ on, tid, ...fields[i] }));
}

describe.each(SAME_RUN)('%s', (name) => {
  const { events, info } = read(capture(name));

  test('counts every event by its name', () => {
    const { print, tracing_mark_write, ...counts } = Object.fromEntries(info.counts);
    expect(counts).toEqual(COUNTS);
    expect(print ?? tracing_mark_write ?? 0).toBe(name.startsWith('perf') ? 0 : 9);
  });

  test('loses nothing', () => {
    expect([info.lossMarks, info.losses]).toEqual([0, []]);
  });

  test('gives the same events, by the same threads on the same CPUs', () => {
    expect(placed(events)).toEqual(placed(read(capture('tracefs/steps.txt')).events));
  });

  test('gives the texts of the marker', () => {
    const notes = events.flatMap((event) => (event.kind === 'meta.note' ? [event.text] : []));
    const steps = [1, 2, 3, 4, 5, 6, 7, 8].map((step) => expect.stringMatching(new RegExp(`^step ${step}: `)));
    expect(notes).toEqual(name.startsWith('perf') ? [] : [...steps, 'end']);
  });
});

test('trace-cmd 3.4 puts the flags between CPU and time: the same events', () => {
  const text = capture('trace-cmd/steps.txt');
  const flagged = text.replace(/^(.*\[\d{3}\]) +(?=\d+\.\d{6}: )/gm, '$1 d..1.  ');
  expect(flagged.match(/\] d\.\.1\. {2}\d/g)).toHaveLength(110);
  expect(placed(read(flagged).events)).toEqual(placed(read(capture('tracefs/steps.txt')).events));
});

describe('the steps', () => {
  const { events } = read(capture('tracefs/steps.txt'));
  const step = (n: number): Record<string, unknown>[] => {
    const from = events.findIndex((event) => event.kind === 'meta.note' && event.text.startsWith(`step ${n}`));
    const to = events.findIndex((event, i) => i > from && event.kind === 'meta.note');
    return told(events.slice(from + 1, to));
  };
  const entry = { dm: 0, dst: 0, logical: 0 };

  test('1, an MSI: one message, taken by one APIC, injected once though three lines say so', () => {
    expect(step(1)).toEqual([
      { kind: 'kvm.msi', dst: 0, vec: 81, dm: 0, logical: 0, trig: 'edge', taken: 1 },
      { kind: 'apic.accept', cpu: 0, vec: 81, trig: 'edge', dm: 0 },
      { kind: 'cpu.inject', cpu: 0, vec: 0x51 },
      { kind: 'apic.eoi', cpu: 0, vec: 81 },
    ]);
  });

  test('3, a masked edge pin pulsed twice: inputs, no delivery, and no sure fall', () => {
    const pulse = [
      { kind: 'kvm.set_irq', gsi: 7, level: 1, source: 0 },
      { kind: 'ioapic.in', ...entry, pin: 7, vec: 55, trig: 'edge', mask: 1, level: 1, gsi: 7 },
      { kind: 'kvm.set_irq', gsi: 7, level: 0, source: 0 },
      { kind: 'ioapic.in', ...entry, pin: 7, vec: 55, trig: 'edge', mask: 1, gsi: 7 },
    ];
    expect(step(3)).toEqual([...pulse, ...pulse]);
  });

  test('4, the pin delivers where the accept stands, though its line comes after the injection on the other CPU', () => {
    const pin = { ...entry, pin: 10, vec: 64, trig: 'level', mask: 0, gsi: 10 };
    expect(step(4)).toEqual([
      { kind: 'kvm.set_irq', gsi: 10, level: 1, source: 1 },
      { kind: 'ioapic.in', ...pin, level: 1 },
      { kind: 'ioapic.deliver', pin: 10, vec: 64, sure: 1 },
      { kind: 'apic.accept', cpu: 0, vec: 64, trig: 'level', dm: 0 },
      { kind: 'cpu.inject', cpu: 0, vec: 64 },
      { kind: 'apic.eoi', cpu: 0, vec: 64 },
      { kind: 'kvm.ack', chip: 2, pin: 10 },
      { kind: 'kvm.set_irq', gsi: 10, level: 0, source: 1 },
      { kind: 'ioapic.in', ...pin },
    ]);
  });

  test('4, the line of a pin that is told early is still its own', () => {
    const pin = events.find((event) => event.kind === 'ioapic.in' && event.pin === 10);
    const deliver = events.find((event) => event.kind === 'ioapic.deliver' && event.pin === 10);
    const text = capture('tracefs/steps.txt').split('\n');
    expect(text[(pin?.at ?? 0) - 1]).toContain('kvm_ioapic_set_irq: pin 10');
    expect(text[(deliver?.at ?? 0) - 1]).toContain('kvm_apic_accept_irq: apicid 0 vec 64');
    expect(pin?.ns).toBe(deliver?.ns);
  });

  test('five interrupts in all', () => {
    const injected = events.flatMap((event) => (event.kind === 'cpu.inject' ? [event.vec] : []));
    expect(injected).toEqual([81, 53, 64, 82, 64]);
  });
});

describe('times', () => {
  // Of the first line, and of the first kvm_msi_set_irq less that of the first line.
  test.each([
    ['tracefs/steps.txt', 'seconds', 5_768_509_000n, 238_898_000],
    ['tracefs/steps-latency.txt', 'seconds', 2_648_261_000n, 238_898_000],
    ['trace-cmd/steps.txt', 'seconds', 5_768_899_000n, 238_557_000],
    ['trace-cmd/steps-t.txt', 'seconds', 5_768_898_872n, 238_556_984],
    ['trace-cmd/steps-rawts.txt', 'integer', 5_768_898_872n, 238_556_984],
    ['perf-script/steps-ns-pidtid.txt', 'seconds', 5_769_319_141n, 238_204_311],
  ])('%s: %s from %s', (name, clock, base, message) => {
    const { events, info } = read(capture(name));
    expect([info.clock, info.base]).toEqual([clock, base]);
    expect(events.find(({ kind }) => kind === 'kvm.msi')?.ns).toBe(message);
  });

  test('cycles of a clock of unknown unit, in a cut without a header', () => {
    const { events, info } = read(capture('trace-cmd/tsc.txt'));
    expect([info.clock, info.base, info.lossMarks]).toEqual(['integer', 689_173_543_462n, 0]);
    expect(info.counts).toEqual(new Map([['kvm_exit', 7], ['kvm_entry', 7], ['kvm_pio', 5], ['kvm_notify_acked_irq', 2], ['kvm_ack_irq', 2], ['local_timer_entry', 1], ['local_timer_exit', 1]]));
    expect(told(events)).toEqual([
      // Of the pair's words before the recording nothing is known.
      { kind: 'pic.imr', chip: 0 },
      { kind: 'pic.init', chip: 0, icw4: 1 },
      { kind: 'kvm.ack', chip: 0, pin: 0 },
      { kind: 'kvm.ack', chip: 0, pin: 4 },
      { kind: 'pic.mode', chip: 0, base: 0x30 },
      { kind: 'pic.mode', chip: 0, aeoi: 0, sfnm: 0 },
    ]);
    const acks = events.filter(({ kind }) => kind === 'kvm.ack');
    expect(acks.map(({ ns }) => ns)).toEqual([689_185_799_830 - 689_173_543_462, 689_185_832_914 - 689_173_543_462]);
  });
});
