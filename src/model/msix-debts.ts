// What MSI-X rows owe: a live fire its message, a masked one its Pending bit, an unmask the message that was pending.
// PCI Express Base 6.1.4.4, 6.1.4.5.

import type { Event, EventOf } from '../event.js';
import type { Gsi } from '../ids.js';
import type { Context } from './context.js';
import { decodeMessage, messageOf, sameMessage } from './message.js';
import { MessageDestinations } from './msix-destinations.js';
import type { MsixEntry } from './msix-entry.js';
import type { MsixFunction } from './msix-function.js';
import type { DebtName } from './owed.js';
import type { Routes } from './routes.js';
import { F, T } from './tri.js';

/** Messages owed by an unmask and by a live fire; the Pending bit owed by a masked one. */
type Owed = Extract<DebtName, `msix.${string}`>;

interface Open {
  readonly name: Owed;
  readonly fn: MsixFunction;
  readonly entry: MsixEntry;
  readonly by: Event;
  readonly because: readonly Event[];
  /** Event from which on a reset would have cancelled it. */
  readonly since: number;
}

/** An observation that proves a debt late, if the function was not reset unseen before it. */
interface Claim {
  readonly debt: Open;
  readonly proof: Event;
}

export class MsixDebts {
  private readonly ctx: Context;
  private readonly routes: Routes;
  private readonly destinations = new MessageDestinations();
  private readonly open = new Map<MsixEntry, Map<Owed, Open>>();
  private readonly claims = new Map<MsixFunction, Map<string, Claim>>();
  /** Sequence number of the latest message or signal of any kind. */
  private sentSeq = -1;

  constructor(ctx: Context, routes: Routes) {
    this.ctx = ctx;
    this.routes = routes;
  }

  forgive(): void {
    for (const entry of this.open.keys()) this.quit(entry);
    this.claims.clear();
  }

  /** The function may have been reset: what it owed and was suspected of is void. */
  forget(fn: MsixFunction): void {
    for (const entry of fn.entries.values()) this.quit(entry);
    this.claims.delete(fn);
  }

  /** What created the debt, if it is open. */
  openedBy(name: Owed, entry: MsixEntry): Event | undefined {
    return this.open.get(entry)?.get(name)?.by;
  }

  /** The unmask that still owes a message although the function has since fired a live row and sent its message. */
  overtaken(fn: MsixFunction, entry: MsixEntry): Event | undefined {
    const by = this.openedBy('msix.send', entry);
    return by !== undefined && fn.servedFireBy !== undefined && fn.servedFireBy.seq > by.seq ? by : undefined;
  }

  /** A message is owed from now on. */
  owe(name: Owed, fn: MsixFunction, entry: MsixEntry, by: Event): void {
    if (!fn.showsMessages || this.openedBy(name, entry) !== undefined) return;
    // Device models (`sync`) write messages as any other memory, while Bus Master Enable is set, and only those that an interrupt controller gets are printed.
    if (this.ctx.config.sync === 1 && !(this.ctx.channels.covers('pci.cmd') && this.destinations.shows(entry))) return;
    const debt = opened(name, fn, entry, by);
    const open = this.open.get(entry);
    if (open === undefined) this.open.set(entry, new Map([[name, debt]]));
    else open.set(name, debt);
    // At the recording's end every debt of the ledger is late; but a function that was reset unseen owes nothing.
    if (fn.resets.shown) this.ctx.owed.owe({ name, key: entry.key, entity: entry.entity, by, because: debt.because });
  }

  /** Paid, or nothing is owed any more. */
  quit(entry: MsixEntry): void {
    for (const name of this.open.get(entry)?.keys() ?? []) this.ctx.owed.clear(name, entry.key);
    this.open.delete(entry);
  }

  /** `proof` shows that the message neither came nor can still come. */
  late(name: Owed, entry: MsixEntry, proof: Event): void {
    const debt = this.open.get(entry)?.get(name);
    if (debt === undefined || this.ctx.unordered(debt.by, proof)) return;
    this.open.get(entry)?.delete(name);
    this.ctx.owed.clear(name, entry.key);
    this.claim(debt, proof);
  }

  /** The thread that owes messages and sends them at once has gone on to something else. */
  overdue(proof: Event): void {
    if (this.ctx.config.sync !== 1 || this.open.size === 0) return;
    for (const [entry, open] of this.open) {
      for (const [name, { by }] of open) if (by.tid === proof.tid && by.stream === proof.stream) this.late(name, entry, proof);
    }
  }

  /** `proof` shows a clear Pending bit although the row fired while masked. */
  missing(fn: MsixFunction, entry: MsixEntry, proof: Event): void {
    if (entry.pendingBy !== undefined) this.claim(opened('msix.pend', fn, entry, entry.pendingBy), proof);
  }

  /** Something has shown that the function was not reset for a while. */
  prove(fn: MsixFunction): void {
    const claims = this.claims.get(fn);
    for (const [key, { debt, proof }] of claims ?? []) {
      if (!fn.resets.excludes(debt.since, proof)) continue;
      claims?.delete(key);
      this.ctx.owed.owe({ name: debt.name, key, entity: debt.entry.entity, by: debt.by, because: debt.because });
      this.ctx.owed.late(debt.name, key, proof);
    }
  }

  /** What a row's new liveness means: a pending one must send. */
  settle(fn: MsixFunction, entry: MsixEntry, by: Event): void {
    const live = fn.live(entry);
    const became = live !== F && entry.liveAsSettled !== T;
    entry.liveAsSettled = live;
    if (!became || entry.pending === F) return;
    // What was sent while the write was under way may have been this row's.
    if (live === T && fn.pending(entry, by) === T && this.sentSeq < by.seq) this.owe('msix.send', fn, entry, by);
    entry.allowance++;
    entry.doubtPending();
  }

  /** Something was sent. */
  note({ seq }: Event): void {
    this.sentSeq = seq;
  }

  /** A message of a function was written. */
  noteMessage(e: EventOf<'msix.msg'>): void {
    this.note(e);
    this.destinations.arrived(e.addr);
  }

  /** A message of any source pays whatever row it may have come from. */
  pay(e: EventOf<'kvm.msi'>): void {
    this.note(e);
    if (this.open.size === 0) return;
    const said = messageOf(e);
    for (const entry of this.open.keys()) if (sameMessage(entry.message, said) !== F) this.quit(entry);
  }

  /** A signal pays too: what becomes of it is the irqfd's business. The GSI is undefined where the eventfd is not known. */
  payBySignal(e: EventOf<'efd.signal'>, gsi: Gsi | undefined): void {
    this.note(e);
    if (this.open.size === 0) return;
    for (const entry of this.open.keys()) if (gsi === undefined || this.mayReach(gsi, entry)) this.quit(entry);
  }

  private mayReach(gsi: Gsi, entry: MsixEntry): boolean {
    const routes = this.routes.of(gsi);
    return (
      routes.length === 0 ||
      routes.some((route) => {
        if (route.type !== 'msi') return route.type === 'other';
        if (route.fn !== undefined) return route.fn === entry.fn && route.entry === entry.number;
        return sameMessage(decodeMessage(route.addr, route.data), entry.message) !== F;
      })
    );
  }

  private claim(debt: Open, proof: Event): void {
    const claims = this.claims.get(debt.fn) ?? new Map<string, Claim>();
    claims.set(`${debt.entry.key}`, { debt, proof });
    this.claims.set(debt.fn, claims);
    this.prove(debt.fn);
  }
}

function opened(name: Owed, fn: MsixFunction, entry: MsixEntry, by: Event): Open {
  const causes = [fn.enableBy, fn.fmaskBy, entry.writeBy, entry.maskBy, entry.pendingBy, entry.fireBy];
  const because = causes.filter((e): e is Event => e !== undefined && e !== by);
  return { name, fn, entry, by, because, since: Math.min(by.seq, fn.enableBy?.seq ?? by.seq) };
}
