// `irqreplay diff`: two recordings, or two JSON reports: findings gone and new, ways and times that changed, where the two part.

import { readFileSync, statSync } from 'node:fs';
import { Replay } from '../analyze.js';
import { compareRuns, type RunSummary, type Way } from '../comparison.js';
import type { Event } from '../event.js';
import { formatEvent } from '../import/irq-write.js';
import { Lives } from '../lives/lives.js';
import { Tally } from '../lives/tally.js';
import { diffText } from '../report/diff.js';
import { place, printableJson } from '../report/text.js';
import { RULES } from '../rules/index.js';
import { painter, print } from './output.js';
import { progressBar } from './progress.js';
import { Recording, type FileArguments } from './recording.js';
import { UsageError } from './usage.js';

interface DiffArguments extends FileArguments {
  readonly failOn: 'new' | 'any' | 'never';
}

/** The first bytes of our own JSON report. */
const REPORT = /^\s*\{\s*"report"/;
const MAX_REPORT = 512 * 1024 * 1024;

/** An event without what differs between two runs of the same: time, thread, place. */
const essence = (event: Event): string => formatEvent({ ...event, ns: Number.NaN, tid: -1, on: -1, stream: 0, at: 0, name: event.kind });

function readReport(file: string): RunSummary | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size > MAX_REPORT) return undefined;
  const text = readFileSync(file, 'latin1');
  if (!REPORT.test(text)) return undefined;
  const report: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof report !== 'object' || report === null || !('findings' in report) || !Array.isArray(report.findings)) {
    throw new UsageError(`${file}: a JSON report without findings`);
  }
  const findings = report.findings.flatMap((finding: unknown) =>
    typeof finding === 'object' && finding !== null && 'rule' in finding && 'entity' in finding && 'severity' in finding
      ? [{ finding: `${String(finding.rule)} ${String(finding.entity)}`, severity: String(finding.severity) }]
      : [],
  );
  return { file, findings, ways: new Map() };
}

const wayOf = (tally: Tally): Map<string, Way> =>
  new Map(
    [...tally.things].map(([thing, of]) => [
      thing,
      { interrupts: of.lives, hops: of.hops().map(({ from, to }) => `${from} -> ${to}`), medianNs: of.whole.quantile(0.5) },
    ]),
  );

/** One of the two, replayed batch by batch so that both can be walked side by side. */
class Side {
  readonly replay = new Replay({ rules: RULES });
  readonly #tally = new Tally();
  readonly #lives = new Lives((life) => this.#tally.add(life));
  readonly #recording: Recording;
  readonly #file: string;

  constructor(recording: Recording, file: string) {
    this.#recording = recording;
    this.#file = file;
  }

  async *events(): AsyncGenerator<Event> {
    for await (const batch of this.#recording.events()) {
      this.replay.feed(batch);
      this.#lives.feed(batch);
      yield* batch;
    }
    this.#lives.end();
  }

  get files(): readonly string[] {
    return this.#recording.summaries().map(({ file }) => file);
  }

  summary(): RunSummary {
    const findings = this.replay.findings().map(({ rule, entity, severity }) => ({ finding: `${rule} ${entity}`, severity }));
    return { file: this.#file, findings, ways: wayOf(this.#tally) };
  }
}

interface Parting {
  readonly after: number;
  readonly a: string;
  readonly b: string;
}

const shown = (event: Event | undefined, side: Side): string => (event === undefined ? 'the end' : `${place(event, side.files)}  ${formatEvent(event)}`);

/** Walks both to their ends; gives the first events that differ. */
async function walk(a: Side, b: Side): Promise<Parting | undefined> {
  const left = a.events();
  const right = b.events();
  let parting: Parting | undefined;
  for (let n = 0; ; n++) {
    const [one, two] = await Promise.all([left.next(), right.next()]);
    if (one.done === true && two.done === true) return parting;
    const first = one.done === true ? undefined : one.value;
    const second = two.done === true ? undefined : two.value;
    if (parting !== undefined || (first !== undefined && second !== undefined && essence(first) === essence(second))) continue;
    parting = { after: n, a: shown(first, a), b: shown(second, b) };
  }
}

export async function diff({ files, format, progress, qemuEvents, failOn }: DiffArguments): Promise<number> {
  const [fileA, fileB, ...more] = files;
  if (fileA === undefined || fileB === undefined || more.length > 0) throw new UsageError('expected two recordings or two JSON reports');
  const reports = [readReport(fileA), readReport(fileB)];
  const [reportA, reportB] = reports;
  let comparison;
  let parting: Parting | undefined;
  if (reportA !== undefined && reportB !== undefined) comparison = compareRuns(reportA, reportB);
  else if (reportA !== undefined || reportB !== undefined) throw new UsageError('a report can be compared with a report only');
  else {
    const bar = progressBar(progress);
    const a = new Side(await Recording.open([fileA], { qemuEvents, onBytes: bar.update }), fileA);
    const b = new Side(await Recording.open([fileB], { qemuEvents }), fileB);
    parting = await walk(a, b).finally(bar.clear);
    comparison = compareRuns(a.summary(), b.summary());
  }
  const whole = { ...comparison, parting: parting ?? null };
  print(format === 'json' ? printableJson(`${JSON.stringify(whole, null, 1)}\n`) : diffText(whole, fileA, fileB, painter()));
  const differs = comparison.gone.length + comparison.fresh.length > 0;
  return (failOn === 'new' && comparison.fresh.length > 0) || (failOn === 'any' && differs) ? 1 : 0;
}
