// IPIs that KVM has taken: kvm_apic_send_ipi prints the IPI and delivers it before its thread does anything else (arch/x86/kvm/lapic.c,
// kvm_irq_delivery_to_apic_fast, __apic_accept_irq, which prints the acceptance whatever becomes of it). Where hardware delivers, neither is printed.

import type { Event, EventOf } from '../event.js';
import type { Vcpu } from '../ids.js';
import { STREAMS, type Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { BROADCAST, LOWEST_PRIORITY } from './delivery.js';


type Ipi = EventOf<'kvm.ipi'>;

/** Is it for one APIC, by its number? */
const isOne = ({ shorthand, logical, dst }: Ipi): boolean => shorthand === 'none' && logical === 0 && (dst & BROADCAST) !== BROADCAST;

/** The thread of an event, as a number: most events only ask whether it has sent one. Undefined if it has none. */
const threadOf = ({ stream, tid }: Event): number | undefined => (tid > 0 ? tid * STREAMS + stream : undefined);

export class Ipis implements Component {
  private readonly ctx: Context;
  private readonly accepts: Channel;
  /** Latest IPI of a thread, while it may be accepted. */
  private readonly sent = new Map<number, Ipi>();
  /** Who accepted the latest IPI to a physical destination. */
  private readonly takers = new Map<number, EventOf<'apic.accept'>>();
  /** The physical destination that a vCPU has answered to, and when. Its own number tells nothing: software may write another into the APIC. */
  private readonly numbers = new Map<Vcpu, { readonly dst: number; readonly by: Event }>();

  /** Threads that have handled something else since their latest IPI, in an interrupt of the host's or not. */
  private readonly disturbed = new Set<number>();

  readonly steps: Steps = {
    'kvm.ipi': (e) => this.send(e),
    'kvm.msi': (e) => this.disturb(e),
    'kvm.set_irq': (e) => this.disturb(e),
    'ioapic.in': (e) => this.disturb(e),
    'ioapic.deliver': (e) => this.disturb(e),
    'apic.accept': (e) => this.accept(e),
    'cpu.inject': (e) => this.next(e),
    'apic.eoi': (e) => this.next(e),
  };

  constructor(ctx: Context) {
    this.ctx = ctx;
    this.accepts = ctx.channels.of('apic.accept');
  }

  begin(): void {
    this.lose();
    this.takers.clear();
    this.numbers.clear();
  }

  lose(): void {
    this.sent.clear();
    this.disturbed.clear();
    this.ctx.owed.forgive('lapic.ipi');
  }

  private send(e: Ipi): void {
    this.next(e);
    const key = threadOf(e);
    if (key === undefined) return;
    this.sent.set(key, e);
    const earlier = this.mustReach(e);
    if (earlier === false) return;
    const entity = e.shorthand === 'none' ? `ipi:${e.dst}` : `ipi:${e.shorthand}@${e.cpu === undefined ? 'unknown' : `cpu${e.cpu}`}`;
    this.ctx.owed.owe({ name: 'lapic.ipi', key, entity, by: e, because: earlier === true ? [] : [earlier] });
  }

  /** True if the sender itself takes it; what shows that the destination took one before, if it surely is there still; else false. */
  private mustReach(e: Ipi): boolean | Event {
    if (!this.accepts.covered) return false;
    if (e.shorthand === 'self') return true;
    if (e.shorthand === 'all') return e.dm !== LOWEST_PRIORITY;
    if (e.shorthand !== 'none' || e.logical === 1 || e.dst === BROADCAST || e.dm === LOWEST_PRIORITY) return false;
    const taken = this.takers.get(e.dst);
    return taken !== undefined && this.ctx.recent(taken, e) ? taken : false;
  }

  /** Is what is accepted the IPI that its thread has just sent, and owes? */
  isOwed(e: EventOf<'apic.accept'>): boolean {
    const key = threadOf(e);
    return key !== undefined && this.sentBefore(key, e) !== undefined && this.ctx.owed.open('lapic.ipi', key) !== undefined;
  }

  /** The IPI, if it is what an APIC accepts that is surely not addressed, and what shows that it is not. */
  strayTo(e: EventOf<'apic.accept'>): { readonly ipi: Ipi; readonly known?: Event } | undefined {
    const ipi = this.ofAnother(e);
    if (ipi?.shorthand === 'self') return { ipi };
    const number = this.numbers.get(e.cpu);
    if (ipi === undefined || number === undefined || !isOne(ipi) || !this.ctx.recent(number.by, e)) return undefined;
    // An id above 255 also hears its low byte (kvm_apic_match_physical_addr).
    return ((ipi.dst ^ number.dst) & BROADCAST) === 0 ? undefined : { ipi, known: number.by };
  }

  /** The IPI of another vCPU that is accepted. The sender's own may take an interrupt of its timer with the same vector. */
  private ofAnother(e: EventOf<'apic.accept'>): Ipi | undefined {
    const key = threadOf(e);
    const ipi = key === undefined || this.disturbed.has(key) ? undefined : this.sentBefore(key, e);
    return ipi?.cpu === undefined || ipi.cpu === e.cpu ? undefined : ipi;
  }

  private accept(e: EventOf<'apic.accept'>): void {
    const key = threadOf(e);
    const ipi = key === undefined ? undefined : this.sentBefore(key, e);
    if (key === undefined || ipi === undefined) return;
    this.ctx.owed.clear('lapic.ipi', key);
    if (ipi.shorthand === 'none' && ipi.logical === 0) this.takers.set(ipi.dst, e);
    if (isOne(ipi) && this.ofAnother(e) !== undefined) this.numbers.set(e.cpu, { dst: ipi.dst, by: e });
  }

  private sentBefore(key: number, { vec, dm }: EventOf<'apic.accept'>): Ipi | undefined {
    const ipi = this.sent.get(key);
    return ipi?.vec === vec && ipi.dm === dm ? ipi : undefined;
  }

  private disturb(e: Event): void {
    const key = threadOf(e);
    if (key !== undefined && this.sent.has(key)) this.disturbed.add(key);
  }

  /** The thread does something else; what an interrupt of the host's makes it signal is nothing of its own. */
  private next(e: Event): void {
    const key = threadOf(e);
    if (key === undefined || !this.sent.delete(key)) return;
    this.disturbed.delete(key);
    this.ctx.owed.late('lapic.ipi', key, e);
  }
}
