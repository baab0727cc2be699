// The lives under way, and where those that are over go. Memory holds what is open, never what was.

import type { Event } from '../event.js';
import { Life, type Fate } from './life.js';

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

  /** Only the tail of those that were ended can still have been to come. */
  closeAll(fate: Fate): void {
    for (const life of this.#open) this.close(life, life.has('ended') || life.has('folded') ? 'ended' : fate);
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

/** What follows the hops of lives in one part of the machine. */
export interface Follower {
  /** True if the event was of its part. */
  follow(event: Event): void;
  /** Events were lost: nothing that is open can be followed on. */
  forget(): void;
}
