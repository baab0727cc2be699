// `irqreplay state`: the machine at a moment, what changed between two, or every change of one thing.

import { Replay } from '../analyze.js';
import type { Event } from '../event.js';
import { plainName, SELECTORS } from '../lives/selector.js';
import { eventText } from '../report/event-text.js';
import { changeLines, stateText } from '../report/state.js';
import { counted, place, printable, printableJson, shortNames } from '../report/text.js';
import { changesBetween, type Change } from '../state/changes.js';
import type { Row } from '../state/row.js';
import { isThing, stateOfThing } from '../state/tables.js';
import { indexedStates } from './indexed.js';
import { requireUnit, type Moment, type NamedMoment } from './moment.js';
import { painter, print } from './output.js';
import { progressBar } from './progress.js';
import { readingOf, Recording, type RecordingOptions, type StreamsArguments } from './recording.js';
import { statesAt, type Shown, type States } from './states-at.js';
import { INTERRUPTED, interruptible } from './until-aborted.js';
import { UsageError } from './usage.js';

interface StateArguments extends StreamsArguments {
  /** The moments, the end if none. */
  readonly at: readonly NamedMoment[];
  readonly diff: readonly NamedMoment[];
  /** The thing whose changes are printed. */
  readonly watch: string | undefined;
  /** The file that keeps the recording's events and machines. */
  readonly index: string | undefined;
}

/** An event and what it changes, in two lines or more; for a program in one. */
function watched(event: Event, changes: readonly Change[], { format, files }: { readonly format: StateArguments['format']; readonly files: readonly string[] }): string {
  if (format === 'pretty') return [`${place(event, shortNames(files))}  ${eventText(event)}`, ...changeLines(changes, '    ')].join('\n');
  const { ns, stream, at } = event;
  return printableJson(JSON.stringify({ file: files[stream] ?? null, at, ns: Number.isNaN(ns) ? null : ns, event: eventText(event), changes }));
}

/** Every event that changes a thing, with what it changes. */
async function watch(recording: Recording, thing: string, format: StateArguments['format']): Promise<number> {
  const replay = new Replay({ rules: [] });
  replay.machine.ctx.uncertainties = recording.uncertainties;
  let before: Row[] = [];
  let changed = 0;
  for await (const batch of recording.events()) {
    for (const event of batch) {
      replay.feed([event]);
      const after = stateOfThing(replay.machine, thing);
      const changes = changesBetween(before, after);
      before = after;
      if (changes.length === 0) continue;
      changed++;
      print(`${watched(event, changes, { format, files: recording.files })}\n`);
    }
  }
  if (changed === 0 && !isThing(thing)) throw new UsageError(`--watch ${thing}: the recording shows nothing of it, expected ${SELECTORS}`);
  if (changed === 0 && format === 'pretty') print(`the recording shows nothing of ${printable(thing)}\n`);
  return changed > 0 ? 0 : 1;
}

/** Before the first event that is told at a place, or the one that proves a finding. */
async function found(moment: NamedMoment, args: StateArguments): Promise<Moment> {
  if ('finding' in moment) {
    // the rules are loaded for this alone
    const { chosenFinding } = await import('./chosen.js');
    const { finding } = await chosenFinding({ ...args, finding: moment.finding, set: [], profile: undefined, config: undefined });
    return { events: finding.at.seq };
  }
  return 'file' in moment ? { events: await eventsBefore(moment, await Recording.open(args.files, readingOf(args))) } : moment;
}

async function eventsBefore({ file, at }: { readonly file: string; readonly at: number }, recording: Recording): Promise<number> {
  const isMeant = (name: string | undefined): boolean => name === file || name?.endsWith(`/${file}`) === true;
  let before = 0;
  for await (const batch of recording.events()) {
    const n = batch.findIndex((event) => event.at === at && isMeant(recording.files[event.stream]));
    if (n >= 0) return before + n;
    before += batch.length;
  }
  throw new UsageError(`${file}:${at}: no event of the recording is told there`);
}

export async function state(args: StateArguments): Promise<number> {
  const { files, format, progress, at, diff, watch: thing, index } = args;
  if (thing !== undefined && index !== undefined) throw new UsageError('--index serves --at and --diff: --watch replays the whole recording');
  if (thing !== undefined && at.length + diff.length > 0) throw new UsageError('--watch replays the whole recording: give it without --at and --diff');
  if (thing !== undefined) return watch(await Recording.open(files, readingOf(args)), plainName(thing), format);
  if (diff.length !== 0 && diff.length !== 2) throw new UsageError('--diff: expected two moments, the earlier first');
  const end = { events: Number.POSITIVE_INFINITY };
  const moments: Moment[] = [];
  for (const moment of diff.length === 2 ? diff : at.length > 0 ? at : [end]) moments.push(await found(moment, args));
  const bar = progressBar(progress);
  const options = { ...readingOf(args), onBytes: bar.update };
  const shown = await (index === undefined ? replayed(files, options, moments) : indexedStates({ index, files, signal: interruptible(), ...options }, moments)).finally(bar.clear);
  if (shown === undefined) return INTERRUPTED;
  const { states, names } = shown;
  print(format === 'json' ? printableJson(`${JSON.stringify(asJson(states, diff.length === 2), null, 1)}\n`) : asText(states, diff.length === 2, names));
  return 0;
}

/** The unit of a stream's times is known once its first events are. */
async function* inKnownUnit(recording: Recording, moments: readonly Moment[]): AsyncGenerator<Event[]> {
  for await (const batch of recording.events()) {
    requireUnit(moments, recording.streams.map(({ info }) => info));
    yield batch;
  }
}

async function replayed(files: readonly string[], options: RecordingOptions, moments: readonly Moment[]): Promise<States> {
  const recording = await Recording.open(files, options);
  const replay = new Replay({ rules: [] });
  replay.machine.ctx.uncertainties = recording.uncertainties;
  const states = await statesAt(replay, inKnownUnit(recording, moments), moments);
  return { states, names: recording.summaries().map(({ file }) => file) };
}

/** Of several moments one list each. */
function asJson(states: readonly Shown[], isDiff: boolean): unknown {
  const [first, second] = states;
  if (isDiff) return changesBetween(first?.rows ?? [], second?.rows ?? []);
  return states.length === 1 ? first?.rows : states.map(({ rows }) => rows);
}

function asText(states: readonly Shown[], isDiff: boolean, names: readonly string[]): string {
  const [first, second] = states;
  if (isDiff) {
    const changes = changesBetween(first?.rows ?? [], second?.rows ?? []);
    return changes.length === 0 ? 'nothing changed that is known\n' : `${changeLines(changes).join('\n')}\n`;
  }
  const paint = painter();
  return states.map(({ rows, next, events }) => `${paint('dim', next === undefined ? `at the end, after ${counted(events, 'event')}` : `after ${counted(events, 'event')}, before ${place(next, names)}`)}\n\n${stateText(rows, paint)}`).join('\n');
}
