// Interrupt lines of the in-kernel chips: which of KVM's lines belong to one kvm_set_irq, and which accept is the delivery
// of a pin (virt/kvm/irqchip.c, arch/x86/kvm/ioapic.c, i8259.c). KVM prints the cause after the effect.

import type { EventOf } from '../../event.js';
import { gsi as asGsi, pin as asPin, sourceId, vector, type Gsi } from '../../ids.js';
import type { Calls } from './calls.js';
import type { Journal } from './journal.js';
import type { Thread } from './thread.js';
import type { Threads } from './threads.js';

const IOAPIC = 2;
const PIC_PINS = 8;
/** GSI 0 is the timer, wired to pin 2. */
const TIMER_PIN = 2;
/** Accepts of one bracket kept apart; a pin in logical mode reaches every vCPU of a cluster. */
const MAX_ACCEPTS = 64;

/** A redirection entry as kvm_ioapic_set_irq prints it. */
interface Redirection {
  readonly pin: number;
  readonly dst: number;
  readonly vec: number;
  readonly dm: number;
  readonly logical: 0 | 1;
  readonly trig: 'edge' | 'level';
  readonly mask: 0 | 1;
}

export class Pins {
  /** Last known vector of every IOAPIC pin. */
  readonly vectors = new Map<number, number>();
  /** GSI to IOAPIC pin, where the routing table has been seen. */
  routed: ReadonlyMap<number, number> | undefined;
  readonly #journal: Journal;
  readonly #threads: Threads;
  readonly #calls: Calls;
  /** Sources that hold a GSI up, by what was seen of them; the 8259 has GSIs below 16 only. */
  readonly #sources = new Map<number, number>();
  /** kvm_set_irq is recorded: a pin without one is then a restored one. */
  #seen = false;
  /** So is its return: up to there each pin is one that it leads to. */
  #returns = false;
  /** The IOAPIC is KVM's: one of its pins was set. */
  inKernel = false;

  constructor(journal: Journal, threads: Threads, calls: Calls) {
    this.#journal = journal;
    this.#threads = threads;
    this.#calls = calls;
  }

  /** kvm_set_irq: someone asks for a level; what comes of it follows in the same thread. */
  setIrq(gsi: number, level: number, source: number): void {
    const j = this.#journal;
    const thread = this.#threads.current();
    // Level 0 is also what a resampler asks for at an EOI, which goes on.
    if (level === 0) thread.settle(j);
    else thread.leave(j);
    this.#calls.begins(thread, 'gsi.void', gsi);
    this.#calls.goesOn(thread);
    thread.request(gsi, level);
    this.#seen = true;
    this.#threads.lulls.set(thread, gsi, level);
    if (gsi < 2 * PIC_PINS) this.#hold(gsi, 1 << (source & 31), level !== 0);
    j.tell({
      seq: 0,
      ns: j.ns,
      on: j.on,
      tid: j.tid,
      stream: j.stream,
      at: j.line,
      name: j.name,
      kind: 'kvm.set_irq',
      gsi: asGsi(gsi),
      level,
      source: sourceId(source),
      ret: undefined,
    });
  }

  #hold(gsi: number, source: number, up: boolean): void {
    const held = this.#sources.get(gsi) ?? 0;
    this.#sources.set(gsi, up ? held | source : held & ~source);
  }

  /** kvm_pic_set_irq. It prints no level: that is the request's, unless another source holds the line. */
  picSetIrq(chip: number, pin: number, trig: 'edge' | 'level', mask: 0 | 1): void {
    const j = this.#journal;
    const thread = this.#threads.current();
    thread.closeMessages(j);
    if (thread.bracket === 'none') return;
    const up = thread.level !== 0 || (this.#sources.get(thread.gsi) ?? 0) !== 0;
    j.tell({
      seq: 0,
      ns: j.ns,
      on: j.on,
      tid: j.tid,
      stream: j.stream,
      at: j.line,
      name: j.name,
      kind: 'pic.in',
      pin: asPin(chip * PIC_PINS + pin),
      level: up ? 1 : 0,
      gsi: asGsi(thread.gsi),
      trig,
      mask,
    });
  }

  /** kvm_ioapic_set_irq: ends the IOAPIC's half of a kvm_set_irq, or stands alone when KVM_SET_IRQCHIP raises the pins again. */
  ioapicSetIrq(entry: Redirection, coalesced: boolean): void {
    const thread = this.#threads.current();
    thread.closeMessages(this.#journal);
    this.vectors.set(entry.pin, entry.vec);
    this.inKernel = true;
    if ((this.#returns && thread.requesting) || (thread.bracket === 'open' && this.#wired(thread.gsi, entry.pin))) this.#served(thread, entry, coalesced);
    else this.#restored(thread, entry);
    thread.sure = true;
    if (thread.accepts.length > 0) thread.accepts.length = 0;
  }

  #wired(gsi: number, pin: number): boolean {
    if (this.routed !== undefined) return this.routed.get(gsi) === pin;
    return pin === gsi || (gsi === 0 && pin === TIMER_PIN);
  }

  #served(thread: Thread, entry: Redirection, coalesced: boolean): void {
    const j = this.#journal;
    thread.bracket = 'served';
    const accept = thread.level === 0 ? undefined : thread.accepts.find(({ vec }) => vec === entry.vec);
    const isLate = accept !== undefined && j.tooOld(thread.acceptsTold, thread.acceptsNs);
    // Whether it delivered is not known then, nor whether it had to.
    const level = isLate ? undefined : inputLevel(thread.level, entry, coalesced);
    const event = this.#input(entry, level, asGsi(thread.gsi));
    if (accept === undefined || isLate) {
      j.tell(event);
      return;
    }
    // The pin rose before it delivered, whatever was printed first. A disabled APIC is traced as accepting, too: then nothing took it.
    event.ns = accept.ns;
    j.tellBefore(accept, event, delivery(accept, entry.pin, coalesced ? 0 : 1));
  }

  /** Without its kvm_set_irq; after a loss, and where that event is not recorded, the level stays open. */
  #restored(thread: Thread, entry: Redirection): void {
    const j = this.#journal;
    const asked = thread.bracket === 'open';
    const up = asked ? thread.level !== 0 : thread.sure && this.#seen;
    thread.closeBracket();
    if (!thread.restoring) j.say({ kind: 'kvm.set_irqchip', chip: IOAPIC });
    thread.restoring = true;
    j.tell(this.#input(entry, up ? 1 : undefined));
  }

  #input(entry: Redirection, level: 0 | 1 | undefined, gsi?: Gsi): EventOf<'ioapic.in'> {
    const j = this.#journal;
    const { pin, vec, dm, trig, mask, dst, logical } = entry;
    return {
      seq: 0,
      ns: j.ns,
      on: j.on,
      tid: j.tid,
      stream: j.stream,
      at: j.line,
      name: j.name,
      kind: 'ioapic.in',
      pin: asPin(pin),
      level,
      vec: vector(vec),
      dm,
      trig,
      mask,
      dst,
      logical,
      gsi,
    };
  }

  /**
   * An accept that no message caused: inside a bracket it waits for the pin, else it may be a re-delivery, of a level pin: a write of the entry of an
   * edge pin delivers nothing (ioapic_write_indirect), and the local timer's interrupt looks the same.
   */
  accepted(thread: Thread, accept: EventOf<'apic.accept'>): void {
    const j = this.#journal;
    if (thread.bracket === 'open' && thread.level !== 0) {
      if (thread.accepts.length === 0) {
        thread.acceptsTold = j.told;
        thread.acceptsNs = j.ns;
      }
      if (thread.accepts.length < MAX_ACCEPTS) thread.accepts.push(accept);
    } else if (thread.ackedPin >= 0 && accept.trig === 'level' && accept.vec === thread.eoiVector) {
      j.tell(delivery(accept, thread.ackedPin, 0));
      thread.ackedPin = -1;
    } else if (thread.writtenPin >= 0 && accept.trig === 'level' && this.vectors.get(thread.writtenPin) === accept.vec) {
      j.tell(delivery(accept, thread.writtenPin, 0));
    }
    thread.writtenPin = -1;
    j.tell(accept);
  }

  /** kvm_ack_irq: an EOI reached a pin, which may deliver again at once. */
  acknowledged(chip: number, pin: number): void {
    const j = this.#journal;
    const thread = this.#threads.current();
    thread.settle(j);
    if (chip < IOAPIC) this.#calls.begins(thread, 'pic.eoi.void');
    if (chip === IOAPIC && thread.eoiVector >= 0) thread.ackedPin = pin;
    const { ns, on, tid, stream, line: at, name } = j;
    j.tell({ seq: 0, ns, on, tid, stream, at, name, kind: 'kvm.ack', chip, pin: asPin(pin) });
  }

  /** kvm_ioapic_delayed_eoi_inj: a worker will deliver again. */
  delayed(vec: number): void {
    const j = this.#journal;
    this.#threads.current().settle(j);
    j.say({ kind: 'ioapic.delay', vec: vector(vec) });
  }

  /** kvm_set_irq returned, and its message was taken by so many APICs. */
  returned(ret: number, taken: number | undefined): void {
    const thread = this.#threads.current();
    const { requesting, gsi, level } = thread;
    this.#returns = true;
    thread.settle(this.#journal);
    thread.requesting = false;
    if (requesting) this.#journal.say({ kind: 'kvm.routed', gsi: asGsi(gsi), level, ret, atomic: 0, taken });
  }

  forget(): void {
    this.vectors.clear();
    this.routed = undefined;
    this.#sources.clear();
  }
}

/**
 * At a request for 0 KVM prints `(coalesced)` on an edge pin that another source holds, unless that is the first it hears of since the chip's state was
 * replaced: a masked pin then says nothing. Of a level pin it tells nothing.
 */
function inputLevel(asked: number, { trig, mask }: Redirection, coalesced: boolean): 0 | 1 | undefined {
  if (asked !== 0 || coalesced) return 1;
  return trig === 'edge' && mask === 0 ? 0 : undefined;
}

/** `sure`: the line proves that an APIC took it; an accept alone does not. */
function delivery(accept: EventOf<'apic.accept'>, pin: number, sure: 0 | 1): EventOf<'ioapic.deliver'> {
  const { ns, on, tid, stream, at: line, name, vec } = accept;
  return { seq: 0, ns, on, tid, stream, at: line, name, kind: 'ioapic.deliver', pin: asPin(pin), vec, sure };
}
