// What lines of QEMU's GICs are told as.

import { expect } from 'vitest';
import type { Event } from '../../../src/event.js';
import type { StreamInfo } from '../../../src/import/format.js';
import { qemuLog } from '../../../src/import/qemu/log.js';

/** What the lines mean, each from thread 7 if it has no stamp of its own. */
export function meaning(lines: readonly string[]): Event[] {
  const info: StreamInfo = { file: 'q.log', format: 'qemu-log', recorder: '', clock: 'none', base: 0n, counts: new Map(), lines: 0, losses: [], lossMarks: 0, lostEvents: 0 };
  const decoder = qemuLog.open(info, 0);
  const events: Event[] = [];
  decoder.push(Buffer.from(lines.map((line, i) => `${line.includes('@') ? '' : `7@1.${String(i).padStart(6, '0')}:`}${line}\n`).join('')), events);
  decoder.end(events);
  expect(info.losses).toEqual([]);
  return events;
}

/** GIC events without what every event has. */
export function told(...lines: readonly string[]): object[] {
  const common = new Set(['seq', 'ns', 'on', 'tid', 'stream', 'at', 'name']);
  return meaning(lines)
    .filter(({ kind }) => /^(?:p?gic|vgic)\./.test(kind))
    .map((event) => Object.fromEntries(Object.entries(event).filter(([key, value]) => !common.has(key) && value !== undefined)));
}

/** A line of the GICv2's distributor. */
export const dist2 = (what: 'read' | 'write', offset: number, data: number): string => `gic_dist_${what} dist ${what} at 0x${offset.toString(16).padStart(8, '0')} size 4: 0x${data.toString(16).padStart(8, '0')}`;
