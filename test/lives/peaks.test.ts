// Limited resources: how many were in use at once, and of how many.

import { describe, expect, test } from 'vitest';
import { parseIrq } from '../../src/import/irq.js';
import { Peaks } from '../../src/lives/peaks.js';

function peaksOf(text: string, stream: (line: number) => number = () => 0): (readonly [string, number, number | undefined, number, number | undefined])[] {
  const peaks = new Peaks();
  peaks.feed(parseIrq(text, 'test').events.map((event) => Object.assign(event, { stream: stream(event.at) })));
  return peaks.all.map(({ what, peak, limit, now, at }) => [what, peak, limit, now, at?.at]);
}

const flush = (lr: number, st = 'P', cpu = 0): string => `vgic.flush cpu=${cpu} lr=${lr} vid=${40 + lr} st=${st} hw=0\n`;

describe('list registers', () => {
  test('of each vCPU: filled, read back, filled again', () => {
    const text = `meta.cfg nrLr=4\n${flush(0)}${flush(1)}vgic.fold cpu=0\n${flush(0)}${flush(1)}${flush(2)}${flush(0, 'P', 1)}vgic.fold cpu=0 lr=1 vid=41 st=I\n`;
    expect(peaksOf(text)).toEqual([
      ['list registers of vCPU 0', 3, 4, 2, 7],
      ['list registers of vCPU 1', 1, 4, 1, 8],
    ]);
  });

  test('one that is written again or emptied by a write counts once, or not', () => {
    expect(peaksOf(flush(0) + flush(0) + flush(0, 'I') + flush(1))).toEqual([['list registers of vCPU 0', 1, undefined, 1, 1]]);
  });

  test('what was in use before a loss may be free after it', () => {
    expect(peaksOf(`${flush(0)}${flush(1)}meta.lost n=1\n${flush(2)}`)).toEqual([['list registers of vCPU 0', 2, undefined, 1, 2]]);
  });

  test('what two recorders show of one vCPU is told apart', () => {
    const lines = [flush(0), flush(1), flush(0)].join('');
    expect(peaksOf(lines, (line) => (line === 3 ? 1 : 0)).map(([what, peak]) => [what, peak])).toEqual([
      ['list registers of vCPU 0 (file 1)', 2],
      ['list registers of vCPU 0 (file 2)', 1],
    ]);
  });
});

test('routes, irqfds and source ids', () => {
  const text = 'meta.cfg maxRoutes=1024\nkvm.routes nr=30 ret=0 map=0-29\nkvm.routes nr=20 ret=0 map=0-19\nkvm.irqfd.assign fd=7 gsi=1 flags=0 ret=0\nkvm.irqfd.deassign fd=7 gsi=1 ret=0\nkvm.src.alloc ret=2\n';
  expect(peaksOf(text)).toEqual([
    ['GSI routes', 30, 1024, 20, 2],
    ['irqfds', 1, undefined, 0, 4],
    ['IRQ source ids', 1, 64, 1, 6],
  ]);
});
