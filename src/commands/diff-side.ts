// One of the two recordings that `diff` compares: replayed event by event so that both can be walked side by side, summed up at its end.

import { Replay } from '../analyze.js';
import type { FoundThing, RunSummary, Way } from '../comparison.js';
import type { Event } from '../event.js';
import { formatEvent } from '../import/irq-write.js';
import type { Life } from '../lives/life.js';
import { Lives } from '../lives/lives.js';
import { Tally, type ThingTally } from '../lives/tally.js';
import { place, unitOf } from '../report/text.js';
import { RULES } from '../rules/index.js';
import type { Recording } from './recording.js';

/** Ways of a thing's interrupts told apart at most: of more it is not said which are new. */
const MAX_ROUTES = 16;

export interface Step {
  readonly event: Event;
  /** The event without what differs between two runs of the same: time, thread, place. */
  readonly essence: string;
  /** Absolute, in ns; NaN without a clock. Only compared: what a double rounds off is the same in both. */
  readonly time: number;
}

const essenceOf = (event: Event): string => formatEvent({ ...event, ns: Number.NaN, tid: -1, on: -1, stream: 0, at: 0, name: event.kind });

export class DiffSide {
  /** Steps taken. */
  steps = 0;
  readonly #replay = new Replay({ rules: RULES });
  readonly #tally = new Tally();
  readonly #routes = new Map<string, Set<string>>();
  readonly #lives = new Lives((life) => this.#note(life));
  readonly #recording: Recording;
  readonly #events: AsyncGenerator<Event>;

  constructor(recording: Recording) {
    this.#recording = recording;
    this.#replay.machine.ctx.uncertainties = recording.uncertainties;
    this.#events = this.#play();
  }

  /** The next event of the machine: what tells of the recording itself is passed over. */
  async next(): Promise<Step | undefined> {
    const { value, done } = await this.#events.next();
    if (done === true) return undefined;
    this.steps++;
    return { event: value, essence: essenceOf(value), time: Number(this.#recording.header().base) + value.ns };
  }

  async drain(): Promise<void> {
    while ((await this.#events.next()).done !== true);
  }

  shown(step: Step | undefined): string {
    return step === undefined ? 'the end' : `${place(step.event, this.#recording.files)}  ${formatEvent(step.event)}`;
  }

  summary(): RunSummary {
    const undecided = this.#replay.verdicts().filter(({ verdict }) => verdict === 'undecided');
    return { findings: this.#found(), undecided: new Set(undecided.map(({ rule }) => rule)), ways: this.#ways() };
  }

  async *#play(): AsyncGenerator<Event> {
    for await (const batch of this.#recording.events()) {
      this.#replay.feed(batch);
      this.#lives.feed(batch);
      yield* batch.filter(({ kind }) => !kind.startsWith('meta.'));
    }
    this.#replay.end();
    this.#lives.end();
  }

  #found(): FoundThing[] {
    return this.#replay.findings().map(({ rule, entity, severity, sentence, at, count }) => ({
      finding: `${rule} ${entity}`,
      severity,
      sentence,
      at: place(at, this.#recording.files),
      count,
    }));
  }

  #note(life: Life): void {
    this.#tally.add(life);
    if (life.fate !== 'ended') return;
    const route = life.marks.join(' ');
    for (const mark of life.marks) {
      if (!this.#tally.things.has(mark)) continue;
      let routes = this.#routes.get(mark);
      if (routes === undefined) this.#routes.set(mark, (routes = new Set()));
      if (routes.size <= MAX_ROUTES) routes.add(route);
    }
  }

  #ways(): Map<string, Way> {
    return new Map([...this.#tally.things].map(([thing, of]) => [thing, this.#wayOf(thing, of)]));
  }

  #wayOf(thing: string, of: ThingTally): Way {
    const routes = this.#routes.get(thing) ?? new Set();
    const hops = of.hops();
    const wentOn = new Set(hops.map(({ from }) => from));
    return {
      interrupts: of.lives,
      ended: of.ended,
      vanished: of.vanished,
      stuck: [...of.open].filter(([hop]) => wentOn.has(hop)).map(([hop, n]) => `${n} no further than ${hop}`),
      hops: hops.map(({ from, to }) => `${from} -> ${to}`),
      routes: routes.size > MAX_ROUTES ? undefined : [...routes].sort(),
      medianNs: unitOf(this.#recording.summaries()) === 'ns' ? of.whole.quantile(0.5) : Number.NaN,
    };
  }
}
