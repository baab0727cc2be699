// One line of QEMU's `trace-events-all`: `name(type arg, ...) "format" PRIx64 "..."` (docs/devel/tracing.rst, scripts/tracetool).
// Compiled to a function that prints the arguments of a binary record as the log back end prints them.

import { format, type Conversion } from './printf.js';

/** A binary record holds strings with their length and everything else as 64 bits. */
export type Argument = string | bigint;

export interface Signature {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** The body of a log line. `values` has as many arguments as there are parameters. */
  readonly print: (values: readonly Argument[]) => string;
}

const LINE = /^((?:(?:disable|tcg|tcg-trans|tcg-exec|vcpu) +)*)(\w+)\((.*?)\)\s*("[^]*)?$/;
const PIECE = /"((?:[^"\\]|\\.)*)"|PRI([a-zA-Z]+?)(?:8|16|32|64|PTR|MAX)?\b|\S/g;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '"': '"', '\\': '\\' };
/** Types of fewer than 64 bits, and how many they have. Their hexadecimal form has 32, whatever the record holds. */
const NARROW: Readonly<Record<string, number>> = {
  bool: 1, uint8_t: 8, 'unsigned char': 8, uint16_t: 16, 'unsigned short': 16, uint32_t: 32, unsigned: 32, 'unsigned int': 32,
  int8_t: -8, char: -8, int16_t: -16, short: -16, int32_t: -32, int: -32, signed: -32,
};
const ALL = 2n ** 64n;

interface Parameter {
  readonly string: boolean;
  readonly narrow: boolean;
  /** Of the 64 bits of a record those up to `most` are numbers of the type, and from `least` on its negative ones. */
  readonly most: bigint;
  readonly least: bigint;
}

/** `const char *name`: the type is all but the last word; a `*` may stick to it. */
function parameter(text: string): Parameter {
  const words = text.trim().split(/\s+/);
  const last = words.pop() ?? '';
  const type = words.join(' ') + '*'.repeat(last.split('*').length - 1);
  const compact = type.replaceAll(' *', '*');
  const bits = NARROW[type.replace(/^const /, '')];
  return { string: /^(?:const )?char\*$/.test(compact), narrow: bits !== undefined, ...range(bits ?? 64) };
}

/** Signed numbers, whose bits are counted negative, are extended to 64 bits by their sign. */
function range(bits: number): Pick<Parameter, 'most' | 'least'> {
  if (bits > 0) return { most: 2n ** BigInt(bits) - 1n, least: ALL };
  const half = 2n ** BigInt(-bits - 1);
  return { most: half - 1n, least: ALL - half };
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
  const parameters = vcpu ? [parameter('void *cpu'), ...given] : given;
  const conversions: readonly Conversion[] = parameters.map(({ string, narrow }) => (string ? 'text' : narrow ? 'narrow' : 'wide'));
  const print = format(vcpu ? `cpu=%p ${text}` : text, conversions);
  return { name, parameters, print };
}

/** Signatures in the order of the file, which numbers the events of old recordings; `undefined` where a line cannot be read. */
export function parseSignatures(text: string): (Signature | undefined)[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map(parseSignature);
}
