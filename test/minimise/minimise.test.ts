// Findings of bundled recordings, minimised: the same rule on the same thing, few events, none of which can be left out.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
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

/** The first finding of a rule in litmus text, minimised. */
function minimised(text: string, id: string): { left: readonly Event[]; wanted: Wanted } {
  const rule = RULES.find((each) => each.id === id);
  const { events } = parseIrq(text, 'test');
  const found: Finding[] = [];
  if (rule === undefined) throw new Error(`no rule ${id}`);
  const replay = new Replay({ rules: [rule], onFinding: (finding) => void found.push(finding) });
  replay.feed(events);
  const [finding] = found;
  if (finding === undefined) throw new Error(`${id} is not broken`);
  const wanted: Wanted = { rule, entity: finding.entity, severity: finding.severity, settings: [] };
  return { left: minimise(events, wanted), wanted };
}

test('of a storm two cycles are left, and the number that counts as one', () => {
  const cycle = 'ioapic.deliver pin=10 vec=0x41\nioapic.eoi vec=0x41\n';
  const storm = `ioapic.rte pin=10 vec=0x41 dm=0 trig=level mask=0\nioapic.in pin=10 level=1\n${cycle.repeat(1200)}`;
  const { left, wanted } = minimised(storm, 'ioapic/eoi-storm');
  expect(left.map(({ kind }) => kind)).toEqual(['meta.cfg', 'ioapic.in', 'ioapic.eoi', 'ioapic.deliver', 'ioapic.eoi', 'ioapic.deliver']);
  expect(left[0]).toMatchObject({ stormN: 2 });
  for (const event of left) expect(find(left.filter((other) => other !== event), wanted)).toBeUndefined();
});

test('a number that the rule does not count to is not set', () => {
  const { left } = minimised('ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=1\nioapic.in pin=10 level=1\nioapic.deliver pin=10 vec=0x41\n', 'ioapic/deliver-while-masked');
  expect(left.map(({ kind }) => kind)).not.toContain('meta.cfg');
});

test('what stood on lines of its own stays there: a thread that goes on to another line has not moved the INTx line', () => {
  const chans = ['intx.assert', 'intx.deassert', 'intx.line', 'pci.cmd', 'msi.ctrl', 'msix.ctrl', 'pci.reset'].map((chan) => `meta.chan chan=${chan} cover=full\n`).join('');
  const text = `${chans}meta.cfg sync=1\nioapic.in pin=2 level=0\ntid=7 pci.cmd fn=0000:00:09.0 intx_disable=1\ntid=7 intx.assert fn=0000:00:0c.0\ntid=7 intx.line line=20 level=1 by=0000:00:0c.0\ntid=7 pci.reset fn=0000:00:0c.0\ntid=7 intx.assert fn=0000:00:04.0\n`;
  expect(minimised(text, 'intx/stuck-after-reset').left.length).toBe(12);
});

test('what a later loss may excuse is not what is found', () => {
  const rule = RULES.find(({ id }) => id === 'ioapic/deliver-while-masked');
  if (rule === undefined) throw new Error('no such rule');
  const wanted: Wanted = { rule, entity: 'pin:ioapic/10', severity: 'violation', settings: [] };
  const lines = ['@1000 on=0 ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=1', '@2000 on=1 ioapic.deliver pin=10 vec=0x41', '@9000 on=0 meta.lost cpu=0 n=1'];
  const later = ['@9100 on=0 ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=1', '@9200 on=1 ioapic.deliver pin=10 vec=0x41'];
  expect(find(parseIrq(lines.slice(0, 2).join('\n'), 'x').events, wanted)?.at.at).toBe(2);
  expect(find(parseIrq(lines.join('\n'), 'x').events, wanted)).toBeUndefined();
  expect(find(parseIrq([...lines, ...later].join('\n'), 'x').events, wanted)?.at.at).toBe(5);
});

test('what clocks leave unknown shows nothing', () => {
  const rule = RULES.find(({ id }) => id === 'ioapic/deliver-while-masked');
  if (rule === undefined) throw new Error('no such rule');
  const [mask, deliver] = parseIrq('@500000 ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=1\n@1000000 ioapic.deliver pin=10 vec=0x41\n', 'two').events;
  if (mask === undefined || deliver === undefined) throw new Error('two events');
  const events = [mask, { ...deliver, stream: 1 }];
  const wanted = { rule, entity: 'pin:ioapic/10', severity: 'violation', settings: [] } as const;
  expect(find(events, { ...wanted, uncertainties: [0, 2_000_000] })).toBeUndefined();
  expect(find(events, { ...wanted, uncertainties: [0, 1000] })).toBeDefined();
  // with no time left, and one stream
  expect(minimise(events, { ...wanted, uncertainties: [0, 1000] }).map((event) => formatEvent(event))).toEqual(['ioapic.rte pin=10 mask=1', 'ioapic.deliver pin=10 vec=65']);
});
