// One life as text: what it passed, then one line per hop with the time since the hop before and its place in the recording.

import { formatEvent } from '../import/irq-write.js';
import type { Fate, Life } from '../lives/life.js';
import { clipped, counted, duration, place, printable, printableJson, type Files, type Paint } from './text.js';

const ENDS: Readonly<Record<Fate, string>> = {
  ended: 'ended',
  open: 'still open where the recording ends',
  merged: 'merged into one that was pending already',
  vanished: 'vanished: its line fell before anything took it',
  unseen: 'out of sight: events were lost',
};

/** As JSON: hops by name, ns since the first event of the recording, file and line. */
export function livesJson(lives: readonly Life[], files: Files): string {
  const plain = lives.map(({ id, marks, fate, merged, hops }) => ({
    id,
    marks,
    fate,
    merged,
    hops: hops.map(({ name, event: { ns, stream, at } }) => ({ name, ns: Number.isNaN(ns) ? null : ns, file: files[stream] ?? null, at })),
  }));
  return printableJson(`${JSON.stringify(plain, null, 1)}\n`);
}

export function lifeText(life: Life, files: Files, paint: Paint): string {
  const { id, marks, hops, fate, merged } = life;
  const first = hops[0]?.event.ns ?? Number.NaN;
  const last = hops.at(-1)?.event.ns ?? Number.NaN;
  const span = Number.isNaN(last - first) || hops.length < 2 ? '' : ` after ${duration(last - first)}`;
  const also = merged > 0 ? `; ${counted(merged, 'later one')} merged into it` : '';
  const head = `${paint('bold', `#${id}`)}  ${marks.map(printable).join('  ')}  ${ENDS[fate]}${span}${also}`;
  const places = hops.map(({ event }) => place(event, files));
  const width = Math.max(...places.map((text) => text.length));
  const rows = hops.map(({ name, event }, i) => {
    const since = event.ns - (hops[i - 1]?.event.ns ?? Number.NaN);
    const step = Number.isNaN(since) ? '' : since < 0 ? `-${duration(-since)}` : `+${duration(since)}`;
    return `  ${step.padStart(9)}  ${name.padEnd(12)}  ${(places[i] ?? '').padEnd(width)}  ${clipped(printable(formatEvent(event)))}`;
  });
  return [head, ...rows].join('\n');
}
