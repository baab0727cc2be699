// What `cut` leaves out is told so that its reader concludes nothing from it: no healthy recording shows a finding, whatever is left out of it,
// and a fault stays where all that proves it is kept.

import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { BELONGINGS, THINGS } from '../../src/commands/belongings.js';
import { Selector, type Selection } from '../../src/commands/selection.js';
import type { Event } from '../../src/event.js';
import { TraceError } from '../../src/import/format.js';
import { parseIrq } from '../../src/import/irq.js';
import { RULES } from '../../src/rules/index.js';
import { loud, readTrace, replayTexts, TRACES } from '../replay.js';

const ALL: Selection = { gsi: [], pin: [], vector: [], intid: [], device: [], cpu: [], kind: [] };
const MOST_EVENTS = 2500;
/** Values tried of one option: each alone, and all but it. */
const MOST_VALUES = 4;

/** `rule entity` of all above info. */
function findingsOf(events: readonly Event[]): string[] {
  const replay = new Replay({ rules: RULES });
  replay.feed(events);
  return loud(replay.findings());
}

const cut = (events: readonly Event[], selection: Partial<Selection>): Event[] => new Selector({ ...ALL, ...selection }, 'cut').choose(events);

const isStatement = ({ kind }: Event): boolean => kind.startsWith('meta.');
const distinct = (values: readonly unknown[]): unknown[] => [...new Set(values.filter((value) => value !== undefined))];

/** What the events name, by option. */
function namedIn(events: readonly Event[]): Map<string, unknown[]> {
  const told = events.filter((event) => !isStatement(event));
  const things = THINGS.map((thing) => {
    const { own, field } = BELONGINGS[thing];
    const kinds = new Set<string>(own);
    return [thing, distinct(told.filter(({ kind }) => kinds.has(kind)).map(field))] as const;
  });
  return new Map([...things, ['cpu', distinct(told.map(({ on }) => on)).filter((on) => on !== -1)], ['kind', distinct(told.map(({ kind }) => kind))]]);
}

function selectionsOf(events: readonly Event[]): Record<string, unknown[]>[] {
  return [...namedIn(events)].flatMap(([option, values]) =>
    values.slice(0, MOST_VALUES).flatMap((value) => {
      const others = values.filter((other) => other !== value);
      return [{ [option]: [value] }, ...(others.length > 1 ? [{ [option]: others }] : [])];
    }),
  );
}

const files = (folder: string, pattern: RegExp): string[] =>
  readdirSync(TRACES + folder, { recursive: true, encoding: 'utf8' }).filter((name) => pattern.test(name)).map((name) => `${folder}/${name}`).sort();

interface Recording {
  readonly path: string;
  readonly events: readonly Event[];
}

/** A file that is there to be refused has no events. */
async function read(path: string): Promise<Recording> {
  const events: Event[] = [];
  try {
    await replayTexts([readTrace(path)], { before: (event) => events.push(event) });
  } catch (error) {
    if (!(error instanceof TraceError)) throw error;
  }
  return { path, events };
}

const CANDIDATES = [...files('bugs', /\.fixed\.irq$/), ...files('formats', /\.(irq|txt|jsonl)$/), ...files('recordings', /ioctl\.jsonl$/), 'qemu/healthy/q-virtio.log.gz', 'qemu/healthy/g-gicv3-script.log.gz'];
const SMALL = (await Promise.all(CANDIDATES.map(read))).filter(({ events }) => events.length > 0).map(({ path, events }) => ({ path, events: events.slice(0, MOST_EVENTS) }));
const HEALTHY = SMALL.filter(({ events }) => findingsOf(events).length === 0);

test('every option has recordings that name something for it', () => {
  const without = Object.keys(ALL).filter((option) => !HEALTHY.some(({ events }) => (namedIn(events).get(option) ?? []).length > 1));
  expect(without).toEqual([]);
});

describe.each(HEALTHY)('traces/$path', ({ events }) => {
  test('stays healthy whatever is left out', () => {
    const alarms = selectionsOf(events).flatMap((selection) => findingsOf(cut(events, selection)).map((found) => `${found} with ${JSON.stringify(selection)}`));
    expect(alarms).toEqual([]);
  });
});

const parse = (text: string): readonly Event[] => parseIrq(text, 'x').events;
const MASKED = parse(`ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=0
kvm.set_irq gsi=3 level=1 source=0
ioapic.rte pin=10 vec=0x41 dm=0 trig=edge mask=1
apic.accept cpu=0 vec=0x99 trig=edge dm=0
ioapic.in pin=3 level=1
ioapic.deliver pin=10 vec=0x41
`);

test.each([{ gsi: [10] }, { vector: [0x41] }, { kind: ['ioapic', 'apic'] }])('a fault stays where all that proves it is kept: %j', (selection) => {
  expect(findingsOf(MASKED)).toEqual(['ioapic/deliver-while-masked pin:ioapic/10']);
  expect(findingsOf(cut(MASKED, selection))).toEqual(['ioapic/deliver-while-masked pin:ioapic/10']);
});

test('what is left out is declared, and lost where the rest may depend on it', () => {
  const events = parse('apic.accept cpu=0 vec=0x41 trig=edge dm=0\nmeta.chan chan=apic.accept cover=full\ncpu.inject cpu=0 vec=0x99\nkvm.ack chip=2 pin=1\napic.eoi cpu=0\nmeta.end\n');
  expect(cut(events, { vector: [0x41] }).map(({ kind }) => kind).filter((kind) => kind !== 'meta.chan')).toEqual(['meta.note', 'apic.accept', 'kvm.ack', 'meta.lost', 'apic.eoi', 'meta.end']);
  expect(cut(events, { vector: [0x41] })).toContainEqual(expect.objectContaining({ kind: 'meta.chan', chan: 'cpu.inject', cover: 'partial' }));
  expect(cut(events, { vector: [0x41] })).not.toContainEqual(expect.objectContaining({ cover: 'full' }));
  expect(cut(events, { kind: ['apic'] })).toContainEqual(expect.objectContaining({ kind: 'meta.chan', chan: 'kvm.ack', cover: 'none' }));
  expect(cut(events, { kind: ['apic'] })).toContainEqual(expect.objectContaining({ kind: 'meta.lost', n: 2 }));
});

test('what is told at the end may rest on what was left out before it', () => {
  expect(cut(parse('kvm.ack chip=2 pin=1\nkvm.ack chip=2 pin=2\nmeta.end\n'), { kind: ['apic'] }).map(({ kind }) => kind).slice(-2)).toEqual(['meta.lost', 'meta.end']);
});

/** What option chooses the thing that a finding names, where `cut` keeps the finding decidable. */
function optionFor(entity: string): Partial<Selection> | undefined {
  const [, gsi, pin] = /^(?:gsi:(\d+)|pin:ioapic\/(\d+))$/.exec(entity) ?? [];
  if (gsi !== undefined) return { gsi: [Number(gsi)] };
  return pin === undefined ? undefined : { pin: [Number(pin)] };
}

/** Their rules compare what another thing does, or the model rests on it. */
const RESTS_ON_OTHERS = new Set([
  'ioapic/deliver-without-line', 'ioapic/lost-level', 'ioapic/remote-irr-stuck', // the line's level and EOIs: taken as unknown where inputs are partial
  'irqfd/injection-after-deassign', // a message that names no GSI may be another irqfd's
  'srcid/or-mismatch', // any source of any GSI may hold the pin
]);

const FAULTY = (await Promise.all([...files('bugs', /\d-[\w-]+\.irq$/), ...files('formats/ioctl', /jsonl$/), ...files('recordings', /raw\.txt$|ioctl\.jsonl$/)].map(read))).flatMap(({ path, events }) =>
  findingsOf(events).flatMap((found) => {
    const [rule = '', entity = ''] = found.split(' ');
    const selection = optionFor(entity);
    return selection === undefined || RESTS_ON_OTHERS.has(rule) ? [] : [{ path, events, found, selection }];
  }),
);

test('what is found of a GSI or a pin is found in a cut by it', () => {
  expect(FAULTY.length).toBeGreaterThan(30);
  const gone = FAULTY.filter(({ events, found, selection }) => !findingsOf(cut(events, selection)).includes(found));
  expect(gone.map(({ path, found }) => `${path} ${found}`)).toEqual([]);
});

test('a cut of a cut is whole only of what both kept, and a partial recording stays one', () => {
  const whole = (events: readonly Event[], chan: string): unknown[] =>
    events.filter((event) => event.kind === 'meta.chan' && event.chan === chan).map((event) => (event.kind === 'meta.chan' ? `${event.cover} ${event.whole}` : ''));
  const events = parse('meta.chan chan=kvm.set_irq cover=full\nkvm.set_irq gsi=3 level=1 source=0\nkvm.set_irq gsi=4 level=1 source=0\n');
  const once = cut(events, { gsi: [3, 4] });
  expect(whole(once, 'kvm.set_irq')).toEqual(['partial gsi:3,gsi:4', 'full gsi:3,gsi:4']);
  expect(whole(cut(once, { gsi: [4, 5] }), 'kvm.set_irq').at(-1)).toBe('full gsi:4');
  expect(whole(cut(once, { gsi: [5] }), 'kvm.set_irq').at(-1)).toBe('partial undefined');
  expect(whole(cut(parse('meta.chan chan=kvm.set_irq cover=partial\nkvm.set_irq gsi=3 level=1 source=0\n'), { gsi: [3] }), 'kvm.set_irq').at(-1)).toBe('partial undefined');
  // messages are of a GSI and of a vector: two options leave none whole
  expect(whole(cut(events, { gsi: [3], vector: [0x41] }), 'kvm.msi')).toEqual(['partial undefined']);
});
