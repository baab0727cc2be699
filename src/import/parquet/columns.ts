// The columns of the Parquet form: those of every event, then one per field name and way of storing, from the table of kinds.ts.

import type { FieldType, FieldTypes } from '../../field-types.js';
import { TABLES, type Field } from '../fields.js';

/** `integer` INT64; `text` UTF-8; `hex` UTF-8 as `0xfee01000`: no 64-bit column type holds every unsigned number in every reader and writer. */
type Storage = 'integer' | 'text' | 'hex';

export interface Column {
  readonly name: string;
  readonly storage: Storage;
  /** Every row has a value. */
  readonly required: boolean;
  /** What it holds, for people. */
  readonly about: string;
}

/** A name in place of a number: -1, which no index is. */
const WORDS: Partial<Record<FieldType, string>> = { queue: 'cfg', picpin: 'ns' };
const STORAGE: { readonly [T in FieldType]: FieldTypes[T] extends bigint ? 'hex' : FieldTypes[T] extends string ? 'text' : 'integer' } = {
  gsi: 'integer',
  pin: 'integer',
  entry: 'integer',
  vector: 'integer',
  intid: 'integer',
  source: 'integer',
  vcpu: 'integer',
  lr: 'integer',
  bit: 'integer',
  int: 'integer',
  u64: 'hex',
  name: 'text',
  text: 'text',
  queue: 'integer',
  trig: 'text',
  start: 'text',
  cover: 'text',
  dword: 'text',
  irqchip: 'text',
  chips: 'text',
  lrstate: 'text',
  routes: 'text',
  picpin: 'integer',
  picreg: 'text',
  apicreg: 'text',
  vfiomode: 'text',
  shorthand: 'text',
};

export const wordOf = ({ type }: Field): string | undefined => WORDS[type];

const storageOf = ({ type }: Field): Storage => STORAGE[type];

/** `on` is a word of SQL. */
export const COMMON = {
  seq: { name: 'seq', storage: 'integer', required: true, about: 'position in the recording, from 0; a gap tells that rows were left out' },
  kind: { name: 'kind', storage: 'text', required: true, about: 'kind of the event' },
  ns: { name: 'ns', storage: 'integer', required: false, about: 'nanoseconds since the base in the metadata; null without a time' },
  on: { name: 'on_cpu', storage: 'integer', required: false, about: 'CPU that recorded the event' },
  tid: { name: 'tid', storage: 'integer', required: false, about: 'thread that did it' },
  vm: { name: 'vm', storage: 'text', required: false, about: 'virtual machine, where the recorder tells' },
  file: { name: 'src_file', storage: 'text', required: false, about: 'recording that the event comes from' },
  at: { name: 'src_at', storage: 'integer', required: false, about: 'line or record in it' },
  event: { name: 'src_event', storage: 'text', required: false, about: "the recorder's own name of the event" },
} as const satisfies Record<string, Column>;

const FIELDS: readonly Field[] = [...TABLES.values()].flatMap(({ fields }) => fields);
const stored = (name: string): Set<Storage> => new Set(FIELDS.filter((field) => field.name === name).map(storageOf));

/** Words of SQL, which would need quotes. */
const RESERVED: ReadonlySet<string> = new Set(['by', 'except', 'group', 'to']);

/** A name that several kinds store in different ways has a column for each: `val`, `val_hex`. */
function nameFor(field: Field): string {
  const storage = storageOf(field);
  if (RESERVED.has(field.name)) return `${field.name}_`;
  return storage !== 'integer' && stored(field.name).size > 1 ? `${field.name}_${storage}` : field.name;
}

const NAMES: ReadonlyMap<Field, string> = new Map(FIELDS.map((field) => [field, nameFor(field)]));

export const columnNameOf = (field: Field): string => NAMES.get(field) ?? nameFor(field);

function describe(name: string): string {
  const kinds = [...TABLES.values()].filter(({ fields }) => fields.some((field) => columnNameOf(field) === name)).map(({ kind }) => kind);
  const words = new Set(FIELDS.filter((field) => columnNameOf(field) === name).flatMap((field) => wordOf(field) ?? []));
  const note = [...words].map((word) => `; -1 is ${word}`).join('');
  const field = FIELDS.find((each) => columnNameOf(each) === name);
  return `${field?.name} of ${kinds.join(', ')}${note}`;
}

function fieldColumns(): Column[] {
  const columns = new Map<string, Column>();
  for (const field of FIELDS) {
    const name = columnNameOf(field);
    if (!columns.has(name)) columns.set(name, { name, storage: storageOf(field), required: false, about: describe(name) });
  }
  return [...columns.values()];
}

export const COLUMNS: readonly Column[] = [...Object.values(COMMON), ...fieldColumns()];

/** Key of the file's metadata that holds the header, as the first record of NDJSON. */
export const HEADER_KEY = 'irqreplay';
