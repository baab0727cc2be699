// One life as text: what it passed, then one line per hop with the time since the hop before and its place in the recording.

import type { Fate, Life } from '../lives/life.js';
import type { Onward } from '../lives/onward.js';
import { eventText } from './event-text.js';
import { counted, place, printable, printableJson, type Files, type Paint, type Spell } from './text.js';

interface LifeOptions {
  readonly files: Files;
  readonly paint: Paint;
  readonly spell: Spell;
  /** Where others of the thing went on to. */
  readonly onward: Onward;
}

/** `+1.25 µs` and its like, so that lives stand below each other. */
const STEP_WIDTH = 9;

/** Of a life without an end: how far it came, how long it was waited for, and where others went on to. */
function noFurther({ hops, until, last }: Life, { onward, spell }: LifeOptions): string {
  const waited = until - (hops.at(-1)?.event.ns ?? Number.NaN);
  const gap = Number.isNaN(waited) ? 'where the recording ends' : `in the ${spell(waited)} until the end`;
  const next = [...((last === undefined ? undefined : onward.get(last)) ?? [])].sort(([, a], [, b]) => b - a);
  const others = next.map(([hop, n]) => `${counted(n, 'other')} went on to ${hop}`);
  return [`no further than ${last} ${gap}`, ...others].join(', ');
}

/** What became of it, and after how long. */
function fateText(life: Life, options: LifeOptions): string {
  const { hops, fate, last } = life;
  const { spell } = options;
  const whole = (hops.at(-1)?.event.ns ?? Number.NaN) - (hops[0]?.event.ns ?? Number.NaN);
  const span = Number.isNaN(whole) || hops.length < 2 ? '' : ` after ${spell(whole)}`;
  const texts = {
    ended: () => `ended${span}`,
    open: () => noFurther(life, options),
    merged: () => `merged into one that was pending already${span}`,
    vanished: () => `vanished: its line fell before anything took it${span}`,
    unseen: () => `out of sight after ${last}: what came next was lost, or is not recorded`,
  } as const satisfies Record<Fate, () => string>;
  return texts[fate]();
}

/** As JSON: hops by name, time since the first event of the recording in `unit`, file and line. */
export function livesJson(lives: readonly Life[], files: Files, unit: 'ns' | 'ticks'): string {
  const plain = lives.map(({ id, marks, fate, merged, hops }) => ({
    id,
    marks,
    fate,
    merged,
    hops: hops.map(({ name, event: { ns, stream, at } }) => ({ name, [unit]: Number.isNaN(ns) ? null : ns, file: files[stream] ?? null, at })),
  }));
  return printableJson(`${JSON.stringify(plain, null, 1)}\n`);
}

export function lifeText(life: Life, options: LifeOptions): string {
  const { files, paint, spell } = options;
  const { id, marks, hops, merged } = life;
  const also = merged > 0 ? `; ${counted(merged, 'later one')} merged into it` : '';
  const head = `${paint('bold', `#${id}`)}  ${marks.map(printable).join('  ')}  ${fateText(life, options)}${also}`;
  const places = hops.map(({ event }) => place(event, files));
  const width = Math.max(...places.map((text) => text.length));
  const steps = hops.map(({ event }, i) => {
    const since = event.ns - (hops[i - 1]?.event.ns ?? Number.NaN);
    return Number.isNaN(since) ? '' : since < 0 ? `-${spell(-since)}` : `+${spell(since)}`;
  });
  const stepWidth = Math.max(STEP_WIDTH, ...steps.map(({ length }) => length));
  const rows = hops.map(({ name, event }, i) => `  ${(steps[i] ?? '').padStart(stepWidth)}  ${name.padEnd(12)}  ${(places[i] ?? '').padEnd(width)}  ${eventText(event)}`);
  return [head, ...rows].join('\n');
}
