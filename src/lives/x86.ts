// Lives on x86: device or irqfd -> GSI -> IOAPIC pin or message -> local APIC -> EOI -> acknowledge, de-assert, resample.
// What one thread does in a row belongs together, as KVM and QEMU work: irqfd_wakeup, kvm_set_irq, ioapic_set_irq, __apic_accept_irq.

import type { Event, EventOf } from '../event.js';
import { Places, type Book, type Follower } from './book.js';
import type { HopName, Life } from './life.js';

const VECTORS = 256;

export class X86Lives implements Follower {
  readonly #book: Book;
  /** Signalled on a GSI, not yet injected. */
  readonly #signalled = new Places<number>();
  /** Level interrupts that hold a pin. */
  readonly #pins = new Places<number>();
  /** Accepted, not yet taken; taken, not yet ended: by vCPU and vector. */
  readonly #accepted = new Places<number>();
  readonly #taken = new Places<number>();
  /** The life that each thread is carrying on. */
  readonly #byThread = new Places<number>();

  /** GSIs of irqfds by their descriptors. */
  readonly #gsis = new Map<number, number>();

  constructor(book: Book) {
    this.#book = book;
  }

  forget(): void {
    for (const places of [this.#signalled, this.#pins, this.#accepted, this.#taken, this.#byThread]) places.clear();
  }

  follow(e: Event): void {
    switch (e.kind) {
      case 'vfio.irq':
        return this.#start(e, 'raised', `dev:${e.dev}`);
      case 'msix.fire':
        return this.#start(e, 'fired', `msix:${e.fn}/${e.entry}`);
      case 'msix.msg':
        return this.#sent(e, e.entry === undefined ? undefined : `msix:${e.fn}/${e.entry}`);
      case 'efd.signal':
        return this.#signal(e, e.gsi ?? this.#gsis.get(e.fd ?? -1));
      case 'kvm.irqfd.assign':
        return e.ret === 0 ? void this.#gsis.set(e.fd, e.gsi) : undefined;
      case 'kvm.irqfd.deassign':
        return e.ret === 0 ? void this.#gsis.delete(e.fd) : undefined;
      case 'fd.close':
        return e.fd === undefined ? undefined : void this.#gsis.delete(e.fd);
      case 'kvm.set_irq':
        return e.level === 0 ? this.#tail(e, 'lowered') : this.#assert(e);
      case 'kvm.msi':
        return e.taken === 0 ? undefined : this.#message(e);
      case 'ioapic.in':
        return e.level === 1 ? this.#input(e) : this.#lowered(e);
      case 'ioapic.deliver':
        return this.#deliver(e);
      case 'apic.accept':
        return this.#accept(e);
      case 'cpu.inject':
        return this.#inject(e);
      case 'apic.eoi':
        return this.#eoi(e);
      case 'kvm.ack':
        return this.#tail(e, 'acknowledged');
      case 'kvm.resample':
        return this.#tail(e, 'resampled');
      case 'vfio.unmask':
        return this.#tail(e, 'unmasked');
      default:
    }
  }

  /** The thread's life if it has come no further than one of `after`, else a new one. */
  #carry(e: Event, after: readonly HopName[]): Life {
    const life = this.#byThread.at(e.tid);
    if (life?.fate === 'open' && life.last !== undefined && after.includes(life.last)) return life;
    const fresh = this.#book.begin();
    this.#turn(e.tid, fresh);
    return fresh;
  }

  /** The thread goes on with another life: one that was ended and had only its tail to come is over. */
  #turn(tid: number, life: Life): void {
    const before = this.#byThread.at(tid);
    if (before !== undefined && before !== life && before.has('ended')) this.#book.close(before, 'ended');
    this.#byThread.put(tid, life);
  }

  #start(e: Event, name: HopName, mark: string): void {
    const life = this.#book.begin();
    life.pass(name, e);
    life.mark(mark);
    this.#turn(e.tid, life);
  }

  #signal(e: EventOf<'efd.signal'>, gsi: number | undefined): void {
    if (gsi === undefined) return;
    const life = this.#carry(e, ['raised']);
    life.pass('signalled', e);
    life.mark(`gsi:${gsi}`);
    const before = this.#signalled.at(gsi);
    if (before?.fate === 'open') this.#book.merge(life, before);
    else this.#signalled.put(gsi, life);
  }

  #assert(e: EventOf<'kvm.set_irq'>): void {
    const waiting = this.#signalled.take(e.gsi);
    const life = waiting?.fate === 'open' ? waiting : this.#carry(e, []);
    this.#turn(e.tid, life);
    life.pass('asserted', e);
    life.mark(`gsi:${e.gsi}`);
  }

  #message(e: EventOf<'kvm.msi'>): void {
    const waiting = e.gsi === undefined ? undefined : this.#signalled.take(e.gsi);
    if (waiting?.fate === 'open') this.#turn(e.tid, waiting);
    this.#sent(e, e.gsi === undefined ? undefined : `gsi:${e.gsi}`);
  }

  #sent(e: Event, mark: string | undefined): void {
    const life = this.#carry(e, ['raised', 'fired', 'signalled', 'asserted']);
    life.pass('sent', e);
    if (mark !== undefined) life.mark(mark);
  }

  #input(e: EventOf<'ioapic.in'>): void {
    const holder = this.#pins.at(e.pin);
    const life = this.#carry(e, ['asserted']);
    life.pass('asserted', e);
    life.mark(`pin:ioapic/${e.pin}`);
    if (holder !== undefined && holder !== life) this.#book.merge(life, holder);
    else this.#pins.put(e.pin, life);
  }

  /** The pin is free; what was neither delivered nor merged by then never will be. */
  #lowered(e: EventOf<'ioapic.in'>): void {
    const holder = this.#pins.take(e.pin);
    if (holder?.fate === 'open' && !holder.has('delivered')) {
      holder.pass('lowered', e);
      this.#book.close(holder, 'vanished');
    }
    this.#tail(e, 'lowered');
  }

  /** The pin's own life, or one of its own: a line that stayed high is delivered again at the EOI. */
  #deliver(e: EventOf<'ioapic.deliver'>): void {
    const holder = this.#pins.at(e.pin);
    const life = holder?.fate === 'open' && !holder.has('delivered') ? holder : this.#carry(e, ['asserted']);
    this.#turn(e.tid, life);
    life.pass('delivered', e);
    life.mark(`pin:ioapic/${e.pin}`);
    this.#pins.put(e.pin, life);
  }

  #accept(e: EventOf<'apic.accept'>): void {
    const life = this.#carry(e, ['sent', 'delivered']);
    const key = e.cpu * VECTORS + e.vec;
    life.pass('accepted', e);
    life.mark(`vector:${e.vec}@cpu${e.cpu}`);
    const before = this.#accepted.at(key);
    if (before?.fate === 'open') this.#book.merge(life, before);
    else this.#accepted.put(key, life);
  }

  #inject(e: EventOf<'cpu.inject'>): void {
    const key = e.cpu * VECTORS + e.vec;
    const waiting = this.#accepted.take(key);
    const life = waiting?.fate === 'open' ? waiting : this.#book.begin();
    life.pass('taken', e);
    life.mark(`vector:${e.vec}@cpu${e.cpu}`);
    this.#taken.put(key, life);
  }

  #eoi(e: EventOf<'apic.eoi'>): void {
    if (e.vec === undefined || e.vec < 0) return;
    const key = e.cpu * VECTORS + e.vec;
    // Where injections are not recorded the accepted one is the one that ends.
    const life = this.#taken.take(key) ?? this.#accepted.take(key);
    if (life?.fate !== 'open') return;
    life.pass('ended', e);
    if (life.has('delivered')) this.#turn(e.tid, life);
    else this.#book.close(life, 'ended');
  }

  /** What the thread that wrote the EOI does about it: acknowledge, de-assert, resample, unmask. */
  #tail(e: Event, name: HopName): void {
    const life = this.#byThread.at(e.tid);
    if (life?.fate === 'open' && life.has('ended')) life.pass(name, e);
  }
}
