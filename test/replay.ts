// Replays texts that lie in memory, through the importers, the merge and all rules; and cuts them at a moment.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { decompress } from 'fzstd';
import { Replay } from '../src/analyze.js';
import type { Event } from '../src/event.js';
import type { Finding } from '../src/finding.js';
import type { StreamInfo } from '../src/import/format.js';
import { FORMATS } from '../src/import/index.js';
import { parseIrq } from '../src/import/irq.js';
import type { ClockOffset } from '../src/order/input.js';
import { mergeStreams } from '../src/order/merge.js';
import { RULES } from '../src/rules/index.js';

interface Replayed {
  readonly findings: readonly Finding[];
  readonly replay: Replay;
  readonly infos: readonly StreamInfo[];
}

/** All events of a file under traces/. */
export async function decodeTrace(path: string): Promise<Event[]> {
  const all: Event[] = [];
  for await (const batch of openText(readTrace(path), 0).batches()) all.push(...batch);
  return all;
}

interface ReplayTextOptions {
  /** `meta.cfg` fields in litmus form: `stormN=200`. */
  readonly config?: string;
  /** Of the texts whose clocks are not that of the others, by their index. */
  readonly offsets?: ReadonlyMap<number, ClockOffset>;
  /** Called before each event, with the replay as it stands and the absolute time (ns) from which the events' `ns` count. */
  readonly before?: (event: Event, replay: Replay, base: number) => void;
}

export const TRACES = new URL('../traces/', import.meta.url).pathname;

/** A file under traces/, unpacked. */
export function readTrace(path: string): Buffer {
  const bytes = readFileSync(TRACES + path);
  if (path.endsWith('.gz')) return gunzipSync(bytes);
  return path.endsWith('.zst') ? Buffer.from(decompress(bytes)) : bytes;
}

function openText(bytes: Buffer, stream: number): { info: StreamInfo; batches(): AsyncGenerator<Event[]> } {
  const format = FORMATS.find((candidate) => candidate.detect(bytes.subarray(0, 65_536)));
  if (format === undefined || !('open' in format)) throw new Error(`no format reads ${JSON.stringify(bytes.toString('latin1', 0, 80))}`);
  const info: StreamInfo = {
    file: `stream ${stream}`, format: format.name, recorder: '', clock: 'none', base: 0n, counts: new Map(), lines: 0, losses: [], lossMarks: 0, lostEvents: 0,
  };
  const decoder = format.open(info, stream);
  async function* batches(): AsyncGenerator<Event[]> {
    for (let at = 0; at < bytes.length; at += 1 << 20) {
      const out: Event[] = [];
      decoder.push(bytes.subarray(at, at + (1 << 20)), out);
      yield out;
    }
    const out: Event[] = [];
    decoder.end(out);
    yield out;
  }
  return { info, batches };
}

export async function replayTexts(texts: readonly Buffer[], { config, offsets, before }: ReplayTextOptions = {}): Promise<Replayed> {
  const findings: Finding[] = [];
  const replay = new Replay({ rules: RULES, onFinding: (finding) => findings.push(finding) });
  if (config !== undefined) replay.feed(parseIrq(`meta.cfg ${config}\n`, 'config').events);
  const streams = texts.map((text, stream) => ({ ...openText(text, stream), offset: offsets?.get(stream) }));
  replay.machine.ctx.uncertainties = offsets === undefined ? [] : streams.map(({ offset }) => offset?.uncertainty ?? 0);
  for await (const batch of mergeStreams(streams)) {
    if (before === undefined) {
      replay.feed(batch);
      continue;
    }
    const base = Math.min(...streams.map(({ info }) => Number(info.base)));
    for (const event of batch) {
      before(event, replay, base);
      replay.feed([event]);
    }
  }
  return { findings, replay, infos: streams.map(({ info }) => info) };
}

const MOMENT = /(?:(\d+)\.(\d{6,9}):)|"t0":(\d+)|^(\d{4}-\d\d-\d\dT[\d:]+)\.(\d{6})Z/;

/** Time of a line of a trace text, of QEMU's log or of an ioctl log, in ns; undefined for headers and marks. */
export function momentOf(line: string): number | undefined {
  const match = MOMENT.exec(line);
  if (match === null) return undefined;
  const [, seconds, fraction = '', ns, date, micros] = match;
  if (date !== undefined) return Date.parse(`${date}Z`) * 1e6 + Number(micros) * 1e3;
  return ns === undefined ? Number(seconds) * 1e9 + Number(fraction.padEnd(9, '0')) : Number(ns);
}

/** The text from a moment on (ns), as a recorder started then would have written it. */
export function cutAt(text: Buffer, moment: number): Buffer {
  const lines = text.toString('latin1').split('\n');
  let since = false;
  const kept = lines.filter((line) => {
    const at = momentOf(line);
    if (at !== undefined) since = at >= moment;
    return at === undefined ? since || line.startsWith('#') || line.startsWith('cpus=') : at >= moment;
  });
  return Buffer.from(kept.join('\n'), 'latin1');
}

/** The text up to a moment (ns), as a recorder stopped then would have written it. */
export function cutBefore(text: Buffer, moment: number): Buffer {
  const kept = text.toString('latin1').split('\n').filter((line) => (momentOf(line) ?? -Infinity) < moment);
  return Buffer.from(kept.join('\n'), 'latin1');
}

/** The text from a byte on, from the next whole line. */
export const cutAtByte = (text: Buffer, at: number): Buffer => text.subarray(text.indexOf(10, at) + 1);

/** The same numbers on every machine: mulberry32. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Findings above info in short: `rule entity`. */
export const loud = (findings: readonly Finding[]): string[] =>
  findings.filter(({ severity }) => severity !== 'info').map(({ rule, entity }) => `${rule} ${entity}`);
