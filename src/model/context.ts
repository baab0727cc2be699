// What every component shares: visibility, obligations, configuration, the clock's uncertainty.

import type { Event, EventOf } from '../event.js';
import { Channels } from './channels.js';
import { Flights } from './flights.js';
import { GuestModes } from './guest-modes.js';
import { Ledger, type Lapse } from './owed.js';
import { F, T, U, type Tri } from './tri.js';

/** Order of two events of different CPUs is trusted beyond this many ns, if the configuration does not know better: clocks of CPUs differ, stamps are rounded to µs. */
const CLOCK_UNCERTAINTY = 50_000;

/** A machine cannot be reset, boot and program its interrupt controllers again in less than this many ns. */
const UNSEEN_RESET = 100_000_000;

/** What `meta.cfg` says about the machine; absent means both behaviours are allowed. */
interface Config {
  maxRoutes?: number | undefined;
  srcBits?: number | undefined;
  irqchip?: 'full' | 'split' | undefined;
  /** Whose IOAPIC and 8259 pair these are. */
  chips?: 'kvm' | 'qemu' | undefined;
  edgeMaskedLatch?: 0 | 1 | undefined;
  seoib?: string | undefined;
  /** EOI and re-delivery cycles of one pin that count as a storm. */
  stormN?: number | undefined;
  splitResampleUser?: 0 | 1 | undefined;
  /** A thread sends the messages that it causes before it does anything else: a device model that calls its interrupt controller. */
  sync?: 0 | 1 | undefined;
  /** List registers of a vCPU. */
  nrLr?: number | undefined;
  /** INTIDs below this one exist, LPIs apart. */
  gicLines?: number | undefined;
  gicVersion?: number | undefined;
  gicCpus?: number | undefined;
  /** Of equal priorities the lowest INTID comes first. */
  gicTies?: 0 | 1 | undefined;
  /** Two Security states look at the GIC, each with numbers of its own. */
  gicViews?: 0 | 1 | undefined;
  /** Acknowledges of others through which an interrupt that is due waits before it counts as passed over. */
  starveN?: number | undefined;
  /** Order of two events of different CPUs is trusted beyond this many ns. */
  clockNs?: number | undefined;
  /** What is owed is late after this many ns at the earliest. */
  deadlineNs?: number | undefined;
  /** Acknowledges before spurious ones are counted. */
  spuriousMin?: number | undefined;
}

export class Context {
  readonly channels = new Channels();
  readonly guestModes = new GuestModes(this.channels);
  readonly owed = new Ledger();
  readonly flights = new Flights();
  readonly config: Config = {};
  /** The event from which on resets of the machine are shown; undefined where one may go unseen. */
  private resetsFrom: number | undefined;
  /** By how many ns the clock of each stream may be off that of the others; nothing for streams with one clock. */
  uncertainties: readonly number[] = [];

  configure(event: EventOf<'meta.cfg'>): void {
    if (event.partial === 1) this.channels.choose();
    const { maxRoutes, srcBits, irqchip, chips, edgeMaskedLatch, seoib, stormN, splitResampleUser, sync, nrLr } = event;
    const { gicLines, gicVersion, gicCpus, gicTies, gicViews, spuriousMin, starveN, clockNs, deadlineNs } = event;
    const given = { maxRoutes, srcBits, irqchip, chips, edgeMaskedLatch, seoib, stormN, splitResampleUser, sync, nrLr, gicLines, gicVersion, gicCpus, gicTies, gicViews, spuriousMin, starveN, clockNs, deadlineNs };
    for (const [key, value] of Object.entries(given)) if (value !== undefined) Object.assign(this.config, { [key]: value });
  }

  /** True if what is owed has not been owed for so long that the configuration calls it late. */
  inTime({ debt: { by }, proof }: Lapse): boolean {
    const { deadlineNs } = this.config;
    return deadlineNs !== undefined && proof.ns - by.ns <= deadlineNs;
  }

  declare(event: EventOf<'meta.chan'>): void {
    this.channels.declare(event);
    this.resetsFrom = this.channels.of('vm.reset').declared ? (this.resetsFrom ?? event.seq) : undefined;
  }

  /** True if it is known that no reset of the machine lies in between: for want of time, or because all of them are shown. Without times it may. */
  recent(earlier: Event, later: Event): boolean {
    return later.ns - earlier.ns <= UNSEEN_RESET || this.showsResetsSince(earlier);
  }

  /** True if every reset of the machine since has been shown: what reads as one leaves it was not left so. */
  showsResetsSince(earlier: Event): boolean {
    return this.resetsFrom !== undefined && earlier.seq >= this.resetsFrom;
  }

  /** Beyond so many ns the order of any two events is trusted. */
  get trustedAfter(): number {
    return this.clock + 2 * Math.max(0, ...this.uncertainties);
  }

  /** True if their clocks are two, and the events too near to each other to tell which came first. */
  skewed(a: Event, b: Event): boolean {
    if (a.stream === b.stream) return false;
    const skew = (this.uncertainties[a.stream] ?? 0) + (this.uncertainties[b.stream] ?? 0);
    return skew > 0 && Math.abs(a.ns - b.ns) <= skew;
  }

  /** True if the recording cannot tell which of two events came first. */
  unordered(a: Event, b: Event): boolean {
    if (this.uncertainties.length > 0 && this.skewed(a, b)) return true;
    const oneThread = a.tid > 0 && a.tid === b.tid && a.stream === b.stream;
    return a.on !== b.on && !oneThread && Math.abs(a.ns - b.ns) <= this.clock;
  }

  private get clock(): number {
    return this.config.clockNs ?? CLOCK_UNCERTAINTY;
  }
}

/** A value that is known at reset and unknown otherwise. */
export const atReset = (fromReset: boolean, value: typeof F | typeof T): Tri => (fromReset ? value : U);
