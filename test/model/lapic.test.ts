// What an injection tells of a local APIC whose requests may not be recorded.

import { expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { vcpu } from '../../src/ids.js';
import { parseIrq } from '../../src/import/irq.js';
import { F, U, type Tri } from '../../src/model/tri.js';

/** ISR bit 0x4a after an injection that may be the 8259 pair's. */
function inService(cover: 'full' | 'none'): Tri {
  const replay = new Replay({ rules: [] });
  const start = `meta.start state=reset except=pic\nmeta.chan chan=* cover=full\nmeta.chan chan=apic.accept cover=${cover}\n`;
  replay.feed(parseIrq(`${start}pic.in pin=4 level=1\ncpu.inject cpu=0 vec=0x4a\n`, 'lapic').events);
  return replay.machine.lapics.of(vcpu(0)).bit('isr', 0x4a);
}

test('a vector that was not requested came from the 8259 pair', () => {
  expect(inService('full')).toBe(F);
});

test('where requests are not recorded it may have been one', () => {
  expect(inService('none')).toBe(U);
});
