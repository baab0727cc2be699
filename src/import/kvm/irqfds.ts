// What only probes show: routing tables, irqfds, eventfd signals, resamplers, source ids (virt/kvm/eventfd.c, irqchip.c).

import { gsi as asGsi, sourceId } from '../../ids.js';
import { keep } from '../../keep.js';
import { stamped } from '../stamp.js';
import type { Calls } from './calls.js';
import type { Handlers } from './handlers.js';
import type { Journal } from './journal.js';
import type { Machines } from './machines.js';
import type { Pins } from './pins.js';
import { RoutingTable, type RoutingEntry } from './routing-table.js';
import type { Thread } from './thread.js';
import type { Threads } from './threads.js';

/** KVM_IRQFD_FLAG_DEASSIGN and _RESAMPLE. */
const DEASSIGN = 1;
const RESAMPLE = 2;
/** EPOLLIN: a signal. EPOLLHUP: the eventfd's last reference went, no signal. */
export const SIGNALLED = 0x1;
const CLOSED = 0x10;
/** GSIs whose calls are followed. */
const MAX_CALLS = 4096;

export class Irqfds {
  readonly #journal: Journal;
  readonly #threads: Threads;
  readonly #pins: Pins;
  readonly #handlers: Handlers;
  readonly #machines: Machines;
  readonly #calls: Calls;
  /** Resample irqfds seen assigned: fd to GSI. */
  readonly #resamplers = new Map<number, number>();
  /** kvm_irqfd is probed at its return, too. */
  #returns = false;
  /** The latest call for a GSI. */
  readonly #latest = new Map<number, Thread>();

  constructor(journal: Journal, threads: Threads, pins: Pins, { handlers, machines, calls }: { readonly handlers: Handlers; readonly machines: Machines; readonly calls: Calls }) {
    this.#journal = journal;
    this.#threads = threads;
    this.#pins = pins;
    this.#handlers = handlers;
    this.#machines = machines;
    this.#calls = calls;
  }

  /** kvm_set_irq_routing: `nr` entries follow, fewer if the kernel refuses one. */
  routing(nr: number): void {
    const thread = this.#threads.current();
    thread.leave(this.#journal);
    this.#calls.goesOn(thread);
    if (this.#machines.arch === 'x86' && !this.#pins.inKernel) this.#threads.lulls.called(thread);
    thread.table = new RoutingTable(this.#journal.stamp(), nr, this.#machines.arch);
    if (nr === 0) this.#routed(thread.table, undefined);
  }

  /** kvm_set_routing_entry. */
  routingEntry(entry: RoutingEntry): void {
    const { table } = this.#threads.current();
    if (table === undefined) return;
    table.add(entry);
    if (table.complete) this.#routed(table, table.refused);
  }

  #routed(table: RoutingTable, refused: boolean | undefined): void {
    const thread = this.#threads.current();
    if (refused === true) {
      thread.refuseTable(this.#journal);
      return;
    }
    thread.table = undefined;
    this.#pins.routed = table.pins;
    this.#journal.tell(table.event(this.#journal.ns, undefined));
  }

  /** KVM_IRQFD, told when it returns. */
  irqfd(fd: number, gsi: number, flags: number, resamplefd: number): void {
    const thread = this.#threads.current();
    thread.leave(this.#journal);
    this.#calls.goesOn(thread);
    if (this.#machines.arch === 'x86') this.#threads.lulls.called(thread);
    if (!this.#returns) {
      this.#returnedUnseen(thread);
      this.#returnedUnseen(this.#latest.get(gsi));
      keep(this.#latest, gsi, thread, MAX_CALLS);
    }
    thread.irqfd = { stamp: this.#journal.stamp(), fd, gsi, flags, resamplefd };
  }

  /** Where no probe shows the return: a deassign was granted, as all are of an eventfd; of an assign it cannot be told. */
  #returnedUnseen(thread: Thread | undefined): void {
    const call = thread?.irqfd;
    if (thread === undefined || call === undefined) return;
    thread.irqfd = undefined;
    if ((call.flags & DEASSIGN) !== 0) this.#journal.tell(stamped({ ...call.stamp, ns: this.#journal.ns }, { kind: 'kvm.irqfd.deassign', fd: call.fd, gsi: asGsi(call.gsi), ret: 0 }));
  }

  irqfdReturned(ret: number): void {
    this.#returns = true;
    const j = this.#journal;
    const thread = this.#threads.current();
    const call = thread.irqfd;
    thread.leave(j);
    thread.irqfd = undefined;
    if (call === undefined) return;
    const { fd, gsi, flags } = call;
    const stamp = { ...call.stamp, ns: j.ns };
    if ((flags & DEASSIGN) !== 0) {
      if (ret === 0 && this.#resamplers.get(fd) === gsi) this.#resamplers.delete(fd);
      j.tell(stamped(stamp, { kind: 'kvm.irqfd.deassign', fd, gsi: asGsi(gsi), ret }));
      return;
    }
    const resample = (flags & RESAMPLE) === 0 ? undefined : call.resamplefd;
    if (resample !== undefined && ret === 0) this.#resamplers.set(fd, gsi);
    j.tell(stamped(stamp, { kind: 'kvm.irqfd.assign', fd, gsi: asGsi(gsi), flags, resample, key: undefined, ret }));
  }

  /** irqfd_wakeup with its poll mask. */
  woken(gsi: number, key: number, resampler: boolean): void {
    const j = this.#journal;
    if ((key & SIGNALLED) !== 0) j.say({ kind: 'efd.signal', fd: undefined, gsi: asGsi(gsi) });
    if ((key & CLOSED) === 0) return;
    if (resampler) this.#closeOne(gsi);
    j.say({ kind: 'fd.close', fd: undefined, gsi: asGsi(gsi) });
  }

  #closeOne(gsi: number): void {
    for (const [fd, of] of this.#resamplers) {
      if (of !== gsi) continue;
      this.#resamplers.delete(fd);
      return;
    }
  }

  /** irqfd_resampler_ack: lowers the line, then notifies every resample irqfd of the GSI. */
  resamplerAcked(gsi: number): void {
    this.#handlers.outside();
    const thread = this.#threads.current();
    thread.resampling = gsi;
    const known = [...this.#resamplers.values()].filter((of) => of === gsi).length;
    // Of irqfds assigned before the recording nothing is known but that there is one.
    thread.notifications = Math.max(1, known);
  }

  /** eventfd_signal: a notification, unless a device's handler interrupted the resampler to signal its own. */
  signalled(): void {
    const j = this.#journal;
    const thread = this.#threads.current();
    if (this.#handlers.takesSignal(thread) || thread.resampling < 0) return;
    j.say({ kind: 'kvm.resample', gsi: asGsi(thread.resampling), fd: undefined });
    if (--thread.notifications <= 0) thread.resampling = -1;
  }

  sourceAllocated(ret: number): void {
    const j = this.#journal;
    this.#threads.current().leave(j);
    j.say({ kind: 'kvm.src.alloc', ret });
  }

  sourceFreed(id: number): void {
    const j = this.#journal;
    this.#threads.current().leave(j);
    j.say({ kind: 'kvm.src.free', id: sourceId(id) });
  }

  forget(): void {
    this.#resamplers.clear();
    this.#latest.clear();
  }
}
