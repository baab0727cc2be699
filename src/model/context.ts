// What every component shares: visibility, obligations, configuration, the clock's uncertainty.

import type { Event, EventOf } from '../event.js';
import { Channels } from './channels.js';
import { Flights } from './flights.js';
import { Ledger } from './owed.js';
import { F, T, U, type Tri } from './tri.js';

/** Order of two events of different CPUs is trusted beyond this many ns: clocks of CPUs differ, stamps are rounded to µs. */
export const CLOCK_UNCERTAINTY = 50_000;

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
}

export class Context {
  readonly channels = new Channels();
  readonly owed = new Ledger();
  readonly flights = new Flights();
  readonly config: Config = {};

  configure(event: EventOf<'meta.cfg'>): void {
    const { maxRoutes, srcBits, irqchip, chips, edgeMaskedLatch, seoib, stormN, splitResampleUser, sync } = event;
    const given = { maxRoutes, srcBits, irqchip, chips, edgeMaskedLatch, seoib, stormN, splitResampleUser, sync };
    for (const [key, value] of Object.entries(given)) if (value !== undefined) Object.assign(this.config, { [key]: value });
  }

  /** False if so much time lies between that the machine may have been reset unseen: no recorder logs a reset. */
  recent(earlier: Event, later: Event): boolean {
    return !(later.ns - earlier.ns > UNSEEN_RESET);
  }

  /** True if the recording cannot tell which of two events came first. */
  unordered(a: Event, b: Event): boolean {
    const oneThread = a.tid > 0 && a.tid === b.tid && a.stream === b.stream;
    return a.on !== b.on && !oneThread && Math.abs(a.ns - b.ns) <= CLOCK_UNCERTAINTY;
  }
}

/** A value that is known at reset and unknown otherwise. */
export const atReset = (fromReset: boolean, value: typeof F | typeof T): Tri => (fromReset ? value : U);
