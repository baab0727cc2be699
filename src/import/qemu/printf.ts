// The conversions of printf that QEMU's trace formats use, over 64-bit arguments: d i u x X o c s p and %%, with flags, width
// and length modifiers (ISO C 7.21.6.1; QEMU passes what the binary record holds as 64 bits in its own type).

/** How an argument was declared: 32 bits or fewer, 64 bits, a string. */
export type Conversion = 'narrow' | 'wide' | 'text';

const SPEC = /%(%|([-+ #0]*)(\d*)(?:\.(\d+))?(hh|h|ll|l|z|j|t)?([diuxXocsp]))/g;

interface Spec {
  readonly flags: string;
  readonly width: number;
  readonly wide: boolean;
  readonly letter: string;
}

type Piece = string | Spec;

function compile(text: string): Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of text.matchAll(SPEC)) {
    pieces.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    const [, whole, flags = '', width = '', , modifier = '', letter = ''] = match;
    pieces.push(whole === '%' ? '%' : { flags, width: Number(width), wide: /^(?:ll|l|z|j|t)$/.test(modifier), letter });
  }
  pieces.push(text.slice(at));
  return pieces;
}

function pad(digits: string, { flags, width }: Spec): string {
  if (flags.includes('-')) return digits.padEnd(width);
  return digits.padStart(width, flags.includes('0') ? '0' : ' ');
}

function number(value: bigint, spec: Spec, bits: number): string {
  switch (spec.letter) {
    case 'd':
    case 'i':
      return pad(String(BigInt.asIntN(bits, value)), spec);
    case 'c':
      return pad(String.fromCodePoint(Number(BigInt.asUintN(8, value))), spec);
    case 'p':
      return value === 0n ? '(nil)' : `0x${value.toString(16)}`;
    case 'u':
      return pad(String(BigInt.asUintN(bits, value)), spec);
    default: {
      const digits = BigInt.asUintN(bits, value).toString(spec.letter === 'o' ? 8 : 16);
      const cased = spec.letter === 'X' ? digits.toUpperCase() : digits;
      return pad(spec.flags.includes('#') && value !== 0n ? `0x${cased}` : cased, spec);
    }
  }
}

/** A function that prints arguments declared as `conversions` tell, by a format. */
export function format(text: string, conversions: readonly Conversion[]): (values: readonly (string | bigint)[]) => string {
  const pieces = compile(text);
  return (values) => {
    let next = 0;
    let out = '';
    for (const piece of pieces) {
      if (typeof piece === 'string') {
        out += piece;
        continue;
      }
      const value = values[next] ?? 0n;
      const narrow = conversions[next++] === 'narrow' && !piece.wide;
      out += typeof value === 'string' ? pad(value, piece) : number(value, piece, narrow ? 32 : 64);
    }
    return out;
  };
}
