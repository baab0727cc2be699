// The threads of the recorded host that have done something, the one of the line at hand among them.

import type { Event } from '../../event.js';
import type { Journal } from './journal.js';
import { Lulls } from './lulls.js';
import { Thread } from './thread.js';

const MAX_THREADS = 4096;
const RECENT = 64;

export class Threads {
  readonly #journal: Journal;
  readonly #all = new Map<number, Thread>();
  readonly #recent: (Thread | undefined)[] = Array.from({ length: RECENT }, () => undefined);
  #epoch = 0;
  /** How many have run a vCPU. */
  guests = 0;
  readonly lulls = new Lulls();
  readonly #restored: () => void;

  /** `restored` is called when user space may have given the chips another state. */
  constructor(journal: Journal, restored: () => void) {
    this.#journal = journal;
    this.#restored = restored;
  }

  /** The thread of the line at hand. Every CPU has an idle thread of its own, all with pid 0; of an unknown pid nothing is remembered. */
  current(): Thread {
    const { tid, on } = this.#journal;
    const key = tid > 0 ? tid : -1 - on;
    const recent = this.#recent[key & (RECENT - 1)];
    const thread = recent !== undefined && recent.key === key && tid >= 0 ? recent : this.#find(key, tid < 0);
    if (thread.epoch !== this.#epoch) {
      thread.forget(this.#journal);
      thread.epoch = this.#epoch;
    }
    if (thread.guest && this.lulls.end()) this.#restored();
    return thread;
  }

  /** The same; it runs a vCPU, whether or not it is known which. */
  guest(): Thread {
    const thread = this.current();
    if (thread.guest || this.lulls.isQuiet(thread)) return thread;
    this.meet(thread);
    if (this.lulls.end()) this.#restored();
    return thread;
  }

  /** The thread runs a vCPU. */
  meet(thread: Thread): void {
    if (thread.guest) return;
    thread.guest = true;
    this.guests++;
  }

  #find(key: number, unknown: boolean): Thread {
    const known = unknown ? undefined : this.#all.get(key);
    const thread = known ?? new Thread(key);
    if (unknown) return thread;
    if (known === undefined) this.#add(thread);
    this.#recent[key & (RECENT - 1)] = thread;
    return thread;
  }

  #add(thread: Thread): void {
    thread.epoch = this.#epoch;
    if (this.#all.size >= MAX_THREADS) this.#drop();
    this.#all.set(thread.key, thread);
  }

  #drop(): void {
    for (const [key, old] of this.#all) if (old.idle) this.#all.delete(key);
    this.#recent.fill(undefined);
  }

  /** Something was lost: every bracket is forgotten. */
  forgetAll(): void {
    for (const thread of this.#all.values()) thread.closeMessages(this.#journal, false);
    this.#epoch++;
  }

  /** Events that a later line may still settle. */
  open(): Event[] {
    const events: Event[] = [];
    for (const thread of this.#all.values()) thread.open(this.#journal, events);
    return events;
  }

  /** The stream has ended. */
  end(): void {
    for (const thread of this.#all.values()) thread.forget(this.#journal);
  }
}
