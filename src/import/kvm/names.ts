// The recorder's event names: found on the bytes, counted in numbers, each with the reader of its body if it has one.
// Bodies repeat: what the last few different ones of a name meant is remembered by their bytes.

import type { StreamInfo } from '../format.js';
import type { KvmAssembler } from './assembler.js';
import type { Act, Body, ReadBody } from './body.js';
import { Text, Word } from './text.js';
import { VCPU_EVENTS } from './vcpu-events.js';

const COLON = 58;
const SPACE = 32;
const CARRIAGE_RETURN = 13;
const NEWLINE = 10;
/** Distinct names kept apart; a function tracer could bring any number. */
const MAX_NAMES = 10_000;
const BUCKETS = 256;
/** One for each value of a text's hash. */
const REMEMBERED = 256;
/** Places that one hash may use. */
const WAYS = 4;

interface Known<A> {
  readonly word: Word;
  readonly act: Act<A>;
}

/** What stands behind an event's name: `name: body` in kernel texts, `name body` in QEMU's. */
type NameEnd = ':' | ' ';

export class EventName<A = KvmAssembler> {
  readonly text: string;
  /** Only a vCPU's thread prints it. */
  readonly isVcpus: boolean;
  count = 0;
  /** Of some body only the start was read. */
  partly = false;
  /** Next in the same bucket. */
  next: EventName<A> | undefined;
  readonly #read: ReadBody<A> | undefined;
  /** Undefined for events whose bodies hardly repeat. */
  readonly #known: (Known<A> | undefined)[] | undefined;
  /** Hashes of bodies that were not known when they came last. */
  readonly #missed: Int32Array;
  readonly #name: Word;
  /** `name:` with the blanks that stood behind it last. */
  #padded: Word;

  constructor(text: string, read?: ReadBody<A>, repeats = false, end: NameEnd = ':') {
    this.text = text;
    this.isVcpus = VCPU_EVENTS.has(text);
    this.#read = read;
    this.#known = repeats ? Array.from({ length: REMEMBERED }, () => undefined) : undefined;
    this.#missed = new Int32Array(repeats ? REMEMBERED : 0);
    this.#name = new Word(text + end);
    this.#padded = this.#name;
  }

  /** Nothing is to be read of this event. */
  get skipped(): boolean {
    return this.#read === undefined;
  }

  /** Where the body begins if `name:` stands at `at` as a whole, else -1: `system:event:` does not fit `system`. */
  bodyAt(text: Text, at: number): number {
    const padded = this.#padded;
    const body = at + padded.length;
    if (padded !== this.#name && padded.stands(text, at) && text.bytes[body] !== SPACE) return body;
    return this.#name.stands(text, at) ? this.#measure(text.bytes, at + this.#name.length) : -1;
  }

  #measure(bytes: Buffer, end: number): number {
    let body = end;
    while (bytes[body] === SPACE) body++;
    const separated = bytes[end - 1] === SPACE;
    if (body > end) this.#padded = new Word(this.text + (separated ? ' ' : ':') + ' '.repeat(body - end));
    return body > end || separated || endsLine(bytes[end]) ? body : -1;
  }

  /** What the body from `from` to `to` means; undefined if it is not one of this event. */
  read(body: Body, text: Text, from: number, to: number): Act<A> | undefined {
    const known = this.#known;
    const length = to - from;
    if (known === undefined || length < 4) return this.#parse(body, text, from, to);
    const hash = text.hash(from, to);
    const first = hash >>> 24;
    let free = first;
    for (let way = 0; way < WAYS; way++) {
      const before = known[first ^ way];
      if (before === undefined) {
        free = first ^ way;
        break;
      }
      if (before.word.length === length && before.word.stands(text, from)) return before.act;
    }
    const act = this.#parse(body, text, from, to);
    // Most bodies that come once never come again.
    if (act !== undefined && this.#missed[first] === hash) known[free] = { word: new Word(text.bytes.subarray(from, to)), act };
    this.#missed[first] = hash;
    return act;
  }

  #parse(body: Body, text: Text, from: number, to: number): Act<A> | undefined {
    body.open(text, from, to);
    const act = this.#read?.(body);
    if (body.partly) this.partly = true;
    return act;
  }

  /** The end of its bucket: what is listed first is looked at first. */
  last(): EventName<A> {
    return this.next === undefined ? this : this.next.last();
  }
}

const endsLine = (byte: number | undefined): boolean => byte === NEWLINE || byte === CARRIAGE_RETURN || byte === undefined;

function nameByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) || byte === 95;
}

/** The four bytes behind `kvm_` tell nearly all names apart. */
const bucket = (text: Text, at: number): number => (at + 8 > text.length ? 0 : text.hash(at + 4, at + 8) >>> 24);

export class EventNames<A = KvmAssembler> {
  readonly #buckets: (EventName<A> | undefined)[] = Array.from({ length: BUCKETS }, () => undefined);
  readonly #known = new Map<string, EventName<A>>();
  readonly #others = new EventName<A>('(other names)');
  /** In order of their first event. */
  readonly #seen: EventName<A>[] = [];
  /** Where the body of the name found last begins. */
  body = 0;

  readonly #end: NameEnd;

  constructor(names: Iterable<EventName<A>>, end: NameEnd = ':') {
    this.#end = end;
    for (const name of names) this.#list(name);
  }

  /** The name at `at`, with or without its `system:`; undefined if no `name:` stands there. */
  find(text: Text, at: number): EventName<A> | undefined {
    for (let name = this.#buckets[bucket(text, at)]; name !== undefined; name = name.next) {
      const body = name.bodyAt(text, at);
      if (body < 0) continue;
      this.body = body;
      return name;
    }
    return this.#learn(text, at);
  }

  #learn(text: Text, at: number): EventName<A> | undefined {
    const { bytes } = text;
    let end = at;
    while (nameByte(bytes[end])) end++;
    if (end === at || !this.#ends(bytes[end])) return undefined;
    if (this.#end === ':') {
      if (nameByte(bytes[end + 1])) return this.find(text, end + 1);
      if (bytes[end + 1] !== SPACE && !endsLine(bytes[end + 1])) return undefined;
    }
    this.body = end + 1;
    const name = bytes.toString('latin1', at, end);
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    return this.#known.size < MAX_NAMES ? this.#list(new EventName<A>(name, undefined, false, this.#end)) : this.#others;
  }

  #ends(byte: number | undefined): boolean {
    return this.#end === ':' ? byte === COLON : byte === SPACE || endsLine(byte);
  }

  #list(name: EventName<A>): EventName<A> {
    const at = bucket(new Text(Buffer.from(`${name.text}${this.#end}   `)), 0);
    const first = this.#buckets[at];
    if (first === undefined) this.#buckets[at] = name;
    else first.last().next = name;
    this.#known.set(name.text, name);
    return name;
  }

  /** The name that is read or has come before. */
  known(text: string): EventName<A> | undefined {
    const name = this.#known.get(text);
    return name !== undefined && (name.count > 0 || !name.skipped) ? name : undefined;
  }

  /** One more event of this name. */
  add(name: EventName<A>): void {
    if (name.count++ === 0) this.#seen.push(name);
  }

  /** Writes down the counts so far, and which of the names mean nothing here. */
  count(info: StreamInfo): void {
    for (const name of this.#seen) info.counts.set(name.text, name.count);
    info.unread = this.#seen.filter(({ skipped }) => skipped).map(({ text }) => text);
  }
}
