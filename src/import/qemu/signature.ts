// One line of QEMU's `trace-events-all`: `name(type arg, ...) "format" PRIx64 "..."` (docs/devel/tracing.rst, scripts/tracetool).
// Compiled to a function that prints the arguments of a binary record as the log back end prints them.

import { format, type Conversion } from './printf.js';

/** A binary record holds strings with their length and everything else as 64 bits. */
export type Argument = string | bigint;

export interface Signature {
  readonly name: string;
  /** True for each argument that is a string. */
  readonly strings: readonly boolean[];
  /** The body of a log line. `values` has as many arguments as `strings`. */
  readonly print: (values: readonly Argument[]) => string;
}

const LINE = /^((?:(?:disable|tcg|tcg-trans|tcg-exec|vcpu) +)*)(\w+)\((.*?)\)\s*("[^]*)?$/;
const PIECE = /"((?:[^"\\]|\\.)*)"|PRI([a-zA-Z]+?)(?:8|16|32|64|PTR|MAX)?\b|\S/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '"': '"', '\\': '\\' };
/** Types whose hexadecimal form has 32 bits, whatever the record holds. */
const NARROW = /^(?:const )?(?:int|unsigned(?: int)?|u?int(?:8|16|32)_t|bool|char|signed|short|unsigned char|unsigned short)$/;

interface Parameter {
  readonly string: boolean;
  readonly narrow: boolean;
}

/** `const char *name`: the type is all but the last word; a `*` may stick to it. */
function parameter(text: string): Parameter {
  const words = text.trim().split(/\s+/);
  const last = words.pop() ?? '';
  const type = words.join(' ') + '*'.repeat(last.split('*').length - 1);
  const compact = type.replaceAll(' *', '*');
  return { string: /^(?:const )?char\*$/.test(compact), narrow: NARROW.test(type) };
}

const unescape = (text: string): string => text.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter);

/** The format's strings and the PRI macros between them, as one printf format. */
function joined(text: string): string | undefined {
  let whole = '';
  for (const [piece, quoted, macro] of text.matchAll(PIECE)) {
    if (quoted !== undefined) whole += unescape(quoted);
    else if (macro !== undefined) whole += `ll${macro}`;
    else if (piece !== '') return undefined;
  }
  return whole;
}

/** Undefined for a line that is none; comments and empty lines are none. */
export function parseSignature(line: string): Signature | undefined {
  const [, properties, name, list, quoted = ''] = LINE.exec(line) ?? [];
  if (properties === undefined || name === undefined || list === undefined) return undefined;
  const text = joined(quoted);
  if (text === undefined) return undefined;
  const given = list.trim() === '' || list.trim() === 'void' ? [] : list.split(',').map(parameter);
  // Up to QEMU 7.2 an event of a vCPU carries it in front.
  const vcpu = /\bvcpu\b/.test(properties);
  const parameters = vcpu ? [{ string: false, narrow: false }, ...given] : given;
  const conversions: readonly Conversion[] = parameters.map(({ string, narrow }) => (string ? 'text' : narrow ? 'narrow' : 'wide'));
  const print = format(vcpu ? `cpu=%p ${text}` : text, conversions);
  return { name, strings: parameters.map(({ string }) => string), print };
}

/** Signatures in the order of the file, which numbers the events of old recordings; `undefined` where a line cannot be read. */
export function parseSignatures(text: string): (Signature | undefined)[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map(parseSignature);
}
