// --offset: what to add to the times of a file whose clock is not that of the others.

import type { ClockOffset } from '../order/input.js';
import { UsageError } from './usage.js';

export interface OffsetOption {
  readonly file: string;
  readonly offset: ClockOffset | 'auto';
}

const UNITS: Readonly<Record<string, number>> = { s: 9, ms: 6, us: 3, µs: 3, ns: 0 };
const OFFSET = /^([+-]?)(\d+)(?:\.(\d{1,9}))?(s|ms|us|µs|ns)?(?:~(\d+)(s|ms|us|µs|ns)?)?$/;
/** What is not said to be better known is trusted no further. */
const LEAST_UNCERTAINTY = 50_000;

const powerOf = (unit: string | undefined): number => UNITS[unit ?? 'ns'] ?? 0;

function amountOf(text: string): ClockOffset | undefined {
  const [, sign, whole, part = '', unit, doubt, doubtUnit] = OFFSET.exec(text) ?? [];
  const places = powerOf(unit) - part.length;
  if (whole === undefined || places < 0) return undefined;
  const size = BigInt(whole + part) * 10n ** BigInt(places);
  // half of the last digit that was given
  const written = part === '' && unit === undefined ? 0 : Number(10n ** BigInt(places)) / 2;
  const uncertainty = doubt === undefined ? Math.max(LEAST_UNCERTAINTY, written) : Number(doubt) * 10 ** powerOf(doubtUnit);
  return { ns: sign === '-' ? -size : size, uncertainty };
}

/** ns of a time such as `100us`. */
export function nsOf(text: string): number {
  const ns = amountOf(text)?.ns;
  if (ns === undefined) throw new UsageError(`${text}: expected a time such as 100us`);
  return Number(ns);
}

/** As --offset reads it. */
export const offsetText = ({ file, offset }: OffsetOption): string => `${file}=${offset === 'auto' ? 'auto' : `${offset.ns}~${offset.uncertainty}ns`}`;

/** `trace.txt=-22.152ms`, `qemu.log=-1795219567.719084s~100us`, `qemu.log=auto`. */
export function parseOffset(text: string): OffsetOption {
  const at = text.lastIndexOf('=');
  const file = text.slice(0, Math.max(0, at));
  const offset = text.slice(at + 1) === 'auto' ? 'auto' : amountOf(text.slice(at + 1));
  if (file === '' || offset === undefined) throw new UsageError(`--offset ${text}: expected FILE=+1.5s, FILE=-22152000 (ns), FILE=1.5s~100us with its uncertainty, or FILE=auto`);
  return { file, offset };
}
