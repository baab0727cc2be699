// What lines of QEMU's IOAPIC, local APICs and 8259 pair are told as.

import { expect } from 'vitest';
import type { Event } from '../../../src/event.js';
import type { StreamInfo } from '../../../src/import/format.js';
import { qemuLog } from '../../../src/import/qemu/log.js';

/** Events of the chips, without what every event has; each line comes from thread 7 unless it says another. */
export const told = (...lines: readonly string[]): object[] => bare(...lines.map((line, i) => (/^\d+@/.test(line) ? line : `7@${line}`).replace('@', `@1.${String(i).padStart(6, '0')}:`)));

function eventsOf(lines: readonly string[]): Event[] {
  const info: StreamInfo = { file: 'q.log', format: 'qemu-log', recorder: '', clock: 'none', base: 0n, counts: new Map(), lines: 0, losses: [], lossMarks: 0, lostEvents: 0 };
  const decoder = qemuLog.open(info, 0);
  const events: Event[] = [];
  decoder.push(Buffer.from(`${lines.join('\n')}\n`), events);
  decoder.end(events);
  expect(info.losses).toEqual([]);
  return events;
}

/** Do the lines tell that the chips are QEMU's? */
export const isQemus = (...lines: readonly string[]): boolean => eventsOf(lines).some((event) => event.kind === 'meta.cfg' && event.chips === 'qemu');

/** The same of lines that name no thread. */
export function bare(...lines: readonly string[]): object[] {
  const common = new Set(['seq', 'ns', 'on', 'tid', 'stream', 'at', 'name']);
  return eventsOf(lines)
    .filter((event) => /^(?:ioapic|apic|pic)\./.test(event.kind) || (event.kind === 'meta.chan' && event.chan.startsWith('pic.')))
    .map((event) => Object.fromEntries(Object.entries(event).filter(([key, value]) => !common.has(key) && value !== undefined)));
}

export const kinds = (events: readonly object[]): unknown[] => events.map((event) => Reflect.get(event, 'kind'));

/** hw/i386/pc.c pc_basic_device_init. */
export const RESET = [0, 1, 12, 8].map((gsi) => `x86_gsi_interrupt GSI interrupt #${gsi} level:0`);
