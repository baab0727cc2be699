// Anatomy of one line of a kernel trace text, `[prefix: ]comm-pid [(tgid) ][cpu] flags time: name: body`, as tracefs
// (kernel/trace/trace_output.c), trace-cmd report and perf script print it. Read from the right anchor: a comm is any 15 bytes.

import { Word, type Text } from '../kvm/text.js';

const SPACE = 32;
const HASH = 35;
const LEFT_PAREN = 40;
const RIGHT_PAREN = 41;
const PLUS = 43;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const ZERO = 48;
const COLON = 58;
const LEFT = 91;
const RIGHT = 93;

/** Widths of the comm column: `%16s`, and `%8.8s` in the latency forms. */
const COMM = 16;
const SHORT_COMM = 8;
/** Flag columns of the one form that glues them to an integer time (trace-cmd 3.4 --raw-ts). */
const GLUED_FLAGS = 5;
const MAX_FLAGS = 8;
/** The third flag in NMIs, hard and soft interrupts: z, Z, h, H, s (Documentation/trace/ftrace.rst). */
const INTERRUPTS: ReadonlySet<number> = new Set(Buffer.from('zZhHs'));
/** Nanoseconds in the last digit of so many decimals. */
const SCALES = [0, 0, 0, 0, 0, 0, 1000, 100, 10, 1];

const digit = (byte: number | undefined): boolean => byte !== undefined && byte >= ZERO && byte <= 57;

/** A flag: `.`, `#`, a letter or a digit. */
function flag(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= ZERO && byte <= 57) || byte === DOT || byte === HASH;
}

/** perf prints a sample's period, if asked, between time and event. */
function skipPeriod(buf: Buffer, start: number): number {
  let p = start;
  while (digit(buf[p])) p++;
  if (buf[p] !== SPACE) return start;
  while (buf[p] === SPACE) p++;
  return p;
}

/** `dash`: `comm-pid`; `blank`: `comm pid` and `comm pid/tid`. */
export type Separator = 'dash' | 'blank';

/** Takes one line apart. Remembers where the last line had its CPU: nearly always the next one has it there too. */
export class LineReader {
  tid = -1;
  /** Its process, -1 where the line does not tell. */
  tgid = -1;
  cpu = -1;
  /** Time in two numbers, seconds and nanoseconds; a bare integer is cut the same way, at 10^9. */
  whole = 0;
  part = 0;
  /** The time is a bare integer of unknown unit. */
  integer = false;
  /** Digits behind the dot of the time. */
  decimals = 0;
  /** First byte behind the time: the event's name, or whatever else stands there. */
  name = 0;
  /** `CPU flags` without brackets (latency-format, trace-cmd -l). */
  latency = false;
  flags = false;
  /** The flags say that it was made in an interrupt of the host; undefined without them. */
  inInterrupt: boolean | undefined;
  /** Stream name that trace-cmd puts in front (`gen: `), empty if there is none. */
  prefix = '';

  readonly #blank: boolean;
  #column = -1;
  #prefixWord = new Word('');
  /** First byte of the pid's separator, set by #head. */
  #separator = 0;
  /** The number read last. */
  #read = 0;

  constructor(separator: Separator) {
    this.#blank = separator === 'blank';
  }

  /** True if an event line stands from `from` to `to`, where its newline or the text's end is. */
  read(text: Text, from: number, to: number): boolean {
    const buf = text.bytes;
    const at = from + this.#column;
    const like = this.#column >= 0 && at < to && this.#prefixWord.stands(text, from);
    if (like && this.#tail(buf, at) && this.#head(buf, from, at)) return true;
    return this.#search(buf, from, to, false) || (!this.#blank && this.#search(buf, from, to, true));
  }

  /** The first place that fits from the CPU to behind the time, with a pid in front: a comm or a text may hold a `[001]` too. */
  #search(buf: Buffer, from: number, to: number, latency: boolean): boolean {
    this.latency = latency;
    for (let at = from + 1; at < to; at++) {
      const fits = latency ? digit(buf[at]) && buf[at - 1] === SPACE : buf[at] === LEFT;
      if (!fits || !this.#tail(buf, at) || !this.#head(buf, from, at)) continue;
      this.#column = at - from;
      this.#readPrefix(buf, from);
      return true;
    }
    return false;
  }

  /** From the CPU to behind the time. */
  #tail(buf: Buffer, at: number): boolean {
    let p = at;
    if (!this.latency && buf[p++] !== LEFT) return false;
    const start = p;
    let cpu = 0;
    for (let d = (buf[p] ?? 0) - ZERO; d >= 0 && d <= 9; d = (buf[++p] ?? 0) - ZERO) cpu = cpu * 10 + d;
    if (p - start > 5 || (!this.latency && (p - start < 3 || buf[p++] !== RIGHT)) || (this.latency && !flag(buf[p]))) return false;
    this.cpu = cpu;
    while (buf[p] === SPACE) p++;
    this.flags = !digit(buf[p]);
    this.inInterrupt = this.flags ? INTERRUPTS.has(buf[p + 2] ?? 0) : undefined;
    if (this.flags) p = this.#skipFlags(buf, p);
    return p >= 0 && this.#time(buf, p);
  }

  #skipFlags(buf: Buffer, start: number): number {
    let p = start;
    while (flag(buf[p]) && p - start <= MAX_FLAGS + 20) p++;
    if (p === start) return -1;
    if (buf[p] === COLON) return start + GLUED_FLAGS;
    if (p - start > MAX_FLAGS) return -1;
    while (buf[p] === SPACE) p++;
    return p;
  }

  /** `sec.usec:`, `sec.nsec:`, an integer, or `123us!:`. */
  #time(buf: Buffer, start: number): boolean {
    let p = start;
    let whole = 0;
    for (let d = (buf[p] ?? 0) - ZERO; d >= 0 && d <= 9; d = (buf[++p] ?? 0) - ZERO) whole = whole * 10 + d;
    if (p === start) return false;
    this.integer = buf[p] !== DOT;
    this.whole = whole;
    if (!this.integer) {
      p = this.#fraction(buf, p + 1);
      if (this.decimals < 6) return false;
    } else if (this.latency && buf[p] === 117 && buf[p + 1] === 115) {
      p += 2;
      this.integer = false;
      this.whole = Math.floor(whole / 1e6);
      this.part = (whole % 1e6) * 1000;
    } else this.#splitInteger(buf, start, p, whole);
    return this.#afterTime(buf, p);
  }

  #fraction(buf: Buffer, start: number): number {
    let p = start;
    let part = 0;
    for (let d = (buf[p] ?? 0) - ZERO; d >= 0 && d <= 9; d = (buf[++p] ?? 0) - ZERO) part = part * 10 + d;
    this.decimals = p - start;
    this.part = part * (SCALES[p - start] ?? 0);
    return p;
  }

  /** A colon and blanks, in the latency forms a mark for the delay before it (blank, + ! # * @ $), with --ts-diff `(+3017)` behind it. */
  #afterTime(buf: Buffer, end: number): boolean {
    let p = this.latency && buf[end] !== COLON ? end + 1 : end;
    if (buf[p] !== COLON || buf[p + 1] !== SPACE) return false;
    for (p += 2; buf[p] === SPACE; ) p++;
    if (this.#blank && digit(buf[p])) p = skipPeriod(buf, p);
    this.name = buf[p] === LEFT_PAREN && buf[p + 1] === PLUS ? this.#skipDifference(buf, p) : p;
    return true;
  }

  #splitInteger(buf: Buffer, start: number, end: number, value: number): void {
    if (value < 1e15) {
      this.whole = Math.floor(value / 1e9);
      this.part = value % 1e9;
      return;
    }
    // A cycle counter passes 2^53 after a month: cut the digits, not the number.
    this.whole = Number(buf.toString('latin1', start, end - 9));
    this.part = Number(buf.toString('latin1', end - 9, end));
  }

  #skipDifference(buf: Buffer, start: number): number {
    let p = start + 2;
    while (digit(buf[p]) || buf[p] === DOT) p++;
    if (buf[p++] !== RIGHT_PAREN) return start;
    while (buf[p] === SPACE) p++;
    return p;
  }

  /** Backwards from the CPU: blanks, perhaps `(tgid) `, the pid, its separator. */
  #head(buf: Buffer, from: number, at: number): boolean {
    let p = at - 1;
    while (buf[p] === SPACE && p > from) p--;
    if (p === at - 1 && !this.latency) return false;
    this.tgid = -1;
    if (buf[p] === RIGHT_PAREN) p = this.#skipTgid(buf, from, p);
    const last = p;
    p = this.#number(buf, from, p);
    if (p === last) return false;
    this.#separator = p;
    this.tid = this.#read;
    const c = buf[p];
    if (c === SLASH && this.#number(buf, from, p - 1) < p - 1) this.tgid = this.#read;
    if (!this.#blank) return c === DASH;
    // perf prints -1 for a thread it does not know
    if (c === DASH) this.tid = -1;
    return c === SPACE || c === SLASH || c === DASH;
  }

  /** The number whose last digit stands at `end` goes to `#read`; gives the place before it. */
  #number(buf: Buffer, from: number, end: number): number {
    let p = end;
    let value = 0;
    for (let scale = 1, d = (buf[p] ?? 0) - ZERO; d >= 0 && d <= 9 && p > from; d = (buf[--p] ?? 0) - ZERO) {
      value += d * scale;
      scale *= 10;
    }
    this.#read = value;
    return p;
  }

  #skipTgid(buf: Buffer, from: number, end: number): number {
    let p = end;
    if (this.#number(buf, from, end - 1) < end - 1) this.tgid = this.#read;
    while (p > from && buf[p] !== LEFT_PAREN) p--;
    for (p--; p > from && buf[p] === SPACE; ) p--;
    return p;
  }

  /** A prefix stands in front of a whole comm column; a comm with a colon stands in it. */
  #readPrefix(buf: Buffer, from: number): void {
    let start = from;
    while (buf[start] === SPACE) start++;
    let end = start;
    while (buf[end] !== COLON && buf[end] !== SPACE && end < this.#separator) end++;
    const comm = this.latency ? SHORT_COMM : COMM;
    const found = !this.#blank && buf[end] === COLON && buf[end + 1] === SPACE && this.#separator - end - 2 >= comm;
    this.prefix = found ? buf.toString('utf8', start, end) : '';
    this.#prefixWord = new Word(found ? buf.toString('latin1', from, end + 2) : '');
  }
}
