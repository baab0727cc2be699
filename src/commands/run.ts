// One check from files to analysis: opens them, replays the part that was asked for, and says what it came to, also half-way.

import { Replay } from '../analyze.js';
import type { Event } from '../event.js';
import type { Analysis } from '../finding.js';
import { DamageError } from '../import/chunks.js';
import { parseIrq } from '../import/irq.js';
import { RULES } from '../rules/index.js';
import type { Rule } from '../rules/rule.js';
import { openWindow, pieceOf, type PieceOptions } from './piece.js';
import { Recording } from './recording.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage.js';
import type { Window } from './window.js';

export interface CheckOptions extends PieceOptions {
  /** All rules if absent. */
  readonly rules?: readonly Rule[] | undefined;
  /** Fields of meta.cfg as litmus text, `stormN=200`. */
  readonly settings?: readonly string[] | undefined;
  /** Ends the run; the analysis of what was replayed so far is incomplete. */
  readonly signal?: AbortSignal | undefined;
}

const SETTING = /^\w+=[^\s"#]+$/;
const BLIND = 'the recording holds several virtual machines: irqreplay info lists those it tells apart, --vm judges one';

/** Facts that the recording does not tell. */
export function applySettings(replay: Replay, settings: readonly string[]): void {
  const wrong = settings.find((setting) => !SETTING.test(setting));
  if (wrong !== undefined) throw new UsageError(`--set ${wrong}: expected KEY=VALUE`);
  if (settings.length === 0) return;
  for (const event of parseIrq(`meta.cfg ${settings.join(' ')}`, '--set').events) replay.machine.stepOf('meta.cfg')?.(event);
}

export class Run {
  readonly replay: Replay;
  readonly #recording: Recording;
  readonly #window: Window | undefined;
  /** The whole of what was asked for has been replayed. */
  complete = false;

  private constructor(recording: Recording, window: Window | undefined, { rules = RULES, settings = [] }: CheckOptions) {
    this.replay = new Replay({ rules });
    applySettings(this.replay, settings);
    this.replay.machine.ctx.uncertainties = recording.uncertainties;
    this.#recording = recording;
    this.#window = window;
  }

  static async open(paths: readonly string[], options: CheckOptions = {}): Promise<Run> {
    const window = await openWindow(paths, options);
    return new Run(await Recording.open(paths, options), window, options);
  }

  async play(signal: AbortSignal = new AbortController().signal): Promise<void> {
    try {
      for await (const batch of this.#events(signal)) this.replay.feed(batch);
    } catch (error) {
      if (error instanceof DamageError) this.replay.withdraw();
      throw error;
    }
    this.complete = !signal.aborted;
    if (this.complete && this.#window === undefined) this.replay.end();
  }

  /** Events so far by the recorders' own names. */
  get recorded(): ReadonlySet<string> {
    return new Set(this.#recording.streams.flatMap(({ info }) => [...info.counts.keys()]));
  }

  #events(signal: AbortSignal): AsyncIterable<Event[]> {
    const events = untilAborted(this.#recording.events(), signal);
    return this.#window === undefined ? events : pieceOf(this.#recording, events, this.#window);
  }

  /** What the events replayed so far come to. */
  analysis(): Analysis {
    return {
      streams: this.#recording.summaries(),
      events: this.replay.events,
      span: this.replay.span,
      findings: this.replay.findings(),
      rules: this.replay.verdicts(),
      complete: this.complete,
      blind: this.replay.machine.ctx.channels.severalMachines ? BLIND : undefined,
    };
  }
}

/** Checks one recording; several files are streams of the same run. */
export async function checkRecording(paths: readonly string[], options: CheckOptions = {}): Promise<Analysis> {
  const run = await Run.open(paths, options);
  await run.play(options.signal);
  return run.analysis();
}
