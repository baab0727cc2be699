// The table of kinds.ts, compiled for the native forms: every field with its way to read litmus text and JSON.
// Accepts exactly what the zod schema of event.ts accepts, without loading zod: that costs 50 ms of start-up.

import type { Event } from '../event.js';
import { FIELD_VALUES, type FieldType } from '../field-types.js';
import { KINDS } from '../kinds.js';

export type FieldValue = string | number | bigint;

interface Reading {
  /** What a right value looks like, for error messages. */
  readonly expected: string;
  /** From an unquoted text; undefined if it is none. */
  readonly text: (text: string) => FieldValue | undefined;
  readonly json: (value: unknown) => FieldValue | undefined;
}

export interface Field extends Reading {
  readonly name: string;
  readonly type: FieldType;
  readonly optional: boolean;
}

/** An event under construction. */
export type Draft = Record<string, unknown>;

export interface KindTable {
  readonly kind: string;
  /** In table order. */
  readonly fields: readonly Field[];
}

const MAX = Number.MAX_SAFE_INTEGER;
const MAX_U64 = 0xffff_ffff_ffff_ffffn;
const INTEGER = /^-?(?:0x[0-9a-f]+|\d+)$/i;
const HEX64 = /^0x[0-9a-f]{1,16}$/;

function within(value: unknown, min: number, max: number): number | undefined {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) return undefined;
  // -0 has no text of its own
  return value + 0;
}

function number(min: number, max: number, expected: string): Reading {
  return {
    expected,
    text: (text) => {
      if (!INTEGER.test(text)) return undefined;
      return within(text.startsWith('-') ? -Number(text.slice(1)) : Number(text), min, max);
    },
    json: (value) => within(value, min, max),
  };
}

function string(pattern: RegExp, expected: string): Reading {
  const text = (value: string): string | undefined => (pattern.test(value) ? value : undefined);
  return { expected, text, json: (value) => (typeof value === 'string' ? text(value) : undefined) };
}

function oneOf(values: readonly string[]): Reading {
  const text = (value: string): string | undefined => (values.includes(value) ? value : undefined);
  return { expected: values.join(' or '), text, json: (value) => (typeof value === 'string' ? text(value) : undefined) };
}

/** An index, or one word in its place. */
function indexOr(word: string): Reading {
  return {
    expected: `${index.expected}, or ${word}`,
    text: (text) => (text === word ? word : index.text(text)),
    json: (value) => (value === word ? word : index.json(value)),
  };
}

function hex64(text: string): bigint | undefined {
  if (!INTEGER.test(text) || text.startsWith('-')) return undefined;
  const value = BigInt(text);
  return value <= MAX_U64 ? value : undefined;
}

const isText = (value: unknown): value is string => typeof value === 'string';
/** `on=`, `tid=`, ring numbers and the like. */
export const index = number(0, MAX, 'an integer from 0 to 2^53-1');
/** `ns`; before the first event for what a recorder stamped late. */
export const time = number(-MAX, MAX, 'the time in ns, an integer below 2^53');
const anyText = string(/^/, 'text');

const READINGS: Record<FieldType, Reading> = {
  gsi: index,
  pin: index,
  entry: index,
  vector: number(-1, 255, 'an integer from -1 to 255'),
  intid: index,
  source: index,
  vcpu: index,
  lr: index,
  bit: number(0, 1, '0 or 1'),
  int: number(-MAX, MAX, 'an integer below 2^53'),
  u64: {
    expected: 'an unsigned integer below 2^64 (0x hexadecimal text in JSON)',
    text: hex64,
    json: (value) => (isText(value) && HEX64.test(value) ? BigInt(value) : undefined),
  },
  name: string(/^\S+$/, 'a name without blanks'),
  text: anyText,
  queue: indexOr('cfg'),
  trig: oneOf(FIELD_VALUES.trig),
  start: oneOf(FIELD_VALUES.start),
  cover: oneOf(FIELD_VALUES.cover),
  dword: oneOf(FIELD_VALUES.dword),
  irqchip: oneOf(FIELD_VALUES.irqchip),
  chips: oneOf(FIELD_VALUES.chips),
  lrstate: oneOf(FIELD_VALUES.lrstate),
  routes: anyText,
  picpin: indexOr('ns'),
  picreg: oneOf(FIELD_VALUES.picreg),
  apicreg: oneOf(FIELD_VALUES.apicreg),
  vfiomode: oneOf(FIELD_VALUES.vfiomode),
  shorthand: oneOf(FIELD_VALUES.shorthand),
};

const isFieldType = (text: string): text is FieldType => Object.hasOwn(READINGS, text);

function compileField([name, text]: [string, string]): Field {
  const type = text.replace('?', '');
  if (!isFieldType(type)) throw new Error(`kinds.ts names the field type ${text}, which fields.ts does not know`);
  return { name, type, optional: type !== text, ...READINGS[type] };
}

function compileKind([kind, types]: [string, Readonly<Record<string, string>>]): [string, KindTable] {
  return [kind, { kind, fields: Object.entries(types).map(compileField) }];
}

/** Kind to its table. */
export const TABLES: ReadonlyMap<string, KindTable> = new Map(Object.entries(KINDS).map(compileKind));

/** An event without its fields, every common property unknown; a literal, because a copied template costs ten times as much. */
export function newDraft(kind: string): Draft {
  return { seq: 0, ns: NaN, on: -1, tid: -1, vm: undefined, stream: 0, at: 0, name: kind, kind };
}

/**
 * Gives the draft every field of its kind in table order, absent ones too, so that all events of a kind have one shape.
 * It is an event then, unless a field is missing. `valueOf` has judged the value.
 */
export function fill(draft: Draft, table: KindTable, valueOf: (field: Field) => FieldValue | undefined): draft is Draft & Event {
  let whole = true;
  for (const field of table.fields) {
    const value = valueOf(field);
    if (value === undefined && !field.optional) whole = false;
    draft[field.name] = value;
  }
  return whole;
}

/** The first field that must be there and is not. */
export function missingField(draft: Draft, table: KindTable): Field | undefined {
  return table.fields.find((field) => !field.optional && draft[field.name] === undefined);
}
