// One function's MSI-X capability: Enable, Function Mask, the table's rows, and which of them could send. PCI Express Base 6.1.4.2 to 6.1.4.5; QEMU hw/pci/msix.c.

import type { Event, EventOf } from '../event.js';
import type { Entry } from '../ids.js';
import { BusMaster } from './bus-master.js';
import { atReset } from './context.js';
import { MsixEntry, type FunctionOrigin } from './msix-entry.js';
import { MessageIndex } from './msix-index.js';
import type { FunctionConfig, Sight } from './msix-sight.js';
import { VectorUses } from './msix-uses.js';
import { ResetWatch } from './reset-watch.js';
import { F, T, U, and, not, or, type Tri } from './tri.js';

export class MsixFunction {
  readonly name: string;
  readonly entries = new Map<Entry, MsixEntry>();
  readonly index = new MessageIndex(this.entries);
  readonly uses: VectorUses;
  readonly resets: ResetWatch;
  config: FunctionConfig = {};
  enable: Tri = U;
  enableBy: Event | undefined;
  fmask: Tri = U;
  fmaskBy: Event | undefined;
  /** MSI Enable of the same function. */
  msi: Tri = U;
  msiBy: Event | undefined;
  /** Latest read of the function by software: what was sent before it has arrived (PCI ordering). */
  readBy: Event | undefined;
  /** With it off nothing is sent, and nothing latched for it. From a reset on it counts as on until a write shows it. */
  master: BusMaster;
  firesSeen = false;
  messagesSeen = false;
  /** Latest live fire whose message came. */
  servedFireBy: Event | undefined;
  /** A write of Message Control that its thread still works on. */
  controlUnderWay: Event | undefined;
  /** A write of Message Control has named the function. */
  hasControl = false;
  /** Sequence number of the latest write that left MSI-X on. */
  enableWriteSeq = -1;
  private origin: FunctionOrigin;
  private readonly sight: Sight;

  constructor(name: string, sight: Sight, origin: FunctionOrigin) {
    this.name = name;
    this.sight = sight;
    this.uses = new VectorUses(origin.unused);
    this.resets = new ResetWatch(sight);
    this.origin = origin;
    this.master = new BusMaster(origin.off ? T : U);
    this.restart(origin);
  }

  get entity(): string {
    return `msix:${this.name}`;
  }

  /** Starts anew from a reset or from nothing; declared uses stay, as they belong to the device model. */
  restart(origin: FunctionOrigin): void {
    this.origin = origin;
    this.entries.clear();
    this.index.clear();
    this.enable = this.fmask = this.msi = atReset(origin.off, F);
    this.enableBy = this.fmaskBy = this.msiBy = origin.by;
    this.readBy = this.servedFireBy = this.controlUnderWay = undefined;
    this.resets.restart();
  }

  entry(number: Entry): MsixEntry {
    let entry = this.entries.get(number);
    if (entry !== undefined) return entry;
    this.entries.set(number, (entry = this.peek(number)));
    this.index.place(entry);
    return entry;
  }

  /** As `entry`, without keeping a row that nothing has touched. */
  peek(number: Entry): MsixEntry {
    return this.entries.get(number) ?? new MsixEntry(this.name, number, this.origin);
  }

  /** Can no row that no event has touched send? */
  get restIsQuiet(): boolean {
    if (this.config.n !== undefined && this.entries.size >= this.config.n) return true;
    return this.origin.masked && this.origin.quiet && this.sight.writes.covered;
  }

  /** Does the table have this row? */
  has(number: Entry): Tri {
    if (this.config.n !== undefined) return number < this.config.n ? T : F;
    return this.entries.get(number)?.inTable === true ? T : U;
  }

  /** False if so much time lies between that a reset may have gone unseen. */
  trusts(by: Event | undefined, e: Event): boolean {
    return this.resets.trusts(by, e);
  }

  /** A message shows that MSI-X has been on since it was last written on. */
  confirmEnabled(e: Event): void {
    if (this.sight.controls.covered) this.resets.confirm(this.enableWriteSeq, e);
  }

  get enabled(): Tri {
    return this.sight.controls.covered ? this.enable : U;
  }

  masked(entry: MsixEntry): Tri {
    return or(this.functionMasked, this.rowMasked(entry));
  }

  /** It sends what fires. */
  live(entry: MsixEntry): Tri {
    return and(this.master.value === T ? T : U, and(this.enabled, not(this.masked(entry))));
  }

  /** As `live`, unknown also where the recording cannot tell whether a change came before `e`. */
  liveAt(entry: MsixEntry, e: Event): Tri {
    return this.changedNear(entry, e) ? U : this.live(entry);
  }

  maskedAt(entry: MsixEntry, e: Event): Tri {
    return this.changedNear(entry, e) ? U : this.masked(entry);
  }

  /** As `liveAt`, unknown also where a reset that nobody recorded may have masked the row. */
  liveSurely(entry: MsixEntry, e: Event): Tri {
    const live = this.liveAt(entry, e);
    return live === T && !this.trusts(entry.maskBy, e) && !this.trusts(entry.sentBy, e) ? U : live;
  }

  /** Is the mask bit set because of a reset, with no write since? */
  maskedByReset(entry: MsixEntry, e: Event): Tri {
    if (!entry.maskFromReset) return F;
    return this.changedNear(entry, e) ? U : this.rowMasked(entry);
  }

  /** True if the recording cannot tell whether the row last fired before `e`. */
  firedNear(entry: MsixEntry, e: Event): boolean {
    return entry.fireBy !== undefined && this.sight.ctx.unordered(entry.fireBy, e);
  }

  enabledAt(e: Event): Tri {
    return this.enableBy !== undefined && this.sight.ctx.unordered(this.enableBy, e) ? U : this.enabled;
  }

  /** Does the row hold this message? */
  holds(entry: MsixEntry, e: EventOf<'msix.msg'>): Tri {
    return this.sight.writes.covered ? entry.holds(e) : U;
  }

  /** May a message that was caused while the row was live still come at `e`? T: one is known to be on its way. */
  flying(entry: MsixEntry, e: Event): Tri {
    if (this.showsFires && entry.allowance !== Infinity) return entry.allowance === 0 ? F : T;
    if (this.sendsAtOnce && this.liveAt(entry, e) === F) return F;
    const stopped = this.stoppedAt(entry);
    if (stopped === undefined) return U;
    if (stopped < 0) return F;
    return this.readBy !== undefined && this.readBy.seq > stopped && !this.sight.ctx.unordered(this.readBy, e) ? F : U;
  }

  /** Could it legally send at `e`? */
  maySend(entry: MsixEntry, e: Event): Tri {
    return or(this.liveAt(entry, e), this.flying(entry, e));
  }

  /** The Pending bit as far as the recording proves it: what is not recorded may have set or cleared it. */
  pending(entry: MsixEntry, e: Event): Tri {
    if (entry.pendingBy !== undefined && this.sight.ctx.unordered(entry.pendingBy, e)) return U;
    // What a live row fires, seen or not, leaves no Pending bit where it is sent at once.
    if (entry.pending === F) return this.showsFires || this.offSinceReset(entry) || (this.sendsAtOnce && this.liveSurely(entry, e) === T) ? F : U;
    return entry.pending === T && this.sight.reasons.covered ? T : U;
  }

  /** A device model that has shown fires or messages sends what a live row fires before anything else can happen, and nothing for a masked one (QEMU msix_notify). */
  get sendsAtOnce(): boolean {
    return (this.firesSeen || this.messagesSeen) && this.sight.ctx.config.sync === 1;
  }

  /** Does the device use the vector? What fires on an unused one is dropped. */
  used(entry: MsixEntry): Tri {
    const { tracking } = this.config;
    const count = this.useCount(entry.number);
    if (tracking === 0) return T;
    if (tracking === 1) return count === undefined ? U : count > 0 ? T : F;
    return this.sight.uses.declared || entry.shown ? T : U;
  }

  /** How often a vector is declared used, undefined while unknown. */
  useCount(number: Entry): number | undefined {
    return this.sight.uses.covered ? this.uses.count(number) : undefined;
  }

  /** True if nothing of this function can fire unseen. */
  get showsFires(): boolean {
    if (this.config.unseenFires === 1) return false;
    return this.sight.fires.declared || (this.firesSeen && this.sight.fires.covered);
  }

  /** True if no message of this function can be sent unseen. */
  get showsMessages(): boolean {
    return this.sight.messages.declared || (this.messagesSeen && this.sight.messages.covered) || this.sight.kvmMessages.covered;
  }

  /** Events that may have changed what was known are lost. `table`, `control`: those cannot have been among them. */
  lose(table: boolean, control: boolean): void {
    this.origin = { masked: this.origin.masked && table, off: this.origin.off && control, quiet: false, unused: false, by: this.origin.by };
    if (!control) {
      this.enable = this.fmask = this.msi = U;
      this.master.learn(U);
      this.controlUnderWay = undefined;
    }
    for (const entry of this.entries.values()) {
      if (!table) entry.forgetTable();
      entry.forgetPending();
    }
    this.index.clear();
    this.readBy = this.servedFireBy = undefined;
    this.uses.forget();
  }

  private get functionMasked(): Tri {
    return this.sight.controls.covered ? this.fmask : U;
  }

  private rowMasked({ mask }: MsixEntry): Tri {
    return this.sight.writes.covered ? mask : U;
  }

  private changedNear(entry: MsixEntry, e: Event): boolean {
    const { ctx } = this.sight;
    return [entry.maskBy, this.fmaskBy, this.enableBy].some((by) => by !== undefined && ctx.unordered(by, e));
  }

  /** Has MSI-X been off since the reset that cleared the Pending bit? Device models that show fires ask before they fire (e1000e_update_interrupt_state, nvme_irq_assert, virtio_pci_notify). */
  private offSinceReset({ cleared, pendingBy }: MsixEntry): boolean {
    return this.firesSeen && this.sight.ctx.config.sync === 1 && cleared === 'reset' && this.enabled === F && this.enableBy === pendingBy;
  }

  /** Sequence number of the event since which the row surely cannot send; -1 since the start; undefined if it could. */
  private stoppedAt(entry: MsixEntry): number | undefined {
    const stops: number[] = [];
    if (this.rowMasked(entry) === T) stops.push(entry.maskBy?.seq ?? -1);
    if (this.functionMasked === T) stops.push(this.fmaskBy?.seq ?? -1);
    if (this.enabled === F) stops.push(this.enableBy?.seq ?? -1);
    return stops.length === 0 ? undefined : Math.min(...stops);
  }
}
