// Every interrupt of a recording, followed from its first hop to its last. Feed it events in replay order.

import type { Event } from '../event.js';
import { Book, Threads, type Follower } from './book.js';
import { DeviceLives } from './device.js';
import type { Fate, Life } from './life.js';
import { GicLives } from './gic.js';
import { PicLives } from './pic.js';
import { X86Lives } from './x86.js';

export class Lives {
  readonly #book: Book;
  readonly #threads: Threads;
  readonly #followers: readonly Follower[];
  #now = Number.NaN;

  /** `over` is given every life when it is over: at its end, or at the recording's. */
  constructor(over: (life: Life) => void) {
    this.#book = new Book(over);
    this.#threads = new Threads(this.#book);
    this.#followers = [new DeviceLives(this.#book, this.#threads), new PicLives(this.#book, this.#threads), new X86Lives(this.#book, this.#threads), new GicLives(this.#book, this.#threads)];
  }

  feed(events: readonly Event[]): void {
    for (const event of events) {
      if (!Number.isNaN(event.ns)) this.#now = event.ns;
      if (event.kind === 'meta.lost') this.#forget('unseen');
      else if (event.kind === 'vm.reset' || event.kind === 'vm.restore' || event.kind === 'vm.close') this.#forget('open');
      for (const follower of this.#followers) follower.follow(event);
    }
  }

  /** The recording has ended: what is open stays open. */
  end(): void {
    this.#book.closeAll('open', this.#now);
  }

  #forget(fate: Fate): void {
    this.#book.closeAll(fate, this.#now);
    this.#threads.clear();
    for (const follower of this.#followers) follower.forget();
  }
}
