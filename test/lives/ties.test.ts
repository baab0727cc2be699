// What two logs of one run tell twice comes to the same; the figures are what the recorders' own tools counted in the whole files.

import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/event.js';
import { parseIrq } from '../../src/import/irq.js';
import { Ties } from '../../src/lives/ties.js';
import { parseOffset } from '../../src/commands/offset.js';
import { readTrace, replayTexts } from '../replay.js';

const shown = (ties: Ties): unknown[] => ties.all.map(({ one, others, lossy }) => [...[one, ...others].map(({ what, n, stream }) => `${n} ${what} (${stream})`), ...(lossy ? ['lossy'] : [])]);

async function ofRun(name: string, offset: string): Promise<unknown[]> {
  const ties = new Ties();
  const dir = `recordings/${name}/`;
  const clock = parseOffset(`qemu.log=${offset}`).offset;
  if (clock === 'auto') throw new Error('the distance is given');
  await replayTexts(['trace.txt.gz', 'qemu.log.gz'].map((file) => readTrace(dir + file)), { offsets: new Map([[1, clock]]), before: (event) => ties.feed([event]) });
  return shown(ties);
}

describe("a host's trace and the log of the hardware", () => {
  test('GICv3 with an assigned device: 148 vgic_populate_lr, 7 notify_acked, 2 gicv3_its_translation_write', async () => {
    expect(await ofRun('arm-cut-vfio-intx', '-1795219603.409865s~278us')).toEqual([
      ['148 list registers populated by KVM (0)', '148 list registers written (1)', 'lossy'],
      ['7 maintenance interrupts (1)', '7 ends of SPIs that KVM notifies of (0)', 'lossy'],
      ['2 doorbell writes (1)', '2 LPIs acknowledged (1)'],
    ]);
  });

  test('GICv2: 168 vgic_populate_lr, 2 notify_acked', async () => {
    expect(await ofRun('arm-cut-gicv2-irqfd', '-1795219643.677834s~367us')).toEqual([
      ['168 list registers populated by KVM (0)', '168 list registers written (1)', 'lossy'],
      ['2 maintenance interrupts (1)', '2 ends of SPIs that KVM notifies of (0)', 'lossy'],
    ]);
  });
});

describe('messages to an ITS', () => {
  const of = (text: string, second: readonly number[] = []): unknown[] => {
    const ties = new Ties();
    const events: readonly Event[] = parseIrq(text, 'test').events;
    for (const at of second) Object.assign(events[at] ?? {}, { stream: 1 });
    ties.feed(events);
    return shown(ties);
  };
  const message = (id: number): string => `gic.pend id=${id} msi=1\n`;

  test('are acknowledged, merged, changed by a command or left', () => {
    const text = `${message(8200)}${message(8200)}gic.iar cpu=0 id=8200\n${message(8201)}gic.pend id=8201\n${message(8202)}`;
    expect(of(text)).toEqual([['4 doorbell writes (0)', '1 LPIs acknowledged (0)', '1 merged into one that was pending (0)', '1 changed by a command (0)', '1 left pending (0)']]);
  });

  test('an acknowledge that no message explains shows', () => {
    expect(of(`gic.iar cpu=0 id=8200\n${message(8201)}gic.iar cpu=0 id=8201\n`)).toEqual([['1 doorbell writes (0)', '2 LPIs acknowledged (0)']]);
  });

  test("are the physical GIC's under a hypervisor, whatever its guest acknowledges", () => {
    expect(of('gic.physical\npgic.pend id=8200 msi=1\npgic.iar cpu=0 id=8200\ngic.iar cpu=0 id=8300\n')).toEqual([['1 doorbell writes (0)', '1 LPIs acknowledged (0)']]);
  });

  test('losses of another stream do not excuse a difference', () => {
    const text = `${message(8200)}meta.lost n=1\n`;
    expect(of(text)).toEqual([['1 doorbell writes (0)', '0 LPIs acknowledged (0)', '1 left pending (0)', 'lossy']]);
    expect(of(text, [1])).toEqual([['1 doorbell writes (0)', '0 LPIs acknowledged (0)', '1 left pending (0)']]);
  });
});
