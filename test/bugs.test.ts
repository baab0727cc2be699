// Real bugs as litmus tests: the shortest sequence each produced is flagged exactly where it is marked, and what the fixed code does is clean.
// Knowing nothing of the start adds nothing to either.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Replay } from '../src/analyze.js';
import type { Event } from '../src/event.js';
import { parseIrq } from '../src/import/irq.js';
import { RULES } from '../src/rules/index.js';
import { TRACES } from './replay.js';

/** A bug that is slow but right: nothing may be said of it. */
const HARMLESS = new Set(['2025-stale-eoi-exit']);

const NAMES = readdirSync(`${TRACES}bugs`)
  .filter((name) => name.endsWith('.irq') && !name.endsWith('.fixed.irq'))
  .map((name) => name.replace(/\.irq$/, ''))
  .sort();

const read = (name: string): string => readFileSync(`${TRACES}bugs/${name}.irq`, 'utf8');

/** Above info, or marked: `index rule`. */
function found(events: readonly Event[], marked: readonly string[]): string[] {
  const all: string[] = [];
  const onFinding = ({ at, rule, severity }: { at: Event; rule: string; severity: string }): void => {
    const key = `${events.indexOf(at)} ${rule}`;
    if (severity !== 'info' || marked.includes(key)) all.push(key);
  };
  new Replay({ rules: RULES, onFinding }).feed(events);
  return all.sort();
}

const marksOf = (text: string): string[] =>
  [...parseIrq(text, 'bug').marks].flatMap(([index, rules]) => rules.map((rule) => `${index} ${rule}`)).sort();

const fromUnknown = (text: string): string => text.replace('meta.start state=reset', 'meta.start state=unknown');

test('every bug has its fixed form, and there are dozens', () => {
  expect(NAMES.filter((name) => !readdirSync(`${TRACES}bugs`).includes(`${name}.fixed.irq`))).toEqual([]);
  expect(NAMES.length).toBeGreaterThan(30);
});

describe.each(NAMES)('%s', (name) => {
  const text = read(name);
  const marks = marksOf(text);

  test('is flagged where it is marked and nowhere else', () => {
    expect(marks.length > 0).toBe(!HARMLESS.has(name));
    expect(found(parseIrq(text, name).events, marks)).toEqual(marks);
  });

  test('shows nothing more from an unknown start', () => {
    expect(found(parseIrq(fromUnknown(text), name).events, marks).filter((key) => !marks.includes(key))).toEqual([]);
  });

  test('shows nothing more if any event is lost, or if the recording begins anywhere', () => {
    const { events } = parseIrq(text, name);
    const whole = new Set(found(events, marks).map((key) => key.replace(/^\d+ /, '')));
    const lost = parseIrq('meta.lost n=1\n', 'loss').events;
    const worse = events.flatMap((event, i) => {
      if (event.kind.startsWith('meta.')) return [];
      const cut = events.filter((other, at) => at >= i || other.kind === 'meta.chan' || other.kind === 'meta.cfg');
      return [[...events.slice(0, i), ...lost, ...events.slice(i + 1)], cut].flatMap((left) => found(left, marks).filter((key) => !whole.has(key.replace(/^\d+ /, ''))));
    });
    expect(worse).toEqual([]);
  });

  test('is clean once fixed, from reset and from an unknown start', () => {
    const fixed = read(`${name}.fixed`);
    expect(marksOf(fixed)).toEqual([]);
    for (const start of [fixed, fromUnknown(fixed)]) expect(found(parseIrq(start, name).events, [])).toEqual([]);
  });

  test('says what happened and where it is told', () => {
    expect(text).toMatch(/^# (?:KVM|QEMU|Linux|Cloud Hypervisor|FreeBSD)\b/);
  });
});
