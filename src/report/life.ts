// One life as text: what it passed, then one line per hop with the time since the hop before and its place in the recording.

import type { Fate, Life } from '../lives/life.js';
import type { Onward } from '../lives/onward.js';
import { eventText } from './event-text.js';
import { counted, duration, place, printable, printableJson, type Files, type Paint } from './text.js';

/** Of a life without an end: how far it came, how long it was waited for, and where others went on to. */
function noFurther({ hops, until, last }: Life, onward: Onward): string {
  const waited = until - (hops.at(-1)?.event.ns ?? Number.NaN);
  const gap = Number.isNaN(waited) ? 'where the recording ends' : `in the ${duration(waited)} until the end`;
  const next = [...((last === undefined ? undefined : onward.get(last)) ?? [])].sort(([, a], [, b]) => b - a);
  const others = next.map(([hop, n]) => `${counted(n, 'other')} went on to ${hop}`);
  return [`no further than ${last} ${gap}`, ...others].join(', ');
}

/** What became of it, and after how long. */
function fateText(life: Life, onward: Onward): string {
  const { hops, fate, last } = life;
  const whole = (hops.at(-1)?.event.ns ?? Number.NaN) - (hops[0]?.event.ns ?? Number.NaN);
  const span = Number.isNaN(whole) || hops.length < 2 ? '' : ` after ${duration(whole)}`;
  const texts = {
    ended: () => `ended${span}`,
    open: () => noFurther(life, onward),
    merged: () => `merged into one that was pending already${span}`,
    vanished: () => `vanished: its line fell before anything took it${span}`,
    unseen: () => `out of sight after ${last}: what came next was lost, or is not recorded`,
  } as const satisfies Record<Fate, () => string>;
  return texts[fate]();
}

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

export function lifeText(life: Life, files: Files, paint: Paint, onward: Onward = new Map()): string {
  const { id, marks, hops, merged } = life;
  const also = merged > 0 ? `; ${counted(merged, 'later one')} merged into it` : '';
  const head = `${paint('bold', `#${id}`)}  ${marks.map(printable).join('  ')}  ${fateText(life, onward)}${also}`;
  const places = hops.map(({ event }) => place(event, files));
  const width = Math.max(...places.map((text) => text.length));
  const rows = hops.map(({ name, event }, i) => {
    const since = event.ns - (hops[i - 1]?.event.ns ?? Number.NaN);
    const step = Number.isNaN(since) ? '' : since < 0 ? `-${duration(-since)}` : `+${duration(since)}`;
    return `  ${step.padStart(9)}  ${name.padEnd(12)}  ${(places[i] ?? '').padEnd(width)}  ${eventText(event)}`;
  });
  return [head, ...rows].join('\n');
}
