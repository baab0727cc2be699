// Small pieces of text that every report is made of: numbers, times, places, and words of the recording made safe for a terminal.

import type { Event } from '../event.js';
import type { StreamSummary } from '../finding.js';

/** Colours a piece of text, or leaves it as it is. */
export type Paint = (style: 'red' | 'yellow' | 'cyan' | 'green' | 'bold' | 'dim', text: string) => string;

/** Names of the streams by their number (`Event.stream`). */
export type Files = readonly string[];

// C0, DEL, C1, and what turns the direction of a line or ends it: a recording must not speak to the terminal.
const UNSAFE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

const hex = (letter: string, digits: number): string => letter.charCodeAt(0).toString(16).padStart(digits, '0');

/** Words of the recording, for a terminal. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (letter) => NAMED[letter] ?? (letter < '\u0100' ? `\\x${hex(letter, 2)}` : `\\u${hex(letter, 4)}`));
}

/** Half a character of UTF-16: text that was cut in the middle, or never was text. */
export const LONE_SURROGATE = /\p{Cs}/gu;
/** JSON.stringify escapes lone surrogates, and of the others none. */
const ESCAPE = /\\(?:ud[89a-f][0-9a-f]{2}|.)/g;

/** JSON text that holds no control character: inside strings the escapes mean the same. Escapes of half a character, at which readers stop (RFC 8259, 8.2), become U+FFFD. */
export const printableJson = (json: string): string =>
  json.replace(UNSAFE, (letter) => (letter === '\n' ? letter : `\\u${hex(letter, 4)}`)).replace(ESCAPE, (escape) => (escape.startsWith('\\ud') ? '\\ufffd' : escape));

/** `12,345` */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** `1 event`, `12,345 events` */
export const counted = (n: number, one: string, many = `${one}s`): string => `${grouped(n)} ${n === 1 ? one : many}`;

const UNITS: readonly (readonly [number, string])[] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
];

/** `3.21 s`, `17 ms`; hours stay seconds, which is what recorders print. */
export function duration(ns: number): string {
  const [size, unit] = UNITS.find(([least]) => ns >= least) ?? [1, 'ns'];
  const value = ns / size;
  return `${value >= 100 ? grouped(Math.round(value)) : Number(value.toPrecision(3))} ${unit}`;
}

/** Writes a time that is counted as a recording's clock counts. */
export type Spell = (time: number) => string;

const ticks: Spell = (time) => counted(Math.round(time), 'tick');

/** The unit of a bare integer is not known. */
export const unitOf = (streams: readonly Pick<StreamSummary, 'clock'>[]): 'ns' | 'ticks' => (streams.some(({ clock }) => clock === 'integer') ? 'ticks' : 'ns');

/** `1.2 µs` or `1,234 ticks`. */
export const spellOf = (streams: readonly Pick<StreamSummary, 'clock'>[]): Spell => (unitOf(streams) === 'ticks' ? ticks : duration);

const LONGEST = 240;
/** A routing table or a note may be very long. */
export const clipped = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);

/** Letters in a line of prose: it is read in mails, too. */
const WIDTH = 78;

/** Prose in lines that are not too long, the first behind `head`, the others behind `indent`. */
export function wrapped(text: string, head = '', indent = head): string[] {
  const lines: string[] = [];
  let line = head;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

/** Names without the folders that do not tell them apart: a place is written many times. */
export function shortNames(files: Files): Files {
  const isOf = (file: string, end: string): boolean => file === end || file.endsWith(`/${end}`);
  return files.map((file) => {
    const parts = file.split('/');
    const ends = parts.map((_, i) => parts.slice(-1 - i).join('/'));
    return ends.find((end) => end !== '' && files.filter((other) => isOf(other, end)).length === 1) ?? file;
  });
}

/** A sentence as it stands alone: with a capital, but for names that have one inside (vCPU, pINTID). */
export const sentenceCase = (text: string): string => (/^[a-z][A-Z]/.test(text) ? text : text.slice(0, 1).toUpperCase() + text.slice(1));

/** `trace.txt:1234` */
export const place = ({ stream, at }: Pick<Event, 'stream' | 'at'>, files: Files): string => `${printable(files[stream] ?? '?')}:${at}`;

/** A list with its counts, the greatest first: `rte.mask ×12, irr ×3`. */
export const tally = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, n]) => `${printable(name)} ×${grouped(n)}`)
    .join(', ');
