// The JSON report.

import { expect, test } from 'vitest';
import { json } from '../../src/report/json.js';
import { Report } from '../../src/report/json-schema.js';
import { analyse } from './sample.js';

const RECORDING = `
@0 ioapic.rte pin=10 vec=0x41 mask=0
@2000 kvm.msi addr=0xfee00000ffffffff data=1
@3000 ioapic.deliver pin=10 vec=0x41
meta.note text="\x1b\x9b"
@4000 ioapic.deliver pin=10 vec=0x41`;

test('the report has the form that its schema publishes', () => {
  expect(Report.safeParse(JSON.parse(json(analyse(RECORDING)))).error).toBeUndefined();
  const blind = { ...analyse('meta.end'), blind: 'two machines', complete: false };
  expect(Report.parse(JSON.parse(json(blind)))).toMatchObject({ blind: 'two machines', complete: false, verdict: 'undecided' });
});

test('events are records that say where they come from; the first breach in full, the latest named', () => {
  const { report, verdict, events, findings } = JSON.parse(json(analyse(RECORDING)));
  expect({ report, verdict, events }).toEqual({ report: 1, verdict: 'violated', events: 5 });
  expect(findings[0]).toMatchObject({
    rule: 'test/delivery',
    entity: 'pin:ioapic/10',
    count: 2,
    at: { ns: 3000, kind: 'ioapic.deliver', pin: 10, vec: 65, src: 'a.irq:4 ioapic.deliver' },
    because: [{ ns: 0, kind: 'ioapic.rte', src: 'a.irq:2 ioapic.rte' }],
    last: { ns: 4000, src: 'a.irq:6 ioapic.deliver' },
  });
});

test('the text holds no control character', () => {
  expect(json(analyse(RECORDING)).replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
});
