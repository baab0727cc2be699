// MSIs: a `kvm_msi_set_irq` is a message only if APICs took it. KVM decodes routes for other reasons too (route scans of
// a split irqchip, set-up of posted interrupts); what follows in the same thread tells (arch/x86/kvm/irq_comm.c).

import { gsi as asGsi, vector } from '../../ids.js';
import type { Calls } from './calls.js';
import type { Journal } from './journal.js';
import type { OpenMessage, Thread } from './thread.js';
import type { Threads } from './threads.js';

const LOWEST_PRIORITY = 1;
const BROADCAST = 0xff;
const X2APIC_BROADCAST = 0xffff_ffff;
const MSI_ROUTE = 2;
/** KVM_MSI_VALID_DEVID. */
const VALID_DEVID = 1;
/** Of KVM_IRQ_ROUTING_IRQCHIP and _MSI. */
const MSI_BY_TYPE: Readonly<Record<number, 0 | 1>> = { 1: 0, [MSI_ROUTE]: 1 };

type Trigger = 'edge' | 'level';

export class Messages {
  readonly #journal: Journal;
  readonly #threads: Threads;
  readonly #calls: Calls;
  /** kvm_set_irq is probed at its return: an open bracket is then one that KVM is still in. */
  #returns = false;

  constructor(journal: Journal, threads: Threads, calls: Calls) {
    this.#journal = journal;
    this.#threads = threads;
    this.#calls = calls;
  }

  /** kvm_msi_set_irq. */
  decoded(dst: number, vec: number, dm: number, logical: 0 | 1, trig: Trigger): void {
    const j = this.#journal;
    const thread = this.#threads.current();
    if (thread.message.event !== undefined) this.#nest(thread);
    const { message, atomic } = thread;
    // The handler of a device's interrupt may have come in between of a call and its message.
    const isIrqfds = atomic?.type === MSI_ROUTE && !atomic.sent;
    if (atomic !== undefined) atomic.sent = true;
    const userMessage = isIrqfds ? undefined : thread.userMessage;
    if (!isIrqfds) {
      this.#calls.begins(thread, 'apic.void');
      thread.userMessage = undefined;
    }
    const gsi = this.#gsi(thread);
    message.told = j.told;
    message.ns = j.ns;
    message.taken = 0;
    message.single = dm === LOWEST_PRIORITY || (logical === 0 && dst !== BROADCAST && dst !== X2APIC_BROADCAST);
    message.event = {
      seq: 0,
      ns: j.ns,
      on: j.on,
      tid: j.tid,
      stream: j.stream,
      at: j.line,
      name: j.name,
      kind: 'kvm.msi',
      addr: userMessage?.addr,
      data: userMessage?.data,
      dst,
      vec: vector(vec),
      dm,
      logical,
      trig,
      taken: undefined,
      gsi: gsi < 0 ? undefined : asGsi(gsi),
    };
    thread.restoring = false;
    thread.writtenPin = -1;
    thread.messageGsi = -1;
    j.tell(message.event);
  }

  /** A message without a delivery so far may be one that a hardirq interrupted to send its own. */
  #nest(thread: Thread): void {
    const { message, outer } = thread;
    thread.nested = true;
    if (message.taken > 0) {
      message.close(this.#journal);
      return;
    }
    outer.close(this.#journal);
    thread.outer = message;
    thread.message = outer;
  }

  #gsi(thread: Thread): number {
    if (thread.messageGsi >= 0) return thread.messageGsi;
    return this.#returns && thread.bracket === 'open' && thread.level !== 0 ? thread.gsi : -1;
  }

  /** True if an accept of this vector and mode is the delivery of a message of the thread. */
  takes(thread: Thread, vec: number, dm: number): boolean {
    const open = this.#waiting(thread, vec, dm);
    if (open === undefined) {
      thread.closeMessages(this.#journal);
      return false;
    }
    open.taken++;
    // Inside a request the return value may still say that the APIC did not take it.
    if (open.single && thread.inatomic < 0 && thread.bracket !== 'open') open.close(this.#journal);
    return true;
  }

  #waiting({ message, outer }: Thread, vec: number, dm: number): OpenMessage | undefined {
    if (message.waitsFor(this.#journal, vec, dm)) return message;
    const over = message.event === undefined || message.taken > 0;
    return over && outer.waitsFor(this.#journal, vec, dm) ? outer : undefined;
  }

  /** kvm_send_userspace_msi: KVM_SIGNAL_MSI with its exact message, which comes next. Flags that are not fetched are NaN. */
  signalled(addr: bigint, data: number, flags: number): void {
    const thread = this.#threads.current();
    thread.leave(this.#journal);
    this.#calls.goesOn(thread);
    // KVM refuses other flags, and in x2APIC format what has bits there (kvm_msi_route_invalid).
    if ((flags === 0 || flags === VALID_DEVID) && ((addr >> 32n) & 0xffn) === 0n) this.#calls.ask({ kind: 'apic.void', addr, data });
    thread.userMessage = { addr, data };
  }

  /** irqfd_wakeup: if the irqfd's one route is an MSI, its message comes next. A type that is not known is NaN. */
  woken(gsi: number, routeType: number): void {
    this.#threads.current().messageGsi = routeType === MSI_ROUTE ? gsi : -1;
  }

  /** kvm_arch_set_irq_inatomic. */
  inatomic(gsi: number, routeType: number): void {
    const thread = this.#threads.current();
    this.#calls.begins(thread, 'efd.void');
    thread.messageGsi = Number.isNaN(routeType) || routeType === MSI_ROUTE ? gsi : -1;
    thread.inatomic = this.#journal.told;
    thread.atomic = { gsi, type: routeType, sent: false };
  }

  /** Its return value: how many APICs took the message, or -EWOULDBLOCK. */
  inatomicReturned(ret: number): void {
    const thread = this.#threads.current();
    const taken = this.#sent(thread, ret);
    const { atomic } = thread;
    thread.atomic = undefined;
    if (atomic === undefined) return;
    this.#journal.say({ kind: 'kvm.routed', gsi: asGsi(atomic.gsi), level: 1, ret, atomic: 1, msi: MSI_BY_TYPE[atomic.type], sent: atomic.sent ? 1 : 0, taken });
  }

  /** By how many APICs its message was taken, as far as accepts show. */
  #sent(thread: Thread, ret: number): number | undefined {
    const { message, inatomic } = thread;
    thread.inatomic = -1;
    thread.messageGsi = -1;
    // Of an IOAPIC route there is no message: one that is open was interrupted.
    if (message.event === undefined || inatomic < 0 || message.told < inatomic) return undefined;
    const isOld = this.#journal.tooOld(message.told, message.ns);
    const taken = isOld ? undefined : message.taken;
    if (ret >= 0 && !isOld) message.taken = ret;
    // At -EWOULDBLOCK a worker sends it: nothing was sent for the GSI yet.
    if (ret < 0) message.event.gsi = undefined;
    message.close(this.#journal);
    return taken;
  }

  /** kvm_set_irq returned: for an MSI route how many APICs took the message; by how many it was, as far as accepts show. */
  returned(ret: number): number | undefined {
    this.#returns = true;
    const thread = this.#threads.current();
    const { message } = thread;
    const { event } = message;
    if (event === undefined || thread.bracket !== 'open' || thread.level === 0) return undefined;
    const isOld = this.#journal.tooOld(message.told, message.ns);
    // An interrupt's handler may have come in between, with a message of its own.
    const taken = isOld || thread.nested ? undefined : message.taken;
    if (ret >= 0 && !isOld) {
      message.taken = ret;
      event.gsi ??= asGsi(thread.gsi);
    }
    message.close(this.#journal);
    return taken;
  }
}
