// Streams to merge: hand-made events, ioctl logs and the interrupt lines of the traces recorded beside them.

import { readFileSync } from 'node:fs';
import type { Event } from '../../src/event.js';
import { gsi, sourceId, vcpu, vector } from '../../src/ids.js';
import type { StreamInfo } from '../../src/import/format.js';
import { parseIrq } from '../../src/import/irq.js';
import { ioctlLog } from '../../src/import/ioctl.js';
import { setBracket } from '../../src/import/ioctl/bracket.js';
import type { Stream } from '../../src/order/input.js';
import { mergeStreams } from '../../src/order/merge.js';

const read = (name: string): Buffer => readFileSync(new URL(`../../traces/formats/ioctl/${name}`, import.meta.url));

export function infoOf(file: string, base: bigint, clock: StreamInfo['clock'] = 'ns'): StreamInfo {
  return { file, format: '', recorder: '', clock, base, counts: new Map(), lines: 0, losses: [], lossMarks: 0, lostEvents: 0 };
}

export function streamOf(info: StreamInfo, events: readonly Event[], batch = 3): Stream {
  return {
    info,
    async *batches() {
      for (let at = 0; at < events.length; at += batch) yield events.slice(at, at + batch);
    },
  };
}

export function logStream(name: string, stream: number): Stream {
  const info = infoOf(`${name}.ioctl.jsonl`, 0n);
  const events: Event[] = [];
  const decoder = ioctlLog.open(info, stream);
  decoder.push(read(`${name}.ioctl.jsonl`), events);
  decoder.end(events);
  return streamOf(info, events, 1000);
}

const LINE = /^\s*\S.*-(\d+)\s+\[(\d+)\] \S+\s+(\d+)\.(\d{6}): (kvm_set_irq|kvm_msi_set_irq|kvm_apic_accept_irq): (.*)$/;
const MODES = ['Fixed', 'LowPrio', 'SMI', 'Res3', 'NMI', 'INIT', 'SIPI', 'ExtINT'];

/** Only the lines that a call causes itself. `late` is added to every time, ns. */
export function traceStream(name: string, stream: number, late = 0n): Stream {
  const events: Event[] = [];
  let base: bigint | undefined;
  for (const [index, text] of read(`${name}.raw.txt`).toString().split('\n').entries()) {
    const [, tid, on, seconds, micros, recorded, body] = LINE.exec(text) ?? [];
    if (recorded === undefined || body === undefined) continue;
    const time = BigInt(`${seconds}${micros}`) * 1000n + late;
    base ??= time;
    const common = { seq: 0, ns: Number(time - base), on: Number(on), tid: Number(tid), stream, at: index + 1, name: recorded };
    events.push({ ...common, ...fieldsOf(recorded, body) });
  }
  return streamOf(infoOf(`${name}.raw.txt`, base ?? 0n, 'seconds'), events, 1000);
}

function fieldsOf(recorded: string, body: string) {
  const line = /^gsi (\d+) level (-?\d+) source (\d+)$/.exec(body);
  if (line) return { kind: 'kvm.set_irq', gsi: gsi(Number(line[1])), level: Number(line[2]), source: sourceId(Number(line[3])), ret: undefined } as const;
  const [, to, vec, mode = '', ...rest] = /^(?:dst|apicid) (\w+) vec (\d+) \((\w+)\|(?:(physical|logical)\|)?(edge|level)/.exec(body) ?? [];
  const common = { vec: vector(Number(vec)), dm: MODES.indexOf(mode), trig: rest[1] === 'level' ? 'level' : 'edge' } as const;
  if (recorded === 'kvm_apic_accept_irq') return { ...common, kind: 'apic.accept', cpu: vcpu(parseInt(to ?? '', 16)) } as const;
  const logical = rest[0] === 'logical' ? 1 : 0;
  return { ...common, kind: 'kvm.msi', addr: undefined, data: undefined, dst: parseInt(to ?? '', 16), logical, taken: undefined, gsi: undefined } as const;
}

/** What the merge says of its own: that a stream has ended while others go on. */
export const isEnd = (event: Event): boolean => event.kind === 'meta.chan' && event.chan === '*' && event.cover === 'partial';

/** And that one begins while others are at work. */
const isLate = ({ kind, name }: Event): boolean => kind === 'meta.lost' && name === 'meta.lost';

/** The streams' own events in the merged order. */
export async function merged(...streams: Stream[]): Promise<Event[]> {
  return (await mergedWhole(...streams)).filter((event) => !isEnd(event) && !isLate(event));
}

export async function mergedWhole(...streams: Stream[]): Promise<Event[]> {
  const events: Event[] = [];
  for await (const batch of mergeStreams(streams)) events.push(...batch);
  return events;
}

/** Events written as litmus text, `@` in ns from the stream's base; `[t0,t1]` at the end of a line: a call between these times. */
export function written(stream: number, ...lines: string[]): Event[] {
  return lines.map((text, index) => {
    const [, t0, t1] = /\[(\d+),(\d+)\]$/.exec(text) ?? [];
    const [event] = parseIrq(text.replace(/\s*\[.*\]$/, ''), 'written').events;
    if (event === undefined) throw new Error(`no event: ${text}`);
    if (t0 !== undefined && t1 !== undefined) setBracket(event, Number(t0), Number(t1));
    return Object.assign(event, { stream, at: index + 1 });
  });
}

/** What was given out, in short. */
export const shown = (events: readonly Event[]): string[] => events.map((event) => `${event.ns} ${event.stream} ${event.kind}`);
