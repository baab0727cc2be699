// Every log under traces/qemu: unmodified device models are clean, whole, from many lines on and with lines lost; a seeded defect is found, not too early.

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { TRACES, readTrace, replayTexts } from './replay.js';

const CUTS = 12;
/** A line that does not parse stands for what was lost. */
const DAMAGE = 'memory_region_ops_write cpu x';

const logsOf = (folder: string): string[] => readdirSync(`${TRACES}qemu/${folder}`).filter((name) => name.endsWith('.log.gz'));
const linesOf = (path: string): string[] => readTrace(path).toString('latin1').split('\n');
const expectationOf = (path: string): { rules: string[]; line: number } => JSON.parse(readTrace(path).toString());

async function complaints(lines: readonly string[]): Promise<string[]> {
  const { findings } = await replayTexts([Buffer.from(lines.join('\n'), 'latin1')]);
  return findings.filter(({ severity }) => severity !== 'info').map(({ rule, at }) => `${rule} ${at.at}`);
}

describe('healthy', () => {
  test.each(logsOf('healthy'))('%s', async (name) => {
    const lines = linesOf(`qemu/healthy/${name}`);
    const step = Math.ceil(lines.length / CUTS);
    for (let from = 0; from < lines.length - 1; from += step) {
      expect(await complaints(lines.slice(from)), `from line ${from + 1} on`).toEqual([]);
      const [stamp] = (lines[from] ?? '').split(':');
      expect(await complaints([...lines.slice(0, from), `${stamp}:${DAMAGE}`, ...lines.slice(from + step / 2)]), `without ${step / 2} lines after ${from}`).toEqual([]);
    }
  });
});

describe('mutant', () => {
  test.each(logsOf('mutant'))('%s', async (name) => {
    const { rules, line } = expectationOf(`qemu/mutant/${name.replace('.log.gz', '.expect.json')}`);
    const found = (await complaints(linesOf(`qemu/mutant/${name}`))).map((complaint) => complaint.split(' '));
    expect(found.map(([rule]) => rule).filter((rule) => rules.includes(rule ?? ''))).not.toEqual([]);
    expect(Math.min(...found.map(([, at]) => Number(at)))).toBeGreaterThanOrEqual(line);
  });
});
