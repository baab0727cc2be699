// Findings of bundled recordings, minimised: the same rule on the same thing, few events, none of which can be left out.

import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/event.js';
import type { Finding } from '../../src/finding.js';
import { parseIrq } from '../../src/import/irq.js';
import { find, minimise, type Wanted } from '../../src/minimise/minimise.js';
import { formatEvent } from '../../src/import/irq-write.js';
import { RULES } from '../../src/rules/index.js';
import { readTrace, replayTexts } from '../replay.js';

/** Events of a recording, with its findings. */
async function recorded(texts: readonly string[]): Promise<{ events: Event[]; findings: readonly Finding[] }> {
  const events: Event[] = [];
  const { findings } = await replayTexts(texts.map(readTrace), { before: (event) => void events.push({ ...event }) });
  return { events, findings };
}

describe.each([
  ['kvm-a07-route-changes', 'route/replaced-live-route', 8],
  ['kvm-a05-irqfd-errors', 'route/resample-on-msi', 8],
  ['kvm-c01-msix-table', 'msix/modify-unmasked', 8],
  ['kvm-a08-routing-limits', 'route/exhausted', 8],
])('%s, %s', async (name, id, most) => {
  const { events, findings } = await recorded([`recordings/${name}/raw.txt`, `recordings/${name}/ioctl.jsonl`]);
  const finding = findings.find(({ rule }) => rule === id);
  const rule = RULES.find((each) => each.id === id);
  if (finding === undefined || rule === undefined) throw new Error(`${name} does not show ${id}`);
  const wanted: Wanted = { rule, entity: finding.entity, severity: finding.severity, settings: [] };
  const left = minimise(events, wanted);

  test('few events show the same on the same thing', () => {
    expect(find(left, wanted)?.entity).toBe(finding.entity);
    expect(left.length).toBeLessThanOrEqual(most);
  });

  test('none can be left out', () => {
    for (const event of left) expect(find(left.filter((other) => other !== event), wanted)).toBeUndefined();
  });

  test('written and read again they show it still', () => {
    expect(find(parseIrq(left.map((event) => formatEvent(event)).join('\n'), 'left').events, wanted)).toBeDefined();
  });

  test('twice gives the same', () => {
    expect(minimise(events, wanted)).toEqual(left);
  });
});
