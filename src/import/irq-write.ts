// Event to its canonical line of litmus text, and the header before the first: defaults left out, fields in table order, 64-bit numbers and the data of messages in hexadecimal.

import type { Event } from '../event.js';
import { TABLES, type Field } from './fields.js';
import type { Header } from './header.js';
import { writeSource } from './source.js';

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const quote = (text: string): string => `"${text.replace(/["\\\n\r\t]/g, (letter) => ESCAPES[letter] ?? letter)}"`;
/** Names stand bare wherever the reader finds their end by the next blank. */
const bare = (text: string): string => (/^[!#-~][!-~]*$/.test(text) ? text : quote(text));

function formatField(field: Field, value: unknown): string {
  // a message's data has its vector in the low byte: guests, recorders and our sentences tell it in hexadecimal
  if (typeof value === 'bigint' || (field.name === 'data' && typeof value === 'number' && value >= 0)) return `${field.name}=0x${value.toString(16)}`;
  if (typeof value !== 'string') return `${field.name}=${String(value)}`;
  return `${field.name}=${field.type === 'text' ? quote(value) : bare(value)}`;
}

function formatPrefix(event: Event): string[] {
  const words: string[] = [];
  if (!Number.isNaN(event.ns)) words.push(`@${event.ns}`);
  if (event.on !== -1) words.push(`on=${event.on}`);
  if (event.tid !== -1) words.push(`tid=${event.tid}`);
  if (event.vm !== undefined) words.push(`vm=${bare(event.vm)}`);
  return words;
}

/** The line of `irq-header.ts`. */
export function formatHeader({ base, clock, streams }: Header): string {
  const words = streams.map(({ file, recorder }) => `stream=${quote(file)} recorder=${quote(recorder)}`);
  return ['irq 1', `clock=${clock}`, `base=${base}`, ...words].join(' ');
}

/** `files` names the streams; without it the line tells nothing of where the event came from. */
export function formatEvent(event: Event, files: readonly string[] = []): string {
  const words = [...formatPrefix(event), event.kind];
  for (const field of TABLES.get(event.kind)?.fields ?? []) {
    const value: unknown = Reflect.get(event, field.name);
    if (value !== undefined) words.push(formatField(field, value));
  }
  const source = writeSource(event, files);
  if (source !== undefined) words.push(`src=${quote(source)}`);
  return words.filter((word) => word !== '').join(' ');
}
