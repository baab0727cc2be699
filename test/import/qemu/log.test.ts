// QEMU's log back end: its three stamps, other output between the lines, damage. Lines as QEMU 5.2 to 11.1 print them.

import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/event.js';
import { qemuLog } from '../../../src/import/qemu/log.js';
import type { StreamInfo } from '../../../src/import/format.js';

function read(text: string, chunk = text.length): { events: Event[]; info: StreamInfo } {
  const info: StreamInfo = { file: 'q.log', format: 'qemu-log', recorder: '', clock: 'none', base: 0n, counts: new Map(), lines: 0, losses: [], lossMarks: 0, lostEvents: 0 };
  const decoder = qemuLog.open(info, 0);
  const events: Event[] = [];
  for (let at = 0; at < text.length; at += chunk) decoder.push(Buffer.from(text.slice(at, at + chunk)), events);
  decoder.end(events);
  return { events, info };
}

const WRITE = "memory_region_ops_write cpu 0 mr 0x55 addr 0xfee00000 value 0x40 size 4 name 'nobody'";

const LVT = "memory_region_ops_write cpu 0 mr 0x55 addr 0xfee00350 value 0x8700 size 4 name 'apic-msi'";

describe('stamps', () => {
  test('thread, seconds and microseconds', () => {
    const { info } = read(`26902@1795218978.599811:${WRITE}\n26902@1795218979.000000:pic_set_irq master 1 irq 0 level 0\n`);
    expect(info.clock).toBe('seconds');
    expect(info.base).toBe(1_795_218_978_599_811_000n);
    expect(info.counts.get('memory_region_ops_write')).toBe(1);
  });

  test('ISO-8601, as QEMU 11.1 prints it', () => {
    // date -u -d 2026-11-21T00:10:28Z +%s
    expect(read(`2026-11-21T00:10:28.235321Z ${WRITE}\n`).info.base).toBe(1_795_219_828_235_321_000n);
    expect(read(`2024-02-29T23:59:59.000001Z ${WRITE}\n`).info.base).toBe(1_709_251_199_000_001_000n);
  });

  test('none: only the order is known', () => {
    const { info } = read(`${WRITE}\n${WRITE}\n`);
    expect(info.clock).toBe('none');
    expect(info.counts.get('memory_region_ops_write')).toBe(2);
  });
});

test('other output between stamped lines is passed over', () => {
  const { info } = read(`qemu-system-x86_64: warning: TCG\n1@2.000000:${WRITE}\nVNC server running\n1@2.000001:${WRITE}\n`);
  expect(info.counts.get('memory_region_ops_write')).toBe(2);
  expect(info.counts.has('VNC')).toBe(false);
});

test('libvirt starts another QEMU: it has nothing of the one before', () => {
  const lines = (tid: number): string => [`${tid}@1795223362.252790:${LVT}`, `${tid}@1795223362.252795:apic_mem_writel 0x350 = 0x00008700`, ''].join('\n');
  const start = '2026-11-30 20:29:13.123+0000: starting up libvirt version: 9.0.0, package: 9.0.0-4, qemu version: 7.2.22, kernel: 6.1.0-56-amd64, hostname: h\n';
  const { events, info } = read(`${lines(7744)}${start}LC_ALL=C \\\n/usr/bin/qemu-system-x86_64 \\\n-device virtio-blk-pci,id=a \\\n${lines(26785)}`, 100);
  expect(events.map(({ kind, at, name }) => [kind, at, name]).filter(([kind]) => kind === 'apic.lvt' || kind === 'meta.lost')).toEqual([
    ['apic.lvt', 1, 'memory_region_ops_write'],
    ['meta.lost', 3, 'starting up'],
    ['apic.lvt', 7, 'memory_region_ops_write'],
  ]);
  expect(info.losses).toEqual([]);
});

test('a word without an underscore begins no event, with stamps to come or without any', () => {
  const start = 'char device redirected to /dev/pts/3 (label charserial0)\n';
  for (const line of [WRITE, `1@2.000000:${WRITE}`]) {
    const { info } = read(`${start}${line}\n${line}\n`);
    expect([...info.counts]).toEqual([['memory_region_ops_write', 2]]);
    expect(info.losses).toEqual([]);
  }
});

test('a line of a known event that does not parse is a loss with its line, and with that in front of it', () => {
  const { info, events } = read(`1@2.000000:${WRITE}\n1@2.000001:memory_region_ops_write cpu x mr 0x55\n`);
  expect(info.losses.map(({ line, n }) => ({ line, n }))).toEqual([{ line: 2, n: 2 }]);
  expect(events.map(({ kind }) => kind)).toEqual(['meta.lost']);
});

test('a last line without its end is a loss: it may be cut in a number', () => {
  const { info } = read(`1@2.000000:${WRITE}\n1@2.000001:${WRITE}`);
  expect(info.losses.map(({ line }) => line)).toEqual([2]);
});

test('the chunks do not matter', () => {
  const text = `1@2.000000:${WRITE}\r\n1@2.000001:pic_set_irq master 1 irq 0 level 0\n`.repeat(20);
  for (const chunk of [1, 7, 64]) expect(read(text, chunk)).toEqual(read(text));
});

test('is told from other texts', () => {
  expect(qemuLog.detect(Buffer.from(`junk\n1@2.000000:${WRITE}\n`))).toBe(true);
  expect(qemuLog.detect(Buffer.from(`${WRITE}\n`))).toBe(true);
  expect(qemuLog.detect(Buffer.from('gicv3_cpuif_set_irqs GICv3 CPU i/f 0x0 HPPI update: setting FIQ 0 IRQ 1\n'))).toBe(true);
  expect(qemuLog.detect(Buffer.from('vcpu_worker 753 [001] 11.106203: kvm_pv_eoi: apicid 0 vector 236\n'))).toBe(false);
  expect(qemuLog.detect(Buffer.from('intx_assert of nothing\nsome text\n'))).toBe(false);
  expect(qemuLog.detect(Buffer.from(' qemu-system-x86-22028   [001] .....  1275.154609: kvm_set_irq: gsi 4 level 0 source 0\n'))).toBe(false);
  expect(qemuLog.detect(Buffer.from('intx.assert fn=a\n'))).toBe(false);
});
