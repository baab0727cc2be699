// Arbitrary events of every kind, generated from the table of kinds.ts: what any importer could make, and a few things none does.

import * as fc from 'fast-check';
import type { Event } from '../src/event.js';
import { fill, newDraft, TABLES, type Field, type FieldValue, type KindTable } from '../src/import/fields.js';
import { FIELD_VALUES, type FieldType } from '../src/field-types.js';

/** Names of the streams that the events' `stream` counts. */
export const FILES = ['trace.txt', 'a dir/é:1,b.log', 'cpu "0".raw'] as const;

const MAX = Number.MAX_SAFE_INTEGER;
const index = fc.oneof(fc.nat(64), fc.nat(MAX));
const int = fc.oneof(fc.integer({ min: -64, max: 64 }), fc.integer({ min: -MAX, max: MAX }));
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('', '"', '\\n', 'a\nb\r\n\t"c" \\', '# no comment', '! no/mark', 'ü 漢 🙂', '\uFEFF'));
const name = fc.oneof(fc.constantFrom('0000:00:04.0', 'a', '#1', '!', 'x=y', '"', 'é'), fc.string({ minLength: 1, unit: 'binary' }).filter((s) => /^\S+$/.test(s)));

const VALUES: Record<FieldType, fc.Arbitrary<FieldValue>> = {
  gsi: index,
  pin: index,
  entry: index,
  vector: fc.integer({ min: -1, max: 255 }),
  intid: index,
  source: index,
  vcpu: index,
  lr: index,
  bit: fc.constantFrom(0, 1),
  int,
  u64: fc.oneof(fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }), fc.constantFrom(0n, 2n ** 53n + 1n, 0xffff_ffff_ffff_ffffn)),
  name,
  text,
  queue: fc.oneof(index, fc.constant('cfg')),
  trig: fc.constantFrom(...FIELD_VALUES.trig),
  start: fc.constantFrom(...FIELD_VALUES.start),
  cover: fc.constantFrom(...FIELD_VALUES.cover),
  dword: fc.constantFrom(...FIELD_VALUES.dword),
  irqchip: fc.constantFrom(...FIELD_VALUES.irqchip),
  chips: fc.constantFrom(...FIELD_VALUES.chips),
  lrstate: fc.constantFrom(...FIELD_VALUES.lrstate),
  routes: fc.oneof(fc.constantFrom('default', '24:a.1=0x41', '10:ioapic.10,10:ioapic.11', '0-4095'), text),
  picpin: fc.oneof(index, fc.constant('ns')),
  picreg: fc.constantFrom(...FIELD_VALUES.picreg),
  apicreg: fc.constantFrom(...FIELD_VALUES.apicreg),
  vfiomode: fc.constantFrom(...FIELD_VALUES.vfiomode),
  shorthand: fc.constantFrom(...FIELD_VALUES.shorthand),
};

function fieldsOf(fields: readonly Field[]): fc.Arbitrary<Record<string, FieldValue | undefined>> {
  const entries = fields.map((field) => [field.name, field.optional ? fc.option(VALUES[field.type], { nil: undefined }) : VALUES[field.type]]);
  return fc.record(Object.fromEntries(entries));
}

const common = fc.record({
  ns: fc.oneof(fc.constant(NaN), fc.nat(MAX), fc.integer({ min: -1000, max: -1 })),
  on: fc.oneof(fc.constant(-1), index),
  tid: fc.oneof(fc.constant(-1), index),
  vm: fc.option(text, { nil: undefined }),
  stream: fc.nat(FILES.length - 1),
  at: fc.integer({ min: 1, max: 999_999_999_999_999 }),
  name: fc.oneof(fc.constantFrom('kvm_set_irq', 'CPU:1 [LOST 2 EVENTS]', ''), text),
});

function eventOf(table: KindTable): fc.Arbitrary<Event> {
  return fc.tuple(common, fieldsOf(table.fields)).map(([place, fields]) => {
    const draft = Object.assign(newDraft(table.kind), place);
    if (!fill(draft, table, (field) => fields[field.name])) throw new Error(`no whole ${table.kind}`);
    return draft;
  });
}

/** An event of any kind, each kind equally likely. */
export const arbitraryEvent: fc.Arbitrary<Event> = fc.oneof(...[...TABLES.values()].map(eventOf));
