// The common tongue: what every importer makes, the model replays and the rules judge.
// One zod union over the table of kinds.ts; the JSON Schema in schemas/ is generated from it.

import { z } from 'zod';
import { FIELD_VALUES, type FieldType } from './field-types.js';
import { KINDS, type FieldsOf, type Kind } from './kinds.js';

interface Common {
  /** Position in the replayed order, 0-based; set by the loop. */
  seq: number;
  /** Nanoseconds since the recording's first event; NaN where the recording has no time. */
  ns: number;
  /** CPU that recorded the event, -1 where unknown. */
  on: number;
  /** Thread that did it, -1 where unknown. */
  tid: number;
  /** Virtual machine, where the recorder tells. */
  vm?: string | undefined;
  /** Index of the stream. */
  stream: number;
  /** Line in the stream, 1-based; of binary forms the number of the record. */
  at: number;
  /** The recorder's own name of the event. */
  name: string;
}

export type EventOf<K extends Kind> = K extends Kind ? Common & { readonly kind: K } & FieldsOf<K> : never;
export type Event = { [K in Kind]: EventOf<K> }[Kind];

const hex64 = z.codec(z.string().regex(/^0x[0-9a-f]{1,16}$/), z.bigint().min(0n).max(0xffff_ffff_ffff_ffffn), {
  decode: (text) => BigInt(text),
  encode: (value) => `0x${value.toString(16)}`,
});
const index = z.int().min(0);
const bit = z.union([z.literal(0), z.literal(1)]);

const FIELD_SCHEMAS: Record<FieldType, z.ZodType> = {
  gsi: index,
  pin: index,
  entry: index,
  vector: z.int().min(-1).max(255),
  intid: index,
  source: index,
  vcpu: index,
  lr: index,
  bit,
  int: z.int(),
  u64: hex64,
  name: z.string().regex(/^\S+$/),
  text: z.string(),
  queue: z.union([index, z.literal('cfg')]),
  trig: z.enum(FIELD_VALUES.trig),
  start: z.enum(FIELD_VALUES.start),
  cover: z.enum(FIELD_VALUES.cover),
  dword: z.enum(FIELD_VALUES.dword),
  irqchip: z.enum(FIELD_VALUES.irqchip),
  chips: z.enum(FIELD_VALUES.chips),
  lrstate: z.enum(FIELD_VALUES.lrstate),
  routes: z.string(),
  picpin: z.union([index, z.literal('ns')]),
  picreg: z.enum(FIELD_VALUES.picreg),
  apicreg: z.enum(FIELD_VALUES.apicreg),
  vfiomode: z.enum(FIELD_VALUES.vfiomode),
  shorthand: z.enum(FIELD_VALUES.shorthand),
};

const isFieldType = (text: string): text is FieldType => Object.hasOwn(FIELD_SCHEMAS, text);

function fieldSchema(type: string): z.ZodType {
  const base = type.endsWith('?') ? type.slice(0, -1) : type;
  if (!isFieldType(base)) throw new Error(`kinds.ts names the field type ${type}, which event.ts does not know`);
  const schema = FIELD_SCHEMAS[base];
  return type.endsWith('?') ? schema.optional() : schema;
}

const common = {
  ns: z.int().optional(),
  on: index.optional(),
  tid: index.optional(),
  vm: z.string().optional(),
  src: z.string().optional(),
};

function kindSchema([kind, fields]: [string, Readonly<Record<string, string>>]): z.ZodObject {
  const own = Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, fieldSchema(type)]));
  return z.strictObject({ kind: z.literal(kind), ...common, ...own });
}

const [first, ...rest] = Object.entries(KINDS).map(kindSchema);
if (first === undefined) throw new Error('kinds.ts lists no kind');

/** One event as it stands in an NDJSON record: 64-bit numbers as hexadecimal text, no `seq`, `src` as `file:line name`. */
export const EventRecord = z.discriminatedUnion('kind', [first, ...rest]);
