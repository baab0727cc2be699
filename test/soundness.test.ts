// What keeps false alarms away, over every rule page and every small recording: knowing less never adds a finding.
// Unknown initial values, events lost in transit, recordings that begin in the middle, recorders that declare nothing.

import { readdirSync, readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Replay } from '../src/analyze.js';
import type { Event } from '../src/event.js';
import { TraceError } from '../src/import/format.js';
import { parseIrq } from '../src/import/irq.js';
import { RULES } from '../src/rules/index.js';
import type { Rule } from '../src/rules/rule.js';
import { readTrace, replayTexts, TRACES } from './replay.js';
import { readPages, type Block } from './rules/page.js';
import { prelude, type Start } from './rules/run-block.js';

interface Case {
  readonly name: string;
  readonly file: string;
  readonly block: Block;
}

const CASES: readonly Case[] = readPages().flatMap(({ rule, file, blocks }) =>
  blocks.map((block) => ({ name: `${rule} line ${block.line}`, file, block })),
);

/** Components as `meta.start except=` names them. */
const COMPONENTS = [...readFileSync(new URL('../src/model/machine.ts', import.meta.url), 'utf8').matchAll(/^ {4}(\w+): this\.\w+,$/gm)].map(
  ([, name]) => name ?? '',
);

/** Findings as event and rule, so that runs over other choices of the same events compare. */
type Found = Map<Event, Set<string>>;

interface Outcome {
  readonly found: Found;
  /** What every rule came to, judgement by judgement. */
  verdicts(): string;
}

interface RunOptions {
  readonly before: readonly Event[];
  /** Findings above info only. */
  readonly loud?: boolean;
}

/** The rules that can say anything of these events: leaving the others out saves most of the time. */
function rulesFor(events: readonly Event[]): readonly Rule[] {
  const kinds = new Set<string>(events.map(({ kind }) => kind));
  return RULES.filter(({ on = {}, late }) => late !== undefined || Object.keys(on).some((kind) => kinds.has(kind)));
}

function outcome(events: readonly Event[], { before, loud = false }: RunOptions): Outcome {
  const found: Found = new Map();
  const replay = new Replay({
    rules: rulesFor(events),
    onFinding: ({ at, rule, severity }) => {
      if (loud && severity === 'info') return;
      found.set(at, (found.get(at) ?? new Set()).add(rule));
    },
  });
  replay.feed(before);
  replay.feed(events);
  return { found, verdicts: () => JSON.stringify(replay.verdicts()) };
}

const run = (events: readonly Event[], options: RunOptions): Found => outcome(events, options).found;

const reset = ({ block }: Case, start: Partial<Start> = {}): readonly Event[] => prelude({ state: 'reset', except: block.except, ...start });

/** What `less` finds in the events that are left and `more` does not: `rule at event`. A finding may move on if the event it was made at is gone. */
function added(less: Found, more: Found, events: readonly Event[], left: readonly Event[] = events): string[] {
  const here = new Set(left);
  const moved = new Set([...more].flatMap(([at, rules]) => (here.has(at) ? [] : [...rules])));
  return [...less].flatMap(([at, rules]) =>
    [...rules].filter((rule) => more.get(at)?.has(rule) !== true && !moved.has(rule)).map((rule) => `${rule} at ${events.indexOf(at)} ${at.kind}`),
  );
}

/** Declarations and configuration are no events that a recorder loses. */
const isStatement = ({ kind }: Event): boolean => kind.startsWith('meta.') && kind !== 'meta.lost';

function lostAt(event: Event): Event {
  const [lost] = parseIrq('meta.lost n=1\n', 'loss').events;
  if (lost === undefined) throw new Error('no event');
  return Object.assign(lost, { ns: event.ns, on: event.on, tid: event.tid, stream: event.stream });
}

const withLosses = (events: readonly Event[], indices: readonly number[]): Event[] =>
  events.map((event, i) => (indices.includes(i) && !isStatement(event) ? lostAt(event) : event));

const pairs = (names: readonly string[]): string[] => names.flatMap((a, i) => names.slice(i + 1).map((b) => `${a},${b}`));

test('the components are read from the machine', () => {
  expect(COMPONENTS).toContain('ioapic');
  expect(COMPONENTS.length).toBeGreaterThanOrEqual(8);
});

describe.each(CASES)('$name', (example) => {
  const { file, block } = example;
  const prepare = (): { events: readonly Event[]; whole: Found } => {
    const { events } = parseIrq(block.text, file);
    return { events, whole: run(events, { before: reset(example) }) };
  };

  test('an unknown initial state adds nothing', () => {
    const { events, whole } = prepare();
    const unknown = (except: string): Outcome => outcome(events, { before: reset(example, { except: [block.except, except].join(',') }) });
    const known = unknown('').verdicts();
    const single = COMPONENTS.map((name) => ({ except: name, ...unknown(name) }));
    // A component whose unknown start changes no judgement is left out of the pairs.
    const matter = single.filter(({ verdicts }) => verdicts() !== known).map(({ except }) => except);
    const several = [...pairs(matter), COMPONENTS.join(',')].map((except) => ({ except, found: unknown(except).found }));
    const worse = [...single, ...several].flatMap(({ except, found }) => added(found, whole, events).map((what) => `${what} with ${except} unknown`));
    expect(worse).toEqual([]);
  });

  test('a recorder that declares nothing adds nothing', () => {
    const { events, whole } = prepare();
    const start = reset(example).filter(({ kind }) => kind !== 'meta.chan');
    expect(added(run(events, { before: start }), whole, events)).toEqual([]);
  });

  test('a lost event adds nothing', () => {
    const { events, whole } = prepare();
    const worse = events.flatMap((event, i) => {
      if (isStatement(event)) return [];
      const left = withLosses(events, [i]);
      return added(run(left, { before: reset(example) }), whole, events, left).map((what) => `${what} with ${i} ${event.kind} lost`);
    });
    expect(worse).toEqual([]);
  });

  test('two lost events add nothing', () => {
    const { events, whole } = prepare();
    const index = fc.nat(Math.max(0, events.length - 1));
    const property = fc.property(index, index, (a, b) => {
      const left = withLosses(events, [a, b]);
      expect(added(run(left, { before: reset(example) }), whole, events, left)).toEqual([]);
    });
    fc.assert(property, { seed: 4101, numRuns: 12 });
    expect(events.length).toBeGreaterThan(0);
  });

  test('where single events were chosen, none that is left out adds anything', () => {
    const { events, whole } = prepare();
    const chosen = parseIrq('meta.cfg partial=1\n', 'chosen').events;
    const worse = events.flatMap((event, i) => {
      if (isStatement(event)) return [];
      const left = events.filter((_, at) => at !== i);
      return added(run(left, { before: [...reset(example), ...chosen] }), whole, events, left).map((what) => `${what} without ${i} ${event.kind}`);
    });
    expect(worse).toEqual([]);
  });

  test('beginning in the middle adds nothing above info', () => {
    const { events, whole } = prepare();
    const worse = events.flatMap((_, i) => {
      const left = events.filter((event, at) => at >= i || event.kind === 'meta.chan' || event.kind === 'meta.cfg');
      return added(run(left, { before: prelude({ state: 'unknown' }), loud: true }), whole, events, left).map((what) => `${what} from ${i} on`);
    });
    expect(worse).toEqual([]);
  });
});

const filesIn = (folder: string): string[] =>
  readdirSync(TRACES, { recursive: true, encoding: 'utf8' }).filter((name) => name.startsWith(`${folder}/`) && /\.(irq|txt|jsonl|ndjson)$/.test(name)).sort();

interface Recording {
  readonly path: string;
  readonly events: readonly Event[];
}

/** A file that is there to be refused has no events. */
async function readRecording(path: string): Promise<Recording> {
  const events: Event[] = [];
  try {
    await replayTexts([readTrace(path)], { before: (event) => events.push(event) });
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
    return { path, events: [] };
  }
  return { path, events };
}

const RECORDINGS = (await Promise.all(['healthy', 'formats'].flatMap(filesIn).map(readRecording))).filter(({ events }) => events.length > 0);

/** Every cut of a short recording, else as many spread over it as cost about the same. */
function cuts(length: number): number[] {
  const step = Math.max(1, Math.ceil((length * length) / 400_000));
  return Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step);
}

test('the small recordings are there', () => {
  expect(RECORDINGS.length).toBeGreaterThan(10);
});

describe.each(RECORDINGS)('traces/$path', ({ path, events }) => {
  test('a recording that begins anywhere shows nothing above info that the whole does not', () => {
    const whole = run(events, { before: [], loud: true });
    if (path.startsWith('healthy/')) expect([...whole.values()].flatMap((rules) => [...rules])).toEqual([]);
    const worse = cuts(events.length).flatMap((i) => {
      const left = events.filter((event, at) => at >= i || event.kind === 'meta.chan' || event.kind === 'meta.cfg');
      return added(run(left, { before: [], loud: true }), whole, events, left).map((what) => `${what} from ${i} on`);
    });
    expect(worse).toEqual([]);
  });
});
