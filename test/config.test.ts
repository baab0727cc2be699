// The configuration: severities, suppressions with reason and last day, and what is wrong with one.

import { describe, expect, test } from 'vitest';
import { applyConfig, baseline, Config } from '../src/config.js';
import { analyse } from './report/sample.js';

const analysis = analyse('@1 ioapic.deliver pin=1 vec=2\n@2 ioapic.deliver pin=2 vec=2\n@3 meta.note text=x\n');
const TODAY = '2026-11-28';
const rules = (config: Config): unknown => applyConfig(analysis, config, TODAY).analysis.findings.map(({ rule, severity, entity }) => `${severity} ${rule} ${entity}`);

test('without anything nothing changes', () => {
  expect(rules({})).toEqual(['violation test/delivery pin:ioapic/1', 'violation test/delivery pin:ioapic/2', 'info test/note notes']);
});

test('a severity is the project\'s, off drops', () => {
  expect(rules({ severity: { 'test/delivery': 'info', 'test/note': 'off' } })).toEqual(['info test/delivery pin:ioapic/1', 'info test/delivery pin:ioapic/2']);
});

describe('suppressions', () => {
  const reason = 'known';

  test('of one thing, of things by pattern, of a rule', () => {
    expect(rules({ suppress: [{ rule: 'test/delivery', entity: 'pin:ioapic/1', reason }] })).toHaveLength(2);
    expect(rules({ suppress: [{ rule: 'test/delivery', entity: 'pin:*', reason }] })).toEqual(['info test/note notes']);
    expect(rules({ suppress: [{ rule: 'test/delivery', reason }] })).toEqual(['info test/note notes']);
    expect(rules({ suppress: [{ rule: 'test/delivery', entity: 'pin.ioapic.1', reason }] })).toHaveLength(3);
  });

  test('are counted', () => {
    expect(applyConfig(analysis, { suppress: [{ rule: 'test/delivery', reason }] }, TODAY).analysis.suppressed).toBe(2);
  });

  test('hold on their last day and not after it, and say that they ran out', () => {
    const config = (until: string): Config => ({ suppress: [{ rule: 'test/delivery', reason, until }] });
    expect(applyConfig(analysis, config(TODAY), TODAY)).toMatchObject({ errors: [], analysis: { suppressed: 2 } });
    expect(applyConfig(analysis, config('2026-11-27'), TODAY)).toMatchObject({
      errors: ['the suppression of test/delivery ran out on 2026-11-27 (known)'],
      analysis: { suppressed: 0 },
    });
  });

  test('that no finding uses are errors', () => {
    expect(applyConfig(analysis, { suppress: [{ rule: 'test/delivery', entity: 'x', reason }] }, TODAY).errors).toEqual([
      'the suppression of test/delivery x is used by no finding (known)',
      'one that is about other recordings names them in "recording"',
    ]);
  });

  test('of other recordings are neither used nor missed', () => {
    const config = (recording: string): Config => ({ suppress: [{ rule: 'test/delivery', reason, recording }] });
    const named = { ...analysis, streams: analysis.streams.map((stream) => ({ ...stream, file: 'ci/run 7/boot.dat' })) };
    for (const recording of ['boot.dat', 'boot*', 'run 7/boot.dat', 'ci/*']) expect(applyConfig(named, config(recording), TODAY)).toMatchObject({ errors: [], analysis: { suppressed: 2 } });
    for (const recording of ['oot.dat', 'boot.da', 'other.dat']) expect(applyConfig(named, config(recording), TODAY)).toMatchObject({ errors: [], analysis: { suppressed: 0 } });
    expect(applyConfig(named, { suppress: [{ rule: 'test/delivery', entity: 'x', reason, recording: 'boot.dat' }] }, TODAY).errors).toEqual(['the suppression of test/delivery x is used by no finding (known)']);
    // what is known of another recording is new in this one
    expect(baseline(config('other.dat'), named, 'new').suppress).toHaveLength(3);
  });
});

test('a baseline suppresses what is loud now, once', () => {
  const config = baseline({}, analysis, 'first');
  expect(config.suppress).toEqual(['pin:ioapic/1', 'pin:ioapic/2'].map((entity) => ({ rule: 'test/delivery', entity, reason: 'first' })));
  expect(rules(config)).toEqual(['info test/note notes']);
  expect(baseline(config, analysis, 'second')).toEqual(config);
});

test.each([
  [{ suppress: [{ rule: 'a/b' }] }],
  [{ suppress: [{ rule: 'a/b', reason: '' }] }],
  [{ suppress: [{ rule: 'a/b', reason: 'x', until: 'tomorrow' }] }],
  [{ severity: { 'a/b': 'loud' } }],
  [{ colour: true }],
])('%j is refused', (config) => {
  expect(Config.safeParse(config).success).toBe(false);
});
