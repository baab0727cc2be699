// What is open in one thread of the recorded host: KVM's lines come inside-out and belong together only within a thread.

import type { Event, EventOf } from '../../event.js';
import type { Stamp } from '../stamp.js';
import type { Errand, Sort } from './calls.js';
import type { Journal } from './journal.js';
import type { Injection } from './injection.js';
import type { RoutingTable } from './routing-table.js';
import type { Doing } from './vgic-doing.js';

const EINVAL = 22;

/** A `kvm_msi_set_irq` whose deliveries are being counted. */
export class OpenMessage {
  event: EventOf<'kvm.msi'> | undefined;
  told = 0;
  ns = Number.NaN;
  taken = 0;
  /** At most one APIC can take it. */
  single = false;

  waitsFor(journal: Journal, vec: number, dm: number): boolean {
    const { event } = this;
    const full = this.single && this.taken > 0;
    return event !== undefined && !full && event.vec === vec && event.dm === dm && !journal.tooOld(this.told, this.ns);
  }

  /** Nothing more belongs to it; without `sure` the absence of a delivery proves nothing. */
  close(journal: Journal, sure = true): void {
    if (this.event === undefined) return;
    if (this.taken > 0 || (sure && !journal.tooOld(this.told, this.ns))) this.event.taken = this.taken;
    this.event = undefined;
  }
}

/** A `kvm_set_irq` without its end: `open` until its IOAPIC line, `served` until the thread does something else. */
type Bracket = 'none' | 'open' | 'served';

/** An irqfd's request: of what type its route is (NaN unknown), and whether its message or line has shown. */
interface AtomicRequest {
  readonly gsi: number;
  readonly type: number;
  sent: boolean;
}

/** KVM_IRQFD until it returns. */
interface IrqfdCall {
  readonly stamp: Stamp;
  readonly fd: number;
  readonly gsi: number;
  readonly flags: number;
  readonly resamplefd: number;
}

export class Thread {
  readonly key: number;
  /** Number of losses before it was seen last. */
  epoch = 0;
  /** True once the thread is known to be outside every bracket that may have begun before the recording or in a loss. */
  sure = false;

  /** It runs a vCPU. */
  guest = false;
  /** The vCPU it runs, -1 unknown; `owner` while no other thread has claimed that number since. */
  vcpu = -1;
  owner = false;
  /** What enters a guest, and leaves it, is recorded: `vcpu` is the one it entered last. */
  entered = false;
  /** An interrupt of which its next entry tells into which vCPU it went. */
  injection: Injection | undefined;
  /** What it last wrote to its local APIC's SVR and TPR while the vCPU was unknown. */
  svr: number | undefined;
  tpr: number | undefined;

  message = new OpenMessage();
  /** The one a hardirq's message came in between of. */
  outer = new OpenMessage();
  /** A message has come in between since the request. */
  nested = false;
  /** GSI of the irqfd whose message comes next, -1 none. */
  messageGsi = -1;
  /** Within kvm_arch_set_irq_inatomic: events told before it, else -1. */
  inatomic = -1;
  /** The same until it returns, whatever comes in between. */
  atomic: AtomicRequest | undefined;
  /** What it has asked KVM for, and the signal of an irqfd that it is in, while KVM has not begun with it. */
  errand: Errand | undefined;
  wakeup: Errand | undefined;
  /** Lines that it has set and the virtual GIC has not been told of. */
  readonly lines: Errand[] = [];
  /** Of what sorts of errand KVM was seen to begin with one of its. */
  heard: Set<Sort> | undefined;
  userMessage: { readonly addr: bigint; readonly data: number } | undefined;

  bracket: Bracket = 'none';
  gsi = -1;
  level = 0;
  /** kvm_set_irq has been called, and has not returned. */
  requesting = false;
  /** Accepts inside the bracket, with the place of the first. */
  readonly accepts: EventOf<'apic.accept'>[] = [];
  acceptsTold = 0;
  acceptsNs = Number.NaN;
  /** The last line was an IOAPIC pin without a bracket. */
  restoring = false;

  /** Vector of the EOI at hand, -2 none; pin it acknowledged last, -1 none; redirection entry written just before, -1 none. */
  eoiVector = -2;
  ackedPin = -1;
  writtenPin = -1;

  /** KVM_SET_GSI_ROUTING while its entries are listed. */
  table: RoutingTable | undefined;
  irqfd: IrqfdCall | undefined;
  /** GSI of the resampler at work, -1 none, and how many notifications it still owes. */
  resampling = -1;
  notifications = 0;
  /** The next eventfd signal comes from a device's handler. */
  device = false;
  /** What it does with the virtual GIC. */
  vgic: Doing | undefined;
  /** GSIs that it lowered in the lull of this number. */
  lull = -1;
  readonly lowered = new Set<number>();

  constructor(key: number) {
    this.key = key;
  }

  /** kvm_set_irq. */
  request(gsi: number, level: number): void {
    this.bracket = 'open';
    this.gsi = gsi;
    this.level = level;
    this.requesting = true;
    this.nested = false;
  }

  closeMessages(journal: Journal, sure = true): void {
    this.message.close(journal, sure);
    this.outer.close(journal, sure);
  }

  closeBracket(): void {
    this.bracket = 'none';
    if (this.accepts.length > 0) this.accepts.length = 0;
  }

  /** The thread did the next thing: what was open is settled, the EOI at hand goes on. */
  settle(journal: Journal): void {
    this.sure = true;
    this.closeMessages(journal);
    if (this.bracket !== 'none') this.closeBracket();
    this.restoring = false;
    this.writtenPin = -1;
    this.messageGsi = -1;
    this.inatomic = -1;
    this.userMessage = undefined;
  }

  /** The thread did something that is no part of an EOI either. */
  leave(journal: Journal): void {
    this.settle(journal);
    if (this.injection !== undefined) this.withdraw(this.injection);
    this.eoiVector = -2;
    this.ackedPin = -1;
    this.resampling = -1;
    this.requesting = false;
    if (this.table !== undefined) this.refuseTable(journal);
  }

  withdraw(injection: Injection): void {
    this.injection = undefined;
    injection.withdraw();
  }

  /** The kernel stops listing at the first entry that it refuses. */
  refuseTable(journal: Journal): void {
    if (this.table !== undefined) journal.tell(this.table.event(journal.ns, -EINVAL));
    this.table = undefined;
  }

  /** After a loss nothing of what was open is known; only the vCPU stays. */
  forget(journal: Journal): void {
    this.closeMessages(journal, false);
    this.table = undefined;
    this.leave(journal);
    this.sure = this.entered = false;
    this.irqfd = undefined;
    this.atomic = undefined;
    this.errand = this.wakeup = undefined;
    this.lines.length = 0;
    this.heard = undefined;
    this.vgic = undefined;
    this.device = false;
    // What it wrote last may be among what was lost.
    this.svr = this.tpr = undefined;
  }

  /** Idle: nothing is remembered that the thread's next line needs. */
  get idle(): boolean {
    const nothingWithheld = this.svr === undefined && this.tpr === undefined;
    return this.vcpu < 0 && nothingWithheld && this.message.event === undefined && this.bracket === 'none' && this.table === undefined && this.irqfd === undefined;
  }

  /** Events that must not be given out yet; what has been open too long is closed. */
  open(journal: Journal, events: Event[]): void {
    for (const message of [this.message, this.outer]) {
      if (message.event === undefined) continue;
      if (journal.tooOld(message.told, message.ns)) message.close(journal);
      else events.push(message.event);
    }
    if (this.injection !== undefined) {
      if (this.injection.isTooOld) this.withdraw(this.injection);
      else events.push(this.injection.event);
    }
    const [first] = this.accepts;
    if (first === undefined) return;
    if (journal.tooOld(this.acceptsTold, this.acceptsNs)) this.accepts.length = 0;
    else events.push(first);
  }
}
