// QEMU's log with bytes missing: the start of a line in front of the end of another, which may look like a whole line or like other output.

import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/event.js';
import type { StreamInfo } from '../../../src/import/format.js';
import { qemuLog } from '../../../src/import/qemu/log.js';
import { builtInSignatures } from '../../../src/import/qemu/signatures.js';
import { loud, random, readTrace, replayTexts } from '../../replay.js';

function lossesIn(lines: readonly string[]): number[] {
  const info: StreamInfo = { file: 'q.log', format: 'qemu-log', recorder: '', clock: 'none', base: 0n, counts: new Map(), lines: 0, losses: [], lossMarks: 0, lostEvents: 0 };
  const decoder = qemuLog.open(info, 0);
  const events: Event[] = [];
  decoder.push(Buffer.from(lines.map((line) => `${line}\n`).join('')), events);
  decoder.end(events);
  return info.losses.map(({ line }) => line);
}

const IAR = 'gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x1b';
const COLLECTION = 'gicv3_its_cte_read GICv3 ITS: Collection Table read for ICID 0x0: valid 1 RDBase 0x0';
const COMPLETION = 'pci_nvme_enqueue_req_completion cid 1091 cqid 2 dw0 0x0 dw1 0x0 status 0x0';
/** Of no event that is known beforehand; with eight, it is settled how it looks. */
const OTHER = Array.from({ length: 9 }, (_, i) => `acme_irq_state state 0x0${i} of line ${i} is settled`);
const BEFORE = [IAR, COLLECTION, COMPLETION, ...OTHER, IAR];
const BEHIND = [IAR, IAR, IAR];
const DAMAGED = BEFORE.length + 1;
const stamped = (lines: readonly string[], first = 100): string[] => lines.map((line, i) => `812@1795223579.316${first + i}:${line}`);

describe('the start of a line and the end of another are told, with stamps', () => {
  test.each([
    ['cut in the stamp', '8ing SGI 1 IRM 0 target affinity 0x0xx targetlist 0x2'],
    ['cut in the stamp, behind the thread', '812@1interrupt 27 level changed to 1'],
    ['a rest of a number behind it', '812@17952231b'],
    ['cut in the name', '812@1795223579.316200:gicv3_icc_iar1 0x10: valid 1 size 0x1 ITTaddr 0x43133000'],
    ['cut in the first word of the name', '812@1795223579.316200:ioapi mem write addr 0x10 regsel: 0x10 size 0x4 val 0x8051'],
    ['cut in the name and in another', '812@1795223579.316200:gicv3_its_and at offset 0xe6: 0xa'],
    ['cut in a body that is not read', `812@1795223579.316200:${COLLECTION.slice(0, 60)}02:gicv3_icc_pmr_read GICv3 ICC_PMR read cpu 0x0 value 0xf0`],
    ['cut in a body that is not read, behind a number', `812@1795223579.316200:${COLLECTION.slice(0, 69)}ory_region_ops_write cpu -1 mr 0x555556 addr 0xfee00000 value 0xc6 size 4 name 'apic-msi'`],
    ['cut in a body that was never seen before', '812@1795223579.316200:acme_irq_state state 0x0level changed to 1'],
    ['short of words', '812@1795223579.316200:acme_irq_state state 0x01 of line 1'],
    ['the register of another event', '812@1795223579.316200:gicv3_icc_iar1_read GICv3 ICC_EOIR1 read cpu 0x0 value 0x1b'],
    ['short of the digits that are always printed', '812@1795223579.316200:gic_cpu_read cpu 0 iface read at 0x00: 0x0000001b'],
    ['a pointer and the rest of another', "812@1795223579.316200:memory_region_ops_write cpu 0 mr 0x5555573127a127a0 addr 0xe000c008 value 0x0 size 4 name 'msix-table'"],
    ['a value and the rest of another', '812@1795223579.316200:gicv3_redist_read GICv3 redistributor 0x0 read: offset 0x10300 data 0x800000000000 size 4 secure 0'],
    ['a value and the rest of another, of a byte', "812@1795223579.316200:memory_region_ops_write cpu 0 mr 0x5597b98891d0 addr 0x21 value 0xb80 size 1 name 'pic'"],
    ['digits behind the start of a name', '812@1795223579.316200:gic_hy0000008 0x00000004'],
    ['a word behind the start of a name', '812@1795223579.316200:gicvue 0x1a'],
    ['a start that is all of a name', '812@1795223579.316200:gic_ack 0x1'],
    ['cut in the stamp and in a word that differs', '81u 0 acknowledged irq 1023'],
    ['cut in the stamp and between numbers', '81at 0x00001000 0x00000001'],
    ['cut in the name and in a body that is not read', '812@1795223579.316200:acme_ipriority mask 240 cpu running priority 256'],
    ['a pointer of a queue and the rest of another', '812@1795223579.316200:virtio_queue_notify vdev 0x55555721d600 n 0 vq 0x7ffff528f0fff528f010'],
    ['a block of zeros', `812@1795223579.316200:${COLLECTION.slice(0, 60)}\0\0\0\0\0x0`],
    ['a name with a byte that is another', `812@1795223579.316200:gicv3_icc_ibr1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x1b`],
    ['a time and the rest of another, past', `812@179.316200:${IAR}`],
    ['a thread and the rest of another', `81212@1795223579.316200:${IAR}`],
  ])('%s', (_, line) => {
    expect(lossesIn([...stamped(BEFORE), line, ...stamped(BEHIND, 300)])).toEqual([DAMAGED]);
  });

  test('a time that comes later than it can be is told by those behind it', () => {
    expect(lossesIn([...stamped(BEFORE), `812@17952223579.316200:${IAR}`, ...stamped(BEHIND, 300)])).toEqual([DAMAGED + 1]);
  });
});

test.each([
  ['the start of a name', 'gicv3_icc_e'],
  ['the end of a body', 'vel changed to 1'],
  ['a number', '0x1b'],
  ['cut in the name, like a name', 'memory_regio 0x5597b99a7c20 addr 0xcf8 value 0x1'],
  ['cut in the name, with a body', "memory_region_ops_0xe004002c value 0x1 size 4 name 'msix-table'"],
  ['cut in two names', 'gic3 ICC_IAR1 read cpu 0x1 value 0x1a'],
])('without stamps, %s is told', (_, line) => {
  expect(lossesIn([...BEFORE, line, ...BEHIND])).toEqual([DAMAGED]);
});

test('blocks in another order, or twice, are told where they begin that are out of order, and where they end', () => {
  const [a, b, c] = [stamped(BEFORE), stamped(BEFORE, 200), stamped(BEFORE, 300)] as const;
  const n = BEFORE.length;
  expect(lossesIn([...a, ...b, ...c])).toEqual([]);
  expect(lossesIn([...b, ...a, ...c])).toEqual([n + 1, 2 * n + 1]);
  expect(lossesIn([...a, ...a, ...c])).toEqual([n + 1, 2 * n + 1]);
  // Another thread went on writing meanwhile.
  expect(lossesIn([...b, ...a.map((line) => line.replace('812@', '977@')), `812@1795223579.316150:${IAR}`, ...c])).toEqual([2 * n + 1]);
});

describe('nothing is lost by', () => {
  test('whole lines of events whose names begin or end as others do', () => {
    const lines = ['gicv3_its_cmd_inv GICv3 ITS: command INV DeviceID 0x10 EventID 0x1', 'gicv3_its_cmd_invall GICv3 ITS: command INVALL', 'pic_interrupt irq 4 intno 12', 'x86_pic_interrupt PIC interrupt #4 level:1'];
    for (const order of [lines, lines.toReversed()]) {
      expect(lossesIn(order)).toEqual([]);
      expect(lossesIn(stamped(order))).toEqual([]);
    }
  });

  test('whole lines of any event, in any order', () => {
    const next = random(7);
    // Of a narrow type what every machine has, as a pin, a size or a level, and of a wide one what fits in so many bytes.
    const digits = [1n, 9n, 0x1bn, 0x20n, 0xffn];
    const lines = builtInSignatures().flatMap((signature) => {
      if (signature === undefined || /^(?:pci|vfio|msix|gic_(?:cpu|update_best|update_set|ack))/.test(signature.name)) return [];
      const body = (): string => signature.print(signature.parameters.map(({ string, narrow }) => (string ? 'e1000e' : narrow ? 1n : digits[Math.floor(next() * digits.length)] ?? 1n)));
      return Array.from({ length: 3 }, () => ({ line: `${signature.name} ${body()}`, at: next() }));
    });
    const shuffled = lines.sort((a, b) => a.at - b.at).map(({ line }) => line);
    expect(shuffled.length).toBeGreaterThan(300);
    expect(lossesIn(shuffled)).toEqual([]);
    expect(lossesIn(stamped(shuffled))).toEqual([]);
  });

  test('events that are not read, of one family: one body, names that begin or end alike', () => {
    const names = ['acme_kick_eventfd', 'acme_kick', 'acme_ring_kick', 'acme_ring_kick_eventfd'];
    for (const order of [names, names.toReversed()]) expect(lossesIn([...BEFORE, ...order.map((name) => `${name} device 0x55 ring 0x56`), ...BEHIND])).toEqual([]);
  });

  test('the phases of resets, of which one is read, and others print the same', () => {
    const parts = (phase: string, count: number, [exec, end]: readonly [string, string]): string[] => [`${phase}_begin # count=${count} type=0`, `${phase}_exec # ${exec}`, `${phase}_end # ${end}`];
    const phases = [...parts('enter', 0, ['type=0 method=0', 'count=1']), ...parts('hold', 1, ['method=0', 'count=1']), ...parts('exit', 1, ['method=0', 'count=0'])];
    const lines = ['0x557ee1f2b740(qemu64-x86_64-cpu)', '0x557ee1f1f430(System)', '0x557ee29b6ac0(edu)'].flatMap((object) => phases.map((line) => `resettable_phase_${line.replace('#', `obj=${object}`)}`));
    for (const order of [lines, lines.slice(4), lines.slice(8), lines.toReversed(), lines.filter((line) => line.includes('exec'))]) expect(lossesIn(stamped(order))).toEqual([]);
  });

  test('an event with strings that differ', () => {
    const on = (...devices: string[]): string[] => devices.map((device, i) => `acme_reset obj=0x5${i}(${device}) method=${i % 2}`);
    expect(lossesIn([...BEFORE, ...on('e1000e', 'e1000', 'virtio-net-pci', 'virtio-net', 'pci', 'pcie', 'nvme'), ...BEHIND])).toEqual([]);
    expect(lossesIn([...BEFORE, ...on(...Array.from({ length: 20 }, () => 'e1000e'), 'e1000', 'nvme'), ...BEHIND])).toEqual([]);
  });

  test('other output of QEMU and of its guest', () => {
    const output = [
      "qemu-system-x86_64: warning: TCG doesn't support requested feature: CPUID.01H:ECX.vmx [bit 5]",
      "Invalid read at addr 0x0, size 4, region '(null)', reason: rejected",
      '     0: v=08 e=0000 i=0 cpl=0 IP=0008:00000000000efe2f pc=00000000000efe2f',
      'EAX=000f9d50 EBX=00000000 ECX=00000000 EDX=00000cf9',
      'Servicing hardware INT=0x08',
      '[    0.123456] pci 0000:00:01.0: BAR 0 [mem 0xfe000000-0xfeffffff]',
      '0x000efe2f:  89 c8                    movl     %ecx, %eax',
      'eth0: link up, 100Mbps',
      'login: ',
      'IN: ',
      'pic',
      'face',
      'interrupt 4 of device 7',
    ];
    const lines = (events: readonly string[]): string[] => events.flatMap((line, i) => [line, output[i % output.length] ?? '']);
    expect(lossesIn(lines([...BEFORE, ...BEHIND]))).toEqual([]);
    expect(lossesIn(lines(stamped([...BEFORE, ...BEHIND])))).toEqual([]);
  });

  test('threads that write a little later than they took the time', () => {
    const at = (time: number): string => `2026-11-21T00:10:28.${time}Z ${IAR}`;
    expect(lossesIn([at(235321), at(235325), at(235323), at(235330)])).toEqual([]);
    expect(lossesIn([`812@1795223579.316105:${IAR}`, `813@1795223579.316102:${IAR}`, `812@1795223579.316106:${IAR}`])).toEqual([]);
  });
});

const CUTS = 24;
const MOST = 200;

test.each(['g-gicv3-lpi.log.gz', 'lx-arm-gicv2-head.log.gz', 'q-nvme-rand1.log.gz', 'q-ioapic.log.gz', 'g-x86-apic.log.gz'])('%s is healthy whatever bytes are missing', async (name) => {
  const whole = readTrace(`qemu/healthy/${name}`);
  const next = random(name.length);
  for (const log of [whole, Buffer.from(whole.toString('latin1').replaceAll(/^.*?:/gm, ''), 'latin1')]) {
    for (let run = 0; run < CUTS; run++) {
      const at = Math.floor(next() * (log.length - MOST));
      const end = at + 1 + Math.floor(next() * MOST);
      const { findings } = await replayTexts([Buffer.concat([log.subarray(0, at), log.subarray(end)])]);
      expect({ at, end, found: loud(findings) }).toEqual({ at, end, found: [] });
    }
  }
});
