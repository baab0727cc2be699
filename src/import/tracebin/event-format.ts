// The kernel's description of an event: name, id and where its fields lie (kernel/trace/trace_events.c, f_show;
// events/SYSTEM/EVENT/format). Recordings carry these texts; offsets are taken from nowhere else.

interface FieldFormat {
  readonly offset: number;
  readonly size: number;
  readonly signed: boolean;
  /** `text`: a `__data_loc`, its place and length; `near`: a `__rel_loc`, its place counted from behind itself; `array`: in the record. */
  readonly shape: 'number' | 'text' | 'near' | 'array';
}

export interface EventFormat {
  readonly name: string;
  readonly id: number;
  readonly fields: ReadonlyMap<string, FieldFormat>;
  /** How the kernel prints it: `print fmt: ...`. */
  readonly print: string;
  /** What no kernel writes, in words: records cannot be read by it. */
  readonly wrong: string | undefined;
}

/** TRACE_PRINT, whose id and layout are the same in every 64-bit kernel: for a recording that does not describe it (kernel/trace/trace.h, trace_entries.h). */
export const PRINT_FORMAT = `name: tracing_mark_write
ID: 5
format:
	field:int common_pid;	offset:4;	size:4;	signed:1;
	field:unsigned long ip;	offset:8;	size:8;	signed:0;
	field:char buf[];	offset:16;	size:0;	signed:0;
`;

const MAX_FIELDS = 256;
const EVENT = /^[\w.:-]+$/;
const PRINTED = /\bREC->(\w+)/g;
/** Bytes of the widest number. */
const WIDEST = 8;
const HEAD = /^name: (\S+)\s+ID: (\d{1,9})\s+format:/;
const FIELD = /^\s*field:([^;\n]{1,400});\s*offset:(\d{1,6});\s*size:(\d{1,6});(?:\s*signed:([01]);)?/gm;
const NAME = /(\w+)\s*(\[[^\]]*\])?$/;

/** Undefined if the text describes no event. */
export function readEventFormat(text: string): EventFormat | undefined {
  const [, name, id] = HEAD.exec(text) ?? [];
  if (name === undefined) return undefined;
  const [, print = ''] = /^print fmt: (.*)/m.exec(text) ?? [];
  const fields = readFields(text);
  return { name, id: Number(id), fields, print, wrong: wrongIn(name, fields, print) };
}

/** Fields follow one another with no more room between them than their alignment takes, and what is printed is one of them. */
function wrongIn(name: string, fields: ReadonlyMap<string, FieldFormat>, print: string): string | undefined {
  if (!EVENT.test(name)) return 'a name that is none';
  let end = 0;
  for (const [field, { offset, size }] of fields) {
    if (offset < end || offset >= end + WIDEST) return `a field ${field} at ${offset} behind ${end}`;
    end = offset + size;
  }
  const [, missing] = [...print.matchAll(PRINTED)].find(([, field = '']) => !fields.has(field)) ?? [];
  return missing === undefined ? undefined : `no field ${missing}, which it prints`;
}

/** Also the fields of `header_page`, which has no name. */
export function readFields(text: string): Map<string, FieldFormat> {
  const fields = new Map<string, FieldFormat>();
  for (const [, declaration = '', offset, size, signed] of text.matchAll(FIELD)) {
    const [, name, array] = NAME.exec(declaration) ?? [];
    if (name === undefined || fields.size >= MAX_FIELDS) continue;
    fields.set(name, { offset: Number(offset), size: Number(size), signed: signed === '1', shape: shapeOf(declaration, array) });
  }
  return fields;
}

function shapeOf(declaration: string, array: string | undefined): FieldFormat['shape'] {
  if (declaration.startsWith('__data_loc')) return 'text';
  if (declaration.startsWith('__rel_loc')) return 'near';
  return array === undefined ? 'number' : 'array';
}
