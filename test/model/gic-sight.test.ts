// Recorders select their events: a log of a healthy GIC stays clean whichever of its events was not recorded, whole and from the middle on.

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loud, readTrace, replayTexts, TRACES } from '../replay.js';

const LINES = 250;

const LOGS = readdirSync(`${TRACES}qemu/healthy`).filter((name) => /gic|kvm/.test(name) && !/gicv3-(rand2|script)/.test(name));

/** Of `gicv3_icc_pmr_write GICv3 ICC_PMR ...` behind a stamp. */
const nameOf = (line: string): string => /^(?:\d+@[\d.]+:)?(\w+)/.exec(line)?.[1] ?? '';

const GROUPS = [/_read$/, /_write$/, /_icc_/, /_ic[hv]_/, /_redist_/, /_dist_/, /_cpu_/, /_set_irq$/];

/** What may be left out: each event alone, and what belongs together. */
function selections(names: readonly string[]): { what: string; without: (name: string) => boolean }[] {
  const one = names.map((gone) => ({ what: gone, without: (name: string) => name === gone }));
  const groups = GROUPS.flatMap((group) => [
    { what: `all of ${group.source}`, without: (name: string) => group.test(name) },
    { what: `all but ${group.source}`, without: (name: string) => !group.test(name) },
  ]);
  return [...one, ...groups];
}

describe.each(LOGS)('%s', (name) => {
  test('is clean without any of its events', async () => {
    const all = readTrace(`qemu/healthy/${name}`).toString('latin1').split('\n');
    const names = [...new Set(all.map(nameOf))].filter((name) => name.startsWith('gic'));
    expect(names.length).toBeGreaterThan(4);
    const wrong: string[] = [];
    for (const from of [0, all.length >> 1])
      for (const { what, without } of selections(names)) {
        const left = all.slice(from, from + LINES).filter((line) => !without(nameOf(line)));
        if (left.join('').trim() === '') continue;
        const { findings } = await replayTexts([Buffer.from(`${left.join('\n')}\n`, 'latin1')]);
        wrong.push(...loud(findings).map((found) => `${found} without ${what} from line ${from + 1}`));
      }
    expect(wrong).toEqual([]);
  });
});

test('an interrupt of the Secure group 1 may be acknowledged by the register of group 1, which is not recorded', async () => {
  const all = readTrace('qemu/healthy/g-gicv3-two-states.log.gz').toString('latin1').split('\n');
  const left = all.filter((line) => nameOf(line) !== 'gicv3_icc_iar1_read');
  expect(all.length - left.length).toBeGreaterThan(20);
  const { findings } = await replayTexts([Buffer.from(left.join('\n'), 'latin1')]);
  expect(loud(findings)).toEqual([]);
});
