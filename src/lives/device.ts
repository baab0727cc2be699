// Where lives begin: a device has a reason, its INTx line rises or an MSI-X entry fires, a message leaves. QEMU hw/virtio/virtio.c, hw/pci;
// VFIO's interrupt handler. What one thread does in a row belongs together, and what waits behind a mask goes on when its message is sent.

import type { Event, EventOf } from '../event.js';
import { Places, type Book, type Follower, type Threads } from './book.js';
import type { HopName, Life } from './life.js';

const BEFORE_A_MESSAGE: readonly HopName[] = ['raised', 'fired', 'signalled'];

/** How the life says that it is of the function; other lives may be, too. */
const devMark = (fn: string): string => `dev:${fn}`;

/** A life that names a function names this one. */
const mayBeOf = ({ marks }: Life, fn: string): boolean =>
  !marks.some((mark) => (mark.startsWith('dev:') && mark !== devMark(fn)) || (mark.startsWith('msix:') && mark !== `msix:${fn}` && !mark.startsWith(`msix:${fn}/`)));

export class DeviceLives implements Follower {
  readonly #book: Book;
  readonly #threads: Threads;
  /** By function: the latest that had a reason. */
  readonly #raised = new Places<string>();
  /** By MSI-X entry: fired, perhaps masked. */
  readonly #fired = new Places<string>();
  /** By INTx line: what holds it up. */
  readonly #lines = new Places<string>();

  constructor(book: Book, threads: Threads) {
    this.#book = book;
    this.#threads = threads;
  }

  forget(): void {
    for (const places of [this.#raised, this.#fired, this.#lines]) places.clear();
  }

  follow(e: Event): void {
    switch (e.kind) {
      case 'vfio.irq':
        return void this.#begin(e, e.dev);
      case 'virtio.notify':
      case 'virtio.config':
        return this.#raise(e, e.fn);
      case 'intx.assert':
        return this.#carrying(e, ['raised'], e.fn) === undefined ? this.#raise(e, e.fn) : undefined;
      case 'intx.line':
        return e.level === 1 ? this.#up(e) : this.#down(e);
      case 'msix.fire':
        return this.#fire(e);
      case 'msix.msg':
        return this.#send(e);
      default:
    }
  }

  /** The thread's life if it has come no further than one of `after`, and may be of the function. */
  #carrying({ tid }: Event, after: readonly HopName[], fn: string | undefined): Life | undefined {
    const life = this.#threads.carrying(tid, after);
    return life === undefined || fn === undefined || mayBeOf(life, fn) ? life : undefined;
  }

  #begin(e: Event, fn: string): Life {
    const life = this.#book.begin();
    life.pass('raised', e);
    life.mark(devMark(fn));
    this.#threads.turn(e.tid, life);
    return life;
  }

  /** Once more while the one before has gone nowhere, or holds its line still: they are one. */
  #raise(e: Event, fn: string): void {
    const before = this.#raised.at(fn);
    const life = this.#begin(e, fn);
    if (before?.fate !== 'open' || !(before.last === 'raised' || this.#holdsLine(before))) return this.#raised.put(fn, life);
    this.#book.merge(life, before);
    this.#threads.turn(e.tid, before);
  }

  #holdsLine(life: Life): boolean {
    return life.marks.some((mark) => mark.startsWith('intx:') && this.#lines.at(mark) === life);
  }

  #up(e: EventOf<'intx.line'>): void {
    const mark = `intx:${e.line}`;
    const holder = this.#lines.at(mark);
    const life = this.#carrying(e, ['raised'], e.by) ?? this.#book.begin();
    this.#threads.turn(e.tid, life);
    life.pass('asserted', e);
    life.mark(mark);
    if (holder?.fate === 'open' && holder !== life) this.#book.merge(life, holder);
    else this.#lines.put(mark, life);
  }

  /** Where no chip shows its input, that is all there is to see. */
  #down(e: EventOf<'intx.line'>): void {
    const holder = this.#lines.take(`intx:${e.line}`);
    if (holder?.fate !== 'open' || holder.marks.some((mark) => mark.startsWith('pin:'))) return;
    holder.pass('lowered', e);
    this.#book.close(holder, 'unseen');
  }

  /** A pending entry that fires again stays pending. */
  #fire(e: EventOf<'msix.fire'>): void {
    const mark = `msix:${e.fn}/${e.entry}`;
    const before = this.#fired.at(mark);
    const life = this.#carrying(e, ['raised'], e.fn) ?? this.#book.begin();
    this.#threads.turn(e.tid, life);
    life.pass('fired', e);
    life.mark(mark);
    if (before?.fate !== 'open' || before.last !== 'fired') return this.#fired.put(mark, life);
    this.#book.merge(life, before);
    this.#threads.turn(e.tid, before);
  }

  #send(e: EventOf<'msix.msg'>): void {
    const mark = e.entry === undefined ? `msix:${e.fn}` : `msix:${e.fn}/${e.entry}`;
    const waiting = [this.#fired.at(mark), this.#raised.at(e.fn)].find((life) => life?.fate === 'open' && (life.last === 'fired' || life.last === 'raised'));
    const life = this.#carrying(e, BEFORE_A_MESSAGE, e.fn) ?? waiting ?? this.#book.begin();
    this.#threads.turn(e.tid, life);
    life.pass('sent', e);
    life.mark(mark);
  }
}
