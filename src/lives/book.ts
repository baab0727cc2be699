// The lives under way, and where those that are over go. Memory holds what is open, never what was.

import type { Event } from '../event.js';
import { Life, type Fate, type HopName } from './life.js';

/** Open lives at most: the oldest is given up. */
const MAX_OPEN = 65_536;

export class Book {
  readonly #open = new Set<Life>();
  readonly #over: (life: Life) => void;
  #count = 0;

  /** `over` is given every life that is over, in the order of their ends. */
  constructor(over: (life: Life) => void) {
    this.#over = over;
  }

  begin(): Life {
    const life = new Life(this.#count++);
    if (this.#open.size >= MAX_OPEN) for (const oldest of this.#open) {
      this.close(oldest, 'unseen');
      break;
    }
    this.#open.add(life);
    return life;
  }

  close(life: Life, fate: Fate): void {
    if (!this.#open.delete(life)) return;
    life.fate = fate;
    this.#over(life);
  }

  /** `life` met `into`, which was pending already. */
  merge(life: Life, into: Life): void {
    if (life === into) return;
    into.merged++;
    this.close(life, 'merged');
  }

  /** At `ns`. Only the tail of those that were ended can still have been to come. */
  closeAll(fate: Fate, ns: number): void {
    for (const life of this.#open) {
      life.until = ns;
      this.close(life, life.has('ended') || life.has('folded') ? 'ended' : fate);
    }
  }
}

/** Lives waiting at a place, one per key. */
export class Places<K> {
  readonly #byKey = new Map<K, Life>();

  at(key: K): Life | undefined {
    return this.#byKey.get(key);
  }

  put(key: K, life: Life): void {
    this.#byKey.set(key, life);
  }

  take(key: K): Life | undefined {
    const life = this.#byKey.get(key);
    if (life !== undefined) this.#byKey.delete(key);
    return life;
  }

  keys(): K[] {
    return [...this.#byKey.keys()];
  }

  clear(): void {
    this.#byKey.clear();
  }
}

/** The life that each thread is carrying on: what one thread does in a row belongs together. */
export class Threads {
  readonly #book: Book;
  readonly #lives = new Places<number>();

  constructor(book: Book) {
    this.#book = book;
  }

  at(tid: number): Life | undefined {
    return this.#lives.at(tid);
  }

  /** The thread's life if it is open and has come no further than one of `after`. */
  carrying(tid: number, after: readonly HopName[]): Life | undefined {
    const life = this.#lives.at(tid);
    return life?.fate === 'open' && life.last !== undefined && after.includes(life.last) ? life : undefined;
  }

  /** The thread goes on with another life: one that was ended and had only its tail to come is over. */
  turn(tid: number, life: Life): void {
    const before = this.#lives.at(tid);
    if (before !== undefined && before !== life && before.has('ended')) this.#book.close(before, 'ended');
    this.#lives.put(tid, life);
  }

  clear(): void {
    this.#lives.clear();
  }
}

/** What follows the hops of lives in one part of the machine. */
export interface Follower {
  /** True if the event was of its part. */
  follow(event: Event): void;
  /** Events were lost: nothing that is open can be followed on. */
  forget(): void;
}
