// One line of litmus text: `[@ns] [on=N] [tid=N] [vm=X] kind key=value ... [src="file:line name"] [! rule/id ...]`.

import type { Event } from '../event.js';
import { fill, index, missingField, newDraft, TABLES, time, type Draft, type FieldValue, type KindTable } from './fields.js';
import { TraceError } from './format.js';
import { tokenize, type Place, type Token } from './irq-token.js';
import { nearestHint } from './nearest.js';
import { readSource, SOURCE_EXPECTED, type Origin } from './source.js';

export interface Line {
  readonly event: Event;
  /** Rule ids after `!`, empty for a bare `!`; undefined if the line has no mark. */
  readonly marks: readonly string[] | undefined;
}

const wrong = (place: Place, found: string, expected: string): TraceError => new TraceError(place.file, place.line, found, expected);

function integer(token: Token, place: Place): number {
  const value = index.text(token.value ?? '');
  if (typeof value !== 'number') throw wrong(place, token.text, `${token.key}= with ${index.expected}`);
  return value;
}

/** Takes `@ns`, `on=`, `tid=`, `vm=` into `draft` and returns the number of tokens they are. */
function readPrefix(tokens: readonly Token[], draft: Draft, place: Place): number {
  const seen: string[] = [];
  for (const token of tokens) {
    const key = token.key.startsWith('@') ? '@' : token.key;
    if (token.quoted || (key !== '@' && token.value === undefined)) break;
    if (seen.includes(key)) throw wrong(place, token.text, `${key} once`);
    seen.push(key);
    if (key === '@') draft['ns'] = readTime(token, place);
    else if (key === 'on' || key === 'tid') draft[key] = integer(token, place);
    else if (key === 'vm') draft['vm'] = token.value;
    else throw wrong(place, token.text, 'an event kind, or @ns, on=, tid=, vm= before it');
  }
  return seen.length;
}

function readTime(token: Token, place: Place): number {
  const ns = /^@-?\d+$/.test(token.text) ? time.text(token.key.slice(1)) : undefined;
  if (typeof ns !== 'number') throw wrong(place, token.text, `@ and ${time.expected}`);
  return ns;
}

function tableOf(token: Token | undefined, place: Place): KindTable {
  const table = token === undefined || token.quoted ? undefined : TABLES.get(token.key);
  if (token === undefined) throw wrong(place, 'the end of the line', 'an event kind');
  if (table === undefined) throw wrong(place, token.text, `an event kind${nearestHint(token.key, TABLES.keys())}`);
  return table;
}

function readSourceInto(draft: Draft, token: Token, place: Place, origin: Origin | undefined): void {
  const source = readSource(token.value ?? '');
  if (source === undefined) throw wrong(place, token.text, SOURCE_EXPECTED);
  draft['name'] = source.name;
  if (origin === undefined) return;
  draft['stream'] = origin(source.file, '');
  draft['at'] = source.line;
}

function readField(values: Map<string, FieldValue>, token: Token, table: KindTable, place: Place): void {
  const field = token.quoted ? undefined : table.fields.find(({ name }) => name === token.key);
  if (field === undefined) {
    const names = table.fields.map(({ name }) => name);
    const list = names.length > 0 ? `a field of ${table.kind}: ${names.join(', ')}` : `no field: ${table.kind} has none`;
    throw wrong(place, token.text, `${list}${nearestHint(token.key, names)}`);
  }
  if (values.has(field.name)) throw wrong(place, token.text, `${field.name} once`);
  const value = token.value === undefined ? undefined : field.text(token.value);
  if (value === undefined) throw wrong(place, token.text, `${field.name}= with ${field.expected}`);
  values.set(field.name, value);
}

/** The values of a kind's fields; a source among the tokens goes into `draft`. */
function readValues(draft: Draft, tokens: readonly Token[], table: KindTable, place: Place, origin: Origin | undefined): Map<string, FieldValue> {
  const values = new Map<string, FieldValue>();
  let sources = 0;
  for (const token of tokens) {
    if (token.key === 'src' && !token.quoted) {
      if (sources++ > 0) throw wrong(place, token.text, 'src once');
      readSourceInto(draft, token, place, origin);
    } else readField(values, token, table, place);
  }
  return values;
}

function readMarks(tokens: readonly Token[], place: Place): string[] {
  return tokens.map((token) => {
    if (!/^[a-z0-9-]+\/[a-z0-9-]+$/.test(token.text)) throw wrong(place, token.text, 'rule ids as component/defect after !');
    return token.text;
  });
}

/** One line; undefined if there is nothing on it but blanks and a comment. */
export function readLine(text: string, place: Place, stream: number, origin: Origin | undefined): Line | undefined {
  const tokens = tokenize(text, place);
  if (tokens.length === 0) return undefined;
  const draft = newDraft('');
  draft['stream'] = stream;
  draft['at'] = place.line;
  const at = readPrefix(tokens, draft, place);
  const table = tableOf(tokens[at], place);
  draft['kind'] = draft['name'] = table.kind;
  const rest = tokens.slice(at + 1);
  const mark = rest.findIndex((token) => token.text === '!');
  const values = readValues(draft, mark < 0 ? rest : rest.slice(0, mark), table, place, origin);
  if (fill(draft, table, (field) => values.get(field.name))) {
    return { event: draft, marks: mark < 0 ? undefined : readMarks(rest.slice(mark + 1), place) };
  }
  const missing = missingField(draft, table);
  throw wrong(place, text.trim(), `${missing?.name}= with ${missing?.expected}`);
}
