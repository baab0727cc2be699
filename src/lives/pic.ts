// Lives that the 8259 pair takes: input -> INTA -> EOI. Intel 8259A; KVM i8259.c, QEMU hw/intc/i8259.c. An input reaches the IOAPIC, too: one
// life, and the first chip to take it has it. Masked inputs begin none here.

import type { Event, EventOf } from '../event.js';
import { Places, type Book, type Follower, type Threads } from './book.js';
import type { Life } from './life.js';

const PINS = 8;
/** How the inputs of the pair are marked. */
export const PIC_MARK = 'pin:pic/';

interface Taken {
  readonly pin: number;
  readonly vec: number;
  readonly life: Life;
}

export class PicLives implements Follower {
  readonly #book: Book;
  readonly #threads: Threads;
  /** Requested, not yet acknowledged. */
  readonly #requested = new Places<number>();
  /** Acknowledged, not yet ended, the latest last. */
  #taken: Taken[] = [];
  /** Mask register of each chip, where it was told. */
  readonly #masks = new Map<number, number>();
  /** Chips that end an interrupt as they acknowledge it. */
  readonly #automatic = new Set<number>();

  constructor(book: Book, threads: Threads) {
    this.#book = book;
    this.#threads = threads;
  }

  forget(): void {
    this.#requested.clear();
    this.#taken = [];
    this.#masks.clear();
    this.#automatic.clear();
  }

  follow(e: Event): void {
    switch (e.kind) {
      case 'pic.in':
        return e.level === 1 ? this.#request(e) : undefined;
      case 'pic.imr':
        return void (e.val === undefined ? this.#masks.delete(e.chip) : this.#masks.set(e.chip, e.val));
      case 'pic.mode':
        return e.aeoi === undefined ? undefined : void (e.aeoi === 1 ? this.#automatic.add(e.chip) : this.#automatic.delete(e.chip));
      case 'pic.inta':
        return this.#acknowledge(e);
      case 'cpu.inject':
        return e.ext === 1 ? this.#taken.findLast(({ vec }) => vec === e.vec)?.life.mark(`vector:${e.vec}@cpu${e.cpu}`) : undefined;
      case 'pic.eoi':
        return this.#end(e);
      default:
    }
  }

  #request(e: EventOf<'pic.in'>): void {
    if (this.#requested.at(e.pin)?.fate === 'open' || this.#isMasked(e)) return;
    const carried = this.#threads.carrying(e.tid, ['asserted']);
    const isForIt = [`gsi:${e.gsi ?? e.pin}`, `intx:${e.pin}`].some((mark) => carried?.marks.includes(mark));
    const life = carried !== undefined && isForIt ? carried : this.#book.begin();
    this.#threads.turn(e.tid, life);
    life.pass('asserted', e);
    life.mark(`${PIC_MARK}${e.pin}`);
    this.#requested.put(e.pin, life);
  }

  #isMasked({ pin, mask }: EventOf<'pic.in'>): boolean {
    const register = this.#masks.get(Math.floor(pin / PINS)) ?? 0;
    return mask === undefined ? ((register >> (pin % PINS)) & 1) === 1 : mask === 1;
  }

  #acknowledge(e: EventOf<'pic.inta'>): void {
    const waiting = this.#requested.take(e.pin);
    if (waiting?.fate !== 'open') return;
    waiting.pass('taken', e);
    if (this.#automatic.has(Math.floor(e.pin / PINS))) this.#book.close(waiting, 'ended');
    else this.#taken.push({ pin: e.pin, vec: e.vec, life: waiting });
  }

  /** A non-specific EOI ends the latest of its chip. */
  #end(e: EventOf<'pic.eoi'>): void {
    const at = this.#taken.findLastIndex(({ pin }) => (e.pin === 'ns' ? Math.floor(pin / PINS) === (e.chip ?? 0) : pin === e.pin));
    const [ended] = at < 0 ? [] : this.#taken.splice(at, 1);
    if (ended?.life.fate !== 'open') return;
    ended.life.pass('ended', e);
    this.#threads.turn(e.tid, ended.life);
  }
}
