// States of the chips in an ioctl log: which registers they tell, when they were taken, and that the model is judged by them.

import { expect, test } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkRecording } from '../../../src/commands/run.js';
import { bracketOf } from '../../../src/import/ioctl/bracket.js';
import { ioctlLog } from '../../../src/import/ioctl.js';
import { lines, recording } from '../../built.js';
import { decode } from '../decode.js';

const STATE = {
  op: 'state',
  pic0: { irr: 1, imr: 2, isr: 4 },
  ioapic: { redir: [{ pin: 10, vec: 74, remote_irr: 1, level: 1, mask: 0 }] },
  lapics: [{ vcpu: 1, irr: [74, 95], isr: [], tmr: [255] }],
};
const rows = (...all: readonly object[]) => decode(ioctlLog, all.map((row) => `${JSON.stringify(row)}\n`).join('')).events;
const EVENTFD = { op: 'eventfd', tid: 7, args: {}, ret: 3 };

test('every register is read; entries that are not listed are as after a reset or all zero', () => {
  const reads = rows({ ...STATE, t0: 100 });
  expect(reads.filter(({ kind }) => kind === 'meta.chan')).toEqual([]);
  const told = (kind: string) => reads.filter((event) => event.kind === kind);
  expect(told('ioapic.rte.read')).toHaveLength(24);
  expect(told('ioapic.rte.read')[10]).toMatchObject({ pin: 10, vec: 74, rirr: 1, trig: 'level', mask: 0 });
  expect(told('ioapic.rte.read')[11]).toMatchObject({ pin: 11, vec: 0, rirr: 0, trig: 'edge', mask: undefined });
  expect(told('pic.read')).toMatchObject([{ chip: 0, reg: 'irr', val: 1 }, { chip: 0, reg: 'isr', val: 4 }, { chip: 0, reg: 'imr', val: 2 }]);
  const words = told('apic.read').flatMap((event) => (event.kind === 'apic.read' && event.val !== 0 ? [[event.cpu, event.reg, event.word, event.val]] : []));
  expect(words).toEqual([[1, 'irr', 2, 0x8000_0400], [1, 'tmr', 7, 0x8000_0000]]);
});

test('SVR is read where there is one vCPU: whose it is a trace beside the log may not know', () => {
  const alone = { vcpu: 0, svr: '0x1ff', irr: [] };
  const told = (...lapics: readonly object[]) => rows({ ...STATE, lapics, t0: 100 }).filter((event) => event.kind === 'apic.read' && event.reg === 'svr');
  expect(told(alone)).toMatchObject([{ cpu: 0, val: 0x1ff }]);
  expect(told(alone, { ...alone, vcpu: 1 })).toEqual([]);
});

test('without in-kernel chips only the local APICs are read', () => {
  expect(new Set(rows({ ...STATE, ioapic: undefined, t0: 100 }).map(({ kind }) => kind))).toEqual(new Set(['apic.read']));
});

test('a state ends with the next row of the one thread that logs', () => {
  const bracket = (...all: readonly object[]) => {
    const read = rows(...all).find(({ kind }) => kind === 'pic.read');
    return read === undefined ? undefined : { ...bracketOf(read), tid: read.tid };
  };
  expect(bracket({ ...EVENTFD, t0: 0 }, { ...STATE, t0: 100 }, { ...EVENTFD, t0: 5000 })).toEqual({ t0: 100, t1: 5000, tid: 7 });
  expect(bracket({ ...EVENTFD, t0: 0 }, { ...STATE, t0: 100 })).toEqual({ t0: 100, t1: 10_000_100, tid: 7 });
  expect(bracket({ ...STATE, t0: 100 }, { ...STATE, t0: 5000 })).toEqual({ t0: 0, t1: 10_000_000, tid: -1 });
  // another thread's call may lie within
  expect(bracket({ ...EVENTFD, t0: 0 }, { ...EVENTFD, tid: 8, t0: 10 }, { ...STATE, t0: 100 }, { ...EVENTFD, t0: 5000 })).toBeUndefined();
});

test('a state that contradicts what the trace shows is found, and the true one is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'irqreplay-'));
  const trace = recording('kvm-b03m-resample/raw.txt');
  const log = lines(recording('kvm-b03m-resample/ioctl.jsonl'));
  const found = async (change: (row: string) => string): Promise<string[]> => {
    const path = join(folder, 'ioctl.jsonl');
    writeFileSync(path, log.map((row) => (row.includes('"op":"state"') ? change(row) : row)).join('\n'));
    return (await checkRecording([trace, path])).findings.filter(({ severity }) => severity === 'violation').map(({ rule, entity }) => `${rule} ${entity}`);
  };
  try {
    expect(await found((row) => row)).toEqual([]);
    expect(await found((row) => row.replaceAll('"remote_irr":1', '"remote_irr":0'))).toEqual([
      // An entry that is idle, with its line up and unmasked, would have delivered.
      'ioapic/lost-level pin:ioapic/10',
      'ioapic/rirr-cleared-without-eoi pin:ioapic/10',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
