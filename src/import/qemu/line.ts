// Prefix of one line of QEMU's `log` trace back end (scripts/tracetool/backend/log.py): `TID@SEC.USEC:` to 10.0, an ISO-8601
// stamp and a blank later, nothing at all without `-msg timestamp=on`. The number in front of the `@` is the thread's.

import type { Text } from '../kvm/text.js';

const ZERO = 48;
const AT = 64;
const DOT = 46;
const COLON = 58;
const DASH = 45;
const SPACE = 32;
/** `2026-11-21T00:10:28.235321Z `. */
const ISO_LENGTH = 28;
const MICROSECONDS = 6;

const digitAt = (bytes: Buffer, at: number): number => (bytes[at] ?? 0) - ZERO;
const isDigit = (value: number): boolean => value >= 0 && value <= 9;

/** Days from 1970 to the first of March of a year, and from there to a date: the civil calendar. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

export class LogLine {
  /** Thread, -1 where the line does not say. */
  tid = -1;
  /** Time of day in seconds and nanoseconds. */
  whole = 0;
  part = 0;
  /** False for a line without a stamp. */
  timed = false;
  /** First byte of the event's name. */
  name = 0;

  /** True if a stamp, or nothing but the start of a name, stands at `from`. */
  read({ bytes }: Text, from: number, to: number): boolean {
    const first = digitAt(bytes, from);
    if (!isDigit(first)) return this.#bare(from);
    return this.#stamped(bytes, from, to) || this.#iso(bytes, from, to);
  }

  #bare(from: number): boolean {
    this.tid = -1;
    this.timed = false;
    this.name = from;
    return true;
  }

  #stamped(bytes: Buffer, from: number, to: number): boolean {
    let p = from;
    let tid = 0;
    for (let d = digitAt(bytes, p); isDigit(d); d = digitAt(bytes, ++p)) tid = tid * 10 + d;
    if (bytes[p++] !== AT) return false;
    let whole = 0;
    for (let d = digitAt(bytes, p); isDigit(d); d = digitAt(bytes, ++p)) whole = whole * 10 + d;
    if (bytes[p++] !== DOT) return false;
    const part = this.#digits(bytes, p, MICROSECONDS);
    p += MICROSECONDS;
    if (part < 0 || bytes[p] !== COLON || p >= to) return false;
    this.tid = tid;
    return this.#found(whole, part, p + 1);
  }

  #iso(bytes: Buffer, from: number, to: number): boolean {
    if (to - from < ISO_LENGTH || bytes[from + 4] !== DASH || bytes[from + 10] !== 84 || bytes[from + 26] !== 90 || bytes[from + 27] !== SPACE) return false;
    const at = (offset: number, count: number): number => this.#digits(bytes, from + offset, count);
    const days = daysOf(at(0, 4), at(5, 2), at(8, 2));
    const micros = at(20, MICROSECONDS);
    if (micros < 0 || Number.isNaN(days)) return false;
    this.tid = -1;
    return this.#found(days * 86_400 + at(11, 2) * 3600 + at(14, 2) * 60 + at(17, 2), micros, from + ISO_LENGTH);
  }

  #found(whole: number, micros: number, name: number): boolean {
    this.whole = whole;
    this.part = micros * 1000;
    this.timed = true;
    this.name = name;
    return true;
  }

  /** So many digits, -1 if another byte is among them. */
  #digits(bytes: Buffer, from: number, count: number): number {
    let value = 0;
    for (let p = from; p < from + count; p++) {
      const d = digitAt(bytes, p);
      if (!isDigit(d)) return -1;
      value = value * 10 + d;
    }
    return value;
  }
}
