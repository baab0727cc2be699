// Every interrupt of a recording, followed from its first hop to its last. Feed it events in replay order.

import type { Event } from '../event.js';
import { Book, type Follower } from './book.js';
import type { Life } from './life.js';
import { GicLives } from './gic.js';
import { X86Lives } from './x86.js';

export class Lives {
  readonly #book: Book;
  readonly #followers: readonly Follower[];

  /** `over` is given every life when it is over: at its end, or at the recording's. */
  constructor(over: (life: Life) => void) {
    this.#book = new Book(over);
    this.#followers = [new X86Lives(this.#book), new GicLives(this.#book)];
  }

  feed(events: readonly Event[]): void {
    for (const event of events) {
      if (event.kind === 'meta.lost' || event.kind === 'vm.reset' || event.kind === 'vm.close') this.#forget();
      else for (const follower of this.#followers) follower.follow(event);
    }
  }

  /** The recording has ended: what is open stays open. */
  end(): void {
    this.#book.closeAll('open');
  }

  #forget(): void {
    this.#book.closeAll('unseen');
    for (const follower of this.#followers) follower.forget();
  }
}
