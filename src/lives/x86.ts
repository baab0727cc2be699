// Lives on x86: irqfd -> GSI -> IOAPIC pin or message -> local APIC -> EOI -> acknowledge, de-assert, resample.
// What one thread does in a row belongs together, as KVM and QEMU work: irqfd_wakeup, kvm_set_irq, ioapic_set_irq, __apic_accept_irq.

import type { Event, EventOf } from '../event.js';
import { Places, type Book, type Follower, type Threads } from './book.js';
import { Irqfds } from './irqfds.js';
import type { HopName, Life } from './life.js';
import { PIC_MARK } from './pic.js';

const VECTORS = 256;

/** May a life that came from a GSI, an INTx line or an input of the 8259 pair be what raises the pin? GSI 0 of a PC is pin 2. */
function isForPin({ marks }: Life, { pin, gsi }: EventOf<'ioapic.in'>): boolean {
  const own = new Set([`intx:${pin}`, `pin:ioapic/${pin}`, `${PIC_MARK}${pin}`, ...(pin === 2 ? ['intx:0', `${PIC_MARK}0`] : [])]);
  const isElsewhere = (mark: string): boolean => ['intx:', 'pin:ioapic/', PIC_MARK].some((sort) => mark.startsWith(sort)) && !own.has(mark);
  return (gsi === undefined || !marks.some((mark) => mark.startsWith('gsi:')) || marks.includes(`gsi:${gsi}`)) && !marks.some(isElsewhere);
}

/** A life that passed another GSI, or another pin of the chip, is not the one. */
function mayPass({ marks }: Life, mark: string): boolean {
  const [sort = ''] = /^.*[:/]/.exec(mark) ?? [];
  return marks.includes(mark) || !marks.some((other) => other.startsWith(sort));
}

export class X86Lives implements Follower {
  readonly #book: Book;
  /** Signalled on a GSI, not yet injected. */
  readonly #signalled = new Places<number>();
  /** Level interrupts that hold a pin. */
  readonly #pins = new Places<number>();
  /** Delivered by a pin, with the vector, until the EOI that the IOAPIC hears; what lowered the pin before that. */
  readonly #delivered = new Map<number, { readonly vec: number; readonly life: Life; loweredBy?: Event }>();
  /** The recording shows what the IOAPIC delivers: it did so, or its lines say what the pin does with its input (KVM's). */
  #seesDeliveries = false;
  /** Accepted, not yet taken; taken, not yet ended: by vCPU and vector. */
  readonly #accepted = new Places<number>();
  readonly #taken = new Places<number>();
  readonly #threads: Threads;
  readonly #irqfds = new Irqfds();

  constructor(book: Book, threads: Threads) {
    this.#book = book;
    this.#threads = threads;
  }

  forget(): void {
    for (const places of [this.#signalled, this.#pins, this.#accepted, this.#taken]) places.clear();
    this.#delivered.clear();
  }

  follow(e: Event): void {
    switch (e.kind) {
      case 'efd.signal':
        return this.#signal(e);
      case 'kvm.irqfd.assign':
      case 'kvm.irqfd.deassign':
      case 'fd.close':
      case 'kvm.routes':
      case 'vm.close':
        return this.#irqfds.note(e);
      case 'kvm.set_irq':
        return e.level === 0 ? this.#tail(e, 'lowered', `gsi:${e.gsi}`) : this.#assert(e);
      case 'kvm.msi':
        return e.taken === 0 ? undefined : this.#message(e);
      case 'kvm.ipi':
        return this.#begin(e, 'sent');
      case 'apic.msg':
        return void this.#threads.carrying(e.tid, ['sent', 'delivered'])?.mark(`vector:${e.vec}`);
      case 'ioapic.in':
        return e.level === 1 ? this.#input(e) : this.#lowered(e);
      case 'ioapic.deliver':
        return this.#deliver(e);
      case 'ioapic.eoi':
        return this.#heard(e);
      case 'apic.accept':
        return this.#accept(e);
      case 'cpu.inject':
        return e.ext === 1 ? undefined : this.#inject(e);
      case 'apic.eoi':
        return this.#eoi(e);
      case 'kvm.ack':
        return this.#tail(e, 'acknowledged', e.gsi === undefined ? undefined : `gsi:${e.gsi}`);
      case 'kvm.resample':
        return this.#tail(e, 'resampled', `gsi:${e.gsi}`);
      case 'vfio.unmask':
        return this.#tail(e, 'unmasked');
      default:
    }
  }

  /** The thread's life if it has come no further than one of `after`, else a new one. */
  #carry(e: Event, after: readonly HopName[]): Life {
    const life = this.#threads.carrying(e.tid, after);
    if (life !== undefined) return life;
    const fresh = this.#book.begin();
    this.#threads.turn(e.tid, fresh);
    return fresh;
  }

  /** Whatever the thread did before. */
  #begin(e: Event, name: HopName): void {
    const life = this.#book.begin();
    life.pass(name, e);
    this.#threads.turn(e.tid, life);
  }

  #signal(e: EventOf<'efd.signal'>): void {
    const { fd, gsi } = this.#irqfds.of(e);
    if (gsi === undefined) return;
    const life = this.#carry(e, ['raised']);
    life.pass('signalled', e);
    if (fd !== undefined) life.mark(`irqfd:${fd}`);
    life.mark(`gsi:${gsi}`);
    const before = this.#signalled.at(gsi);
    if (before?.fate === 'open' && before.last === 'signalled') this.#book.merge(life, before);
    else this.#signalled.put(gsi, life);
  }

  #assert(e: EventOf<'kvm.set_irq'>): void {
    const waiting = this.#signalled.take(e.gsi);
    const life = waiting?.fate === 'open' ? waiting : this.#carry(e, []);
    this.#threads.turn(e.tid, life);
    life.pass('asserted', e);
    life.mark(`gsi:${e.gsi}`);
  }

  #message(e: EventOf<'kvm.msi'>): void {
    const gsi = e.gsi ?? this.#signalledFor(e);
    const waiting = gsi === undefined ? undefined : this.#signalled.take(gsi);
    if (waiting?.fate === 'open') this.#threads.turn(e.tid, waiting);
    const life = this.#carry(e, ['raised', 'fired', 'signalled', 'asserted']);
    life.pass('sent', e);
    if (gsi !== undefined) life.mark(`gsi:${gsi}`);
  }

  /** Traces show a message without its GSI: the one that was signalled and has that message. */
  #signalledFor(e: EventOf<'kvm.msi'>): number | undefined {
    const fitting = this.#signalled.keys().filter((gsi) => this.#signalled.at(gsi)?.last === 'signalled' && this.#irqfds.sends(gsi, e));
    return fitting.length === 1 ? fitting[0] : undefined;
  }

  #input(e: EventOf<'ioapic.in'>): void {
    const holder = this.#pins.at(e.pin);
    const carried = this.#threads.carrying(e.tid, ['asserted']);
    const life = carried !== undefined && isForPin(carried, e) ? carried : this.#carry(e, []);
    life.pass('asserted', e);
    life.mark(`pin:ioapic/${e.pin}`);
    if (holder !== undefined && holder !== life) this.#book.merge(life, holder);
    else this.#pins.put(e.pin, life);
  }

  /** The pin is free; what was neither delivered nor merged by then never will be, unless the 8259 pair has it. */
  #lowered(e: EventOf<'ioapic.in'>): void {
    const holder = this.#pins.take(e.pin);
    if (holder?.fate === 'open' && !holder.has('delivered') && !holder.marks.some((mark) => mark.startsWith(PIC_MARK))) {
      holder.pass('lowered', e);
      this.#book.close(holder, this.#seesDeliveries || e.mask !== undefined ? 'vanished' : 'unseen');
    }
    const delivered = this.#delivered.get(e.pin);
    if (delivered !== undefined && delivered.life === holder) delivered.loweredBy = e;
    this.#tail(e, 'lowered', `pin:ioapic/${e.pin}`);
  }

  /** The pin's own life, or one of its own: a line that stayed high is delivered again at the EOI. */
  #deliver(e: EventOf<'ioapic.deliver'>): void {
    this.#seesDeliveries = true;
    const holder = this.#pins.at(e.pin);
    const life = holder?.fate === 'open' && !holder.has('delivered') ? holder : this.#carry(e, ['asserted']);
    this.#threads.turn(e.tid, life);
    life.pass('delivered', e);
    life.mark(`pin:ioapic/${e.pin}`);
    this.#pins.put(e.pin, life);
    this.#delivered.set(e.pin, { vec: e.vec, life });
  }

  /** The EOI of a vector, as it reaches the IOAPIC: where accepts are not recorded it is the end. */
  #heard(e: EventOf<'ioapic.eoi'>): void {
    for (const [pin, { vec, life, loweredBy }] of this.#delivered) {
      if (vec !== e.vec) continue;
      this.#delivered.delete(pin);
      if (life.fate !== 'open' || life.has('ended')) continue;
      if (loweredBy !== undefined) life.pass('lowered', loweredBy);
      life.pass('ended', e);
      this.#threads.turn(e.tid, life);
    }
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
    if (e.sure === 0 && this.#taken.at(key)?.fate === 'open') return;
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
    if (life.has('delivered')) this.#threads.turn(e.tid, life);
    else this.#book.close(life, 'ended');
  }

  /** What the thread that wrote the EOI does about it: acknowledge, de-assert, resample, unmask. */
  #tail(e: Event, name: HopName, mark?: string): void {
    const life = this.#threads.at(e.tid);
    if (life?.fate === 'open' && life.has('ended') && (mark === undefined || mayPass(life, mark))) life.pass(name, e);
  }
}
