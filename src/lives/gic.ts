// Lives on Arm: line or message -> (physical acknowledge and priority drop -> list register ->) acknowledge -> end -> deactivation, fold,
// acknowledge notifiers. A forwarded interrupt keeps one life over both sides: the HW bit of its list register names the physical INTID.

import type { Event, EventOf } from '../event.js';
import { FIRST_LPI, FIRST_SPI } from '../model/intids.js';
import { Places, type Book, type Follower, type Threads } from './book.js';
import type { HopName, Life } from './life.js';

type Side = 'pintid' | 'intid';
type Input = EventOf<'gic.in'> | EventOf<'pgic.in'>;

const keyOf = (id: number, cpu: number | undefined): string => (id < FIRST_SPI ? `${id}@cpu${cpu ?? '?'}` : String(id));

/** One side of the interrupt controller: the physical one, or the guest's. */
class Gic {
  readonly side: Side;
  /** Pending, not yet acknowledged; acknowledged, not yet ended. */
  readonly pending = new Places<string>();
  readonly active = new Places<string>();
  readonly #book: Book;

  constructor(side: Side, book: Book) {
    this.side = side;
    this.#book = book;
  }

  forget(): void {
    this.pending.clear();
    this.active.clear();
  }

  mark(life: Life, id: number, cpu: number | undefined): void {
    life.mark(`${this.side}:${keyOf(id, cpu)}`);
  }

  /** An interrupt came: one that is pending already takes it in. */
  raise(e: Event, id: number, cpu: number | undefined, life = this.#book.begin()): void {
    life.pass('asserted', e);
    this.mark(life, id, cpu);
    const key = keyOf(id, cpu);
    const before = this.pending.at(key);
    if (before?.fate === 'open') this.#book.merge(life, before);
    else this.pending.put(key, life);
  }

  take(e: Event, id: number, cpu: number, listed?: Life): Life {
    const waiting = listed ?? this.pending.take(keyOf(id, cpu)) ?? this.pending.take(keyOf(id, undefined));
    const life = waiting?.fate === 'open' ? waiting : this.#book.begin();
    this.mark(life, id, cpu);
    life.pass('taken', e);
    this.active.put(`${id}@cpu${cpu}`, life);
    return life;
  }

  /** The life that is active on a CPU, if it is still followed. */
  activeOn(id: number, cpu: number): Life | undefined {
    const life = this.active.at(`${id}@cpu${cpu}`);
    return life?.fate === 'open' ? life : undefined;
  }
}

export class GicLives implements Follower {
  readonly #book: Book;
  readonly #threads: Threads;
  readonly #physical: Gic;
  readonly #guest: Gic;
  /** In a list register: by vCPU and virtual INTID. */
  readonly #listed = new Places<string>();
  /** Those of them that were read back, with values that are not recorded, since the guest last ran: by their keys. */
  readonly #readBack = new Map<string, EventOf<'vgic.fold'>>();
  /** vCPUs that have run since their list registers were read back. */
  readonly #ran = new Set<number>();
  /** Ended by the guest, waiting for what the host does about it: by vCPU. */
  readonly #tails = new Map<number, Life>();
  /** vCPUs with EOImode 1, where EOIR only drops the priority. */
  readonly #splits = new Set<number>();

  constructor(book: Book, threads: Threads) {
    this.#book = book;
    this.#threads = threads;
    this.#physical = new Gic('pintid', book);
    this.#guest = new Gic('intid', book);
  }

  forget(): void {
    this.#physical.forget();
    this.#guest.forget();
    this.#listed.clear();
    this.#readBack.clear();
    this.#ran.clear();
    this.#tails.clear();
  }

  follow(e: Event): void {
    switch (e.kind) {
      case 'gic.in':
        return this.#input(this.#guest, e);
      case 'pgic.in':
        return this.#input(this.#physical, e);
      case 'gic.pend':
        return e.val === 1 ? this.#guest.raise(e, e.id, e.cpu) : undefined;
      case 'pgic.pend':
        return e.val === 1 ? this.#physical.raise(e, e.id, e.cpu) : undefined;
      case 'gic.iar':
        return void this.#guest.take(e, e.id, e.cpu, this.#listed.at(`${e.cpu} ${e.id}`));
      case 'pgic.iar':
        return void this.#physical.take(e, e.id, e.cpu);
      case 'gic.eoimode':
        return void (e.val === 1 ? this.#splits.add(e.cpu) : this.#splits.delete(e.cpu));
      case 'gic.eoir':
        return this.#ended(e);
      case 'gic.dir':
        return this.#deactivated(this.#guest, e);
      case 'pgic.eoir':
        return this.#pass(this.#physical.activeOn(e.id, e.cpu), 'dropped', e);
      case 'pgic.dir':
        return this.#deactivated(this.#physical, e);
      case 'vgic.flush':
        return this.#flush(e);
      case 'vgic.fold':
        return this.#fold(e);
      case 'cpu.enter':
        return this.#enter(e);
      case 'vgic.irq':
        return this.#queued(e);
      case 'kvm.ack':
        return this.#acknowledged(e);
      case 'kvm.set_irq':
        return e.level === 0 ? this.#tail(e, 'lowered') : undefined;
      case 'kvm.resample':
        return this.#tail(e, 'resampled');
      case 'vfio.unmask':
        return this.#tail(e, 'unmasked');
      default:
    }
  }

  #pass(life: Life | undefined, name: HopName, e: Event): void {
    life?.pass(name, e);
  }

  #input(gic: Gic, e: Input): void {
    if (e.level === 1) gic.raise(e, e.id, e.cpu, gic === this.#guest ? this.#signalled(e, e.id) : undefined);
  }

  /** KVM's own view of an interrupt that a signal has just made pending. */
  #queued(e: EventOf<'vgic.irq'>): void {
    const life = e.latch === 1 ? this.#signalled(e, e.vid) : undefined;
    if (life !== undefined) this.#guest.raise(e, e.vid, e.cpu, life);
  }

  /** The life of the irqfd that the thread has just signalled, if its GSI is this interrupt's: SPI 32 + GSI (KVM's table), or a message. */
  #signalled(e: Event, id: number): Life | undefined {
    const life = this.#threads.carrying(e.tid, ['signalled', 'asserted']);
    if (life === undefined || life.marks.some((mark) => mark.startsWith('intid:'))) return undefined;
    return id >= FIRST_LPI || life.marks.includes(`gsi:${id - FIRST_SPI}`) ? life : undefined;
  }

  /** EOIR ends it; with EOImode 1 it only drops the priority, and DIR ends it. */
  #ended(e: EventOf<'gic.eoir'>): void {
    const life = this.#guest.activeOn(e.id, e.cpu);
    if (life === undefined) return;
    if (this.#splits.has(e.cpu)) {
      life.pass('dropped', e);
      return;
    }
    this.#guest.active.take(`${e.id}@cpu${e.cpu}`);
    life.pass('ended', e);
    if (!life.has('listed')) this.#book.close(life, 'ended');
  }

  #deactivated(gic: Gic, e: EventOf<'gic.dir'> | EventOf<'pgic.dir'>): void {
    const life = gic.activeOn(e.id, e.cpu);
    gic.active.take(`${e.id}@cpu${e.cpu}`);
    if (life === undefined) return;
    life.pass('deactivated', e);
    this.#book.close(life, 'ended');
  }

  /** The guest's interrupt of a forwarded one goes on with the physical one's life. */
  #flush(e: EventOf<'vgic.flush'>): void {
    if (e.st === 'I') return;
    const key = `${e.cpu} ${e.vid}`;
    const holder = this.#listed.at(key);
    const folded = this.#readBack.get(key);
    this.#readBack.delete(key);
    // listed as pending although it came anew: the one before is over
    if (holder?.fate === 'open' && folded !== undefined && e.st === 'P' && this.#guest.pending.at(keyOf(e.vid, e.cpu))?.fate === 'open') this.#leave(key, holder, folded);
    else if (holder?.fate === 'open') return;
    const waiting = this.#guest.pending.take(keyOf(e.vid, e.cpu));
    const physical = e.hw === 1 && e.pid !== undefined ? this.#newest(this.#physical, e.pid) : undefined;
    if (physical !== undefined && waiting?.fate === 'open') this.#book.merge(waiting, physical);
    const life = physical ?? (waiting?.fate === 'open' ? waiting : this.#book.begin());
    life.pass('listed', e);
    this.#guest.mark(life, e.vid, e.cpu);
    this.#listed.put(key, life);
  }

  /** The physical interrupt that is active on some CPU: the list register does not say on which. */
  #newest(gic: Gic, id: number): Life | undefined {
    const lives = gic.active.keys().filter((key) => key.startsWith(`${id}@`)).map((key) => gic.active.at(key));
    return lives.filter((life) => life?.fate === 'open').sort((a, b) => (b?.id ?? 0) - (a?.id ?? 0))[0];
  }

  /** What the guest has ended leaves its list register; what it has not goes on being listed. */
  #fold(e: EventOf<'vgic.fold'>): void {
    for (const key of this.#listed.keys()) {
      const [cpu, vid] = key.split(' ').map(Number);
      const life = this.#listed.at(key);
      if (cpu !== e.cpu || life === undefined || (e.vid !== undefined && vid !== e.vid)) continue;
      if (life.fate !== 'open') this.#listed.take(key);
      else if (life.has('ended')) this.#leave(key, life, e);
      else if (e.st === 'I') this.#leave(key, life, e);
      else if (e.st === undefined && this.#ran.has(e.cpu)) this.#readBack.set(key, e);
    }
    this.#ran.delete(e.cpu);
  }

  /** What was read back and is not listed again at the next entry, the guest has ended. */
  #enter(e: EventOf<'cpu.enter'>): void {
    this.#ran.add(e.cpu);
    for (const [key, fold] of this.#readBack) {
      const life = this.#listed.at(key);
      if (fold.cpu !== e.cpu) continue;
      this.#readBack.delete(key);
      if (life?.fate === 'open') this.#leave(key, life, fold);
    }
  }

  #leave(key: string, life: Life, e: EventOf<'vgic.fold'>): void {
    this.#listed.take(key);
    life.pass('folded', e);
    const before = this.#tails.get(e.tid);
    if (before !== undefined && before !== life) this.#book.close(before, 'ended');
    this.#tails.set(e.tid, life);
  }

  /** KVM's pin of its virtual GIC is the SPI less 32. */
  #acknowledged(e: EventOf<'kvm.ack'>): void {
    if (this.#tails.get(e.tid)?.marks.includes(`intid:${e.pin + FIRST_SPI}`) === true) this.#tail(e, 'acknowledged');
  }

  #tail(e: Event, name: HopName): void {
    const life = this.#tails.get(e.tid);
    if (life?.fate === 'open') life.pass(name, e);
  }
}
