// Lines of QEMU's log that two writers tore, in each way that interleaved writes do: what is hidden counts as lost, what looks whole beside it, too.

import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/event.js';
import type { StreamInfo } from '../../../src/import/format.js';
import { qemuLog } from '../../../src/import/qemu/log.js';
import { random, readTrace, replayTexts } from '../../replay.js';

function read(lines: readonly string[]): { kinds: string[]; losses: { line: number; n: number | undefined }[] } {
  const info: StreamInfo = { file: 'q.log', format: 'qemu-log', recorder: '', clock: 'none', base: 0n, counts: new Map(), lines: 0, losses: [], lossMarks: 0, lostEvents: 0 };
  const decoder = qemuLog.open(info, 0);
  const events: Event[] = [];
  decoder.push(Buffer.from(lines.map((line) => `${line}\n`).join('')), events);
  decoder.end(events);
  return { kinds: events.map(({ kind }) => kind), losses: info.losses.map(({ line, n }) => ({ line, n })) };
}

const IAR = 'gicv3_icc_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x1b';
const EOIR = 'gicv3_icc_eoir_write GICv3 ICC_EOIR1 write cpu 0x0 value 0x1b';
const UNREAD = 'gicv3_cpuif_update GICv3 CPU i/f 0x0 HPPI update: irq 1023 group 2 prio 255';
const WHOLE = Array.from({ length: 4 }, () => UNREAD);
const stamped = (lines: readonly string[]): string[] => lines.map((line, i) => `812@1795223579.31663${i % 10}:${line}`);

test('whole lines lose nothing, the last ones neither', () => {
  expect(read([IAR, UNREAD, EOIR])).toEqual({ kinds: ['meta.cfg', 'gic.iar', 'gic.eoir'], losses: [] });
});

describe('a line is lost', () => {
  // Each hides the acknowledge; what stands in the tear's first line, counted from 5, cannot be trusted.
  test.each([
    ['within its body, another inside', ['gicv3_icc_iar1_read GICv3 ICC_IAR1 reaGICv3', ' cpu 0x0 value 0x1b']],
    ['within its name, one inside that is not read', [`gicv3_ic${UNREAD}`, 'c_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x1b']],
    ['behind its name, one inside that is not read', [`gicv3_icc_iar1_read${UNREAD}`, ' GICv3 ICC_IAR1 read cpu 0x0 value 0x1b']],
    ['behind one that is not read', [UNREAD + IAR]],
    ['behind a piece of one that is not read', [`gicv3_cpuif_up${IAR}`, 'date GICv3 CPU i/f 0x0']],
    ['within its name, between pieces of one that is not read', ['gicv3_cpuif_upgicv3_icc_iar1_readdate GICv3 CPU i/f 0x0', ' GICv3 ICC_IAR1 read cpu 0x0 value 0x1b']],
    ['behind other output', [`login: ${IAR}`]],
    ['without its end', ['gicv3_icc_iar1_r']],
    ['without its start', ['c_iar1_read GICv3 ICC_IAR1 read cpu 0x0 value 0x1b']],
    ['to nothing', ['']],
    ['behind the table entry of an ITS', [`gicv3_its_ite_read GICv3 ITS: Interrupt Table read for ITTaddr 0x40441000 EventID 0x3: valid 1 inttype 1 intid 0x2003 I${IAR}`]],
  ])('torn %s', (_, torn) => {
    const { kinds, losses } = read([...WHOLE, ...torn, ...WHOLE]);
    expect(kinds).toEqual(['meta.lost']);
    expect(losses.map(({ line }) => line)).toEqual([5]);
  });

  test.each([
    ['within its stamp', ['812@17952235813@1795223579.316632:' + IAR, '79.316631:' + EOIR]],
    ['within its thread, which becomes another', ['81813@1795223579.316632:' + UNREAD, '2@1795223579.316631:' + IAR]],
    ['behind its stamp', ['812@1795223579.316631:813@1795223579.316632:' + UNREAD, IAR]],
    ['by a stamp in a line that is not read', ['813@1795223579.316631:gicv3_cpuif_update GICv3 C812@1795223579.316632:gicv3_icc_iar1_PU i/f', 'read GICv3 ICC_IAR1 read cpu 0x0 value 0x1b']],
  ])('stamped and torn %s', (_, torn) => {
    const { kinds, losses } = read([...stamped(WHOLE), '813@1795223579.316639:' + UNREAD, ...torn, ...stamped(WHOLE)]);
    expect(kinds).toEqual(['meta.lost']);
    expect(losses[0]?.line).toBe(6);
  });
});

test('a name that ends in another is one', () => {
  expect(read(['x86_pic_interrupt PIC interrupt #4 level:1', 'ioapic_set_irq vector: 4 level: 1']).losses).toEqual([]);
});

test('lines beside a torn one may be cut short, or hold a digit of another, and look whole: they are lost with it', () => {
  const { kinds, losses } = read([...WHOLE, IAR, `${EOIR}${UNREAD}`, IAR, UNREAD, UNREAD, EOIR, ...WHOLE]);
  expect(kinds).toEqual(['meta.lost', 'meta.cfg', 'gic.eoir']);
  // The two acknowledges, the EOI, and two lines in front that are not read.
  expect(losses).toEqual([{ line: 6, n: 5 }]);
});

test('a look-up of the ITS is not tied to a command in front of lost lines', () => {
  const entry = 'gicv3_its_ite_read GICv3 ITS: Interrupt Table read for ITTaddr 0x40441000 EventID 0x3: valid 1 inttype 1 intid 0x2003 ICID 0x0 vPEID 0x0 doorbell 0x3ff';
  const command = 'gicv3_its_cmd_int GICv3 ITS: command INT DeviceID 0x0 EventID 0x3';
  expect(read([command, ...WHOLE, '', ...WHOLE, entry]).kinds.filter((kind) => kind !== 'meta.cfg')).toEqual(['meta.lost', 'gic.pend']);
});

const CUTS = 16;

/** Three lines as two threads leave them behind, the first one cut at `i` and the second at `j`. */
const TEARS: readonly ((a: string, b: string, c: string, i: number, j: number) => readonly string[])[] = [
  (a, b, c, i) => [a.slice(0, i) + b, a.slice(i), c],
  (a, b, c, i) => [a.slice(0, i) + b + a.slice(i), '', c],
  (a, b, c, i) => [a.slice(0, i) + b, c, a.slice(i)],
  (a, b, c, i, j) => [a.slice(0, i) + b.slice(0, j) + a.slice(i), b.slice(j), c],
  (a, b, c, i, j) => [a.slice(0, i) + b.slice(0, j) + a.slice(i) + b.slice(j), '', c],
  (a, b, c, i) => [b + a, c.slice(0, i), c.slice(i)],
  (a, b, c) => [a + b, c],
  (_, b, c) => ['', b, c],
];

test.each(['g-gicv3-script.log.gz', 'g-kut-gicv2-ipi.log.gz', 'q-intx.log.gz', 'q-e1000e.log.gz'])('%s is healthy however it is torn', async (name) => {
  const lines = readTrace(`qemu/healthy/${name}`).toString('latin1').split('\n');
  const next = random(name.length);
  const below = (n: number): number => Math.floor(next() * n);
  for (const withStamps of [true, false]) {
    const whole = withStamps ? lines : lines.map((line) => line.slice(line.indexOf(':') + 1));
    for (let run = 0; run < CUTS; run++) {
      const at = below(lines.length - 4);
      const [a = '', b = '', c = ''] = whole.slice(at, at + 3);
      const [i, j] = [1 + below(Math.min(a.length, c.length) - 1), 1 + below(b.length - 1)];
      const torn = TEARS[run % TEARS.length]?.(a, b, c, i, j) ?? [];
      const { findings } = await replayTexts([Buffer.from([...whole.slice(0, at), ...torn, ...whole.slice(at + 3)].join('\n'), 'latin1')]);
      expect({ torn, found: findings.filter(({ severity }) => severity !== 'info').map(({ rule }) => rule) }).toEqual({ torn, found: [] });
    }
  }
});
