// However a file comes in pieces, the events are the same.

import { describe, expect, test } from 'vitest';
import { capture, read } from './text.js';

const SMALL = ['trace-cmd/vfio-intx.txt', 'perf-script/lost.txt'];

describe('pieces', () => {
  test.each(SMALL)('%s cut at every byte', (name) => {
    const text = capture(name);
    const whole = read(text);
    const differing = Array.from({ length: text.length }, (_, at) => at).filter((at) => {
      const { events, info } = read(text, [at]);
      return events.length !== whole.events.length || info.lossMarks !== whole.info.lossMarks || JSON.stringify(events) !== JSON.stringify(whole.events);
    });
    expect(differing).toEqual([]);
  });

  test.each(['tracefs/steps.txt', 'tracefs/probes.txt', 'tracefs/lost-pipe.txt', 'trace-cmd/route-scan.txt', 'tracefs/autoeoi.txt'])('%s byte by byte, and in odd pieces', (name) => {
    const text = capture(name);
    const whole = read(text);
    for (const size of [1, 7, 997]) {
      const { events, info } = read(text, Array.from({ length: Math.ceil(text.length / size) }, () => size));
      expect(events).toEqual(whole.events);
      expect([info.counts, info.lines, info.base]).toEqual([whole.info.counts, whole.info.lines, whole.info.base]);
    }
  });
});
