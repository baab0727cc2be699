// Lines of a log of which bytes are missing, so that the start of one stands in front of the end of another (a full disk, a collector
// that drops a block, pieces of a rotated log). Bodies that are read tell it themselves; what the others look like is learned from those that came.

import type { EventName } from '../kvm/names.js';
import type { QemuAssembler } from './assembler.js';
import { QEMU_BODIES } from './bodies.js';
import { Shape, endings, numberStart } from './shapes.js';
import { builtInSignatures } from './signatures.js';

/** Shapes kept of one event: its strings may be any. */
const MAX_OWN = 8;
/** After so many lines of one shape an event has no strings that differ. */
const SETTLED = 8;
/** Shapes looked at in all. */
const MAX_SHAPES = 2000;

/** How far a line begins as a stamp. */
const STAMP_START = /^(?:\d{4}-[-\dT:.]*(?:Z ?)?|\d*(?:@\d*(?:\.\d{0,6}:?)?)?)/;
/** Enough of a stamp to be one: no other output begins so. */
const STAMP = /^(?:\d+@|\d{4}-\d\d-\d\dT)/;
/** What of a stamp stands in front of a name. */
const STAMP_END = /(?:(?:(?:\d*@)?\d*\.)?\d*:|[-\dT:.]*Z )?$/;
/** More than numbers. */
const WORDS = /(?:[^\da-fx ].*){2}/;
/** Or nothing but them, or some at the end of a word: a short rest of a line is told from other output. */
const TELLING = /^[\da-fx ]*\d[\da-fx ]*$|(?:[^\da-fx ].*){2}|.{4}\d/;
/** So many letters of a shape at the end of a line are no accident. */
const LETTERS = 8;
/** The one event whose name holds that of another one. */
const ALIKE = 'x86_pic_interrupt';

type Name = EventName<QemuAssembler>;

interface Known {
  readonly shape: Shape;
  /** Of an event that is read. */
  readonly read: boolean;
}

export class Joints {
  /** Of events that QEMU is known to have, once they are asked for, and of all that came: by their first byte, and by what they end in. */
  readonly #starts = new Map<number | undefined, Known[]>();
  readonly #ends = new Map<number, Known[]>();
  #count = 0;
  /** Of events that QEMU is known to have. */
  readonly #names = new Set<string>();
  /** Of each event that is not read to its end; that of the latest line is first. */
  readonly #own = new Map<Name, Shape[]>();

  /** A whole line of an event that is read to its end, from its name on: what pieces of such lines look like. */
  learn(bytes: Buffer, from: number, body: number, to: number): void {
    this.#add(Shape.of(bytes, from, body, to), true);
  }

  /** Does a line of an event that is not read to its end look as others of this event did? */
  isKnown(name: Name, bytes: Buffer, from: number, body: number, to: number): boolean {
    const own = this.#own.get(name);
    if (own === undefined) return false;
    const piece = body - from;
    if (own[0]?.fits(bytes, body, to, piece) === true) return true;
    const at = own.findIndex((shape) => shape.fits(bytes, body, to, piece));
    if (at > 0) own.unshift(...own.splice(at, 1));
    return at >= 0;
  }

  /** If not: is it, from its name on, the start of one line and the end of another? Otherwise it shows what whole ones look like. */
  joins(name: Name, bytes: Buffer, from: number, body: number, to: number): boolean {
    this.#seed();
    const own = this.#own.get(name);
    const printed = this.#beginning(bytes, from).find(({ shape }) => shape.fits(bytes, from, to, 0))?.shape;
    const shape = printed ?? Shape.of(bytes, from, body, to);
    if (printed === undefined) {
      if (own === undefined ? this.#isStrange(name.text, bytes, from, body, to) : this.#breaks(name, own, shape, bytes, from, body, to)) return true;
      this.#add(shape, !name.skipped);
    }
    if (own === undefined) this.#own.set(name, [shape]);
    else if (own.unshift(shape) > MAX_OWN) own.pop();
    return false;
  }

  /** Is a line without a whole stamp and name the start of one and the end of another, or either? */
  isPiece(bytes: Buffer, from: number, to: number): boolean {
    this.#seed();
    const line = bytes.toString('latin1', from, to);
    if (STAMP.test(line)) return true;
    const stamp = from + (STAMP_START.exec(line)?.[0].length ?? 0);
    const reach = Math.max(stamp, furthest(this.#beginning(bytes, from), bytes, from, to));
    if (this.#ending(bytes, from, to).some((known) => known.some(({ shape }) => shape.lettersAt(bytes, from, to) >= LETTERS))) return true;
    const start = this.#start(bytes, from, to);
    // A word may be the start of a name.
    return start <= reach && (reach === to && start > from ? line.includes('_') : TELLING.test(line));
  }

  /** A name that never came before: pieces of names may make one, or bytes that are damaged. */
  #isStrange(name: string, bytes: Buffer, from: number, body: number, to: number): boolean {
    if (name !== ALIKE && !this.#names.has(name) && [...this.#names].some((known) => isPieceOf(name, known))) return true;
    const begun = this.#beginning(bytes, from);
    const reach = furthest(begun, bytes, from, to);
    const ofRead = furthest(begun.filter(({ read }) => read), bytes, from, to);
    // Numbers may be the body of any event.
    const isCut = (ofRead === reach && reach < body - 1) || WORDS.test(bytes.toString('latin1', reach, to));
    const ends = ({ shape, read }: Known): boolean => {
      if (read && shape.resembles(bytes, from, body, to)) return true;
      const start = shape.start(bytes, from, to);
      // Events whose names begin alike may have bodies that are alike.
      const isSure = read || start <= ofRead || shape.endsInBody || shape.fits(bytes, start, to, 0);
      return isCut && (isSure ? start : Math.max(start, body)) <= reach;
    };
    return this.#ending(bytes, from, to).some((known) => known.some(ends));
  }

  /** A string may be another: there are as many words as before, and what follows it is the same. */
  #breaks(name: Name, [own, another]: readonly Shape[], { blanks }: Shape, bytes: Buffer, from: number, body: number, to: number): boolean {
    if (own === undefined || another !== undefined) return false;
    if (own.isPrinted) return true;
    const reach = own.reach(bytes, body, to, body - from);
    if (name.count < SETTLED || this.#start(bytes, body, to) > reach) return false;
    return own.blanks !== blanks || bytes.toString('latin1', reach, own.start(bytes, body, to)).includes(' ');
  }

  /** From where on a text is as the end of some line, back to its stamp. */
  #start(bytes: Buffer, from: number, to: number): number {
    // Most lines end in a number.
    let start = numberStart(bytes, from, to);
    for (const known of this.#ending(bytes, from, to)) for (const { shape } of known) start = Math.min(start, this.#startOf(shape, bytes, from, to));
    return start;
  }

  #startOf(shape: Shape, bytes: Buffer, from: number, to: number): number {
    const start = shape.start(bytes, from, to);
    if (!shape.fits(bytes, start, to, 0)) return start;
    return start - (STAMP_END.exec(bytes.toString('latin1', from, start))?.[0].length ?? 0);
  }

  #beginning(bytes: Buffer, from: number): readonly Known[] {
    return this.#starts.get(bytes[from]) ?? [];
  }

  /** Those that end as a text, before the number that may stand at its end. */
  #ending(bytes: Buffer, from: number, to: number): readonly (readonly Known[])[] {
    return endings(bytes, from, to).map((end) => this.#ends.get(end) ?? []);
  }

  #add(shape: Shape, read: boolean): void {
    if (this.#count++ >= MAX_SHAPES) return;
    const known = { shape, read };
    push(this.#starts, shape.first, known);
    push(this.#ends, shape.end, known);
  }

  #seed(): void {
    if (this.#names.size > 0) return;
    for (const name of Object.keys(QEMU_BODIES)) this.#names.add(name);
    for (const signature of builtInSignatures()) {
      if (signature === undefined) continue;
      this.#add(Shape.ofSignature(signature), Object.hasOwn(QEMU_BODIES, signature.name));
      this.#names.add(signature.name);
    }
  }
}

/** No event of QEMU has a name that holds another's, or is the start or the end of one. */
const isPieceOf = (name: string, known: string): boolean => name.indexOf(known) > 0 || known.startsWith(name) || known.endsWith(name);

function push<K>(lists: Map<K, Known[]>, key: K, known: Known): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [known]);
  else list.push(known);
}

/** How far a text is as the start of some line. */
const furthest = (known: readonly Known[], bytes: Buffer, from: number, to: number): number =>
  known.reduce((reach, { shape }) => Math.max(reach, shape.reach(bytes, from, to, 0)), from);
