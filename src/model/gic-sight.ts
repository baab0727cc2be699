// What the recording of a GIC shows, and what may have happened unseen. Recorders select their events, and one event stands for a
// whole frame of registers or for the lines of one class of interrupts: QEMU's gicv3_dist_write for SPIs, gicv3_redist_write for SGIs and PPIs.

import type { GicName } from '../kinds.js';
import { streamBit, type Channel } from './channels.js';
import type { Context } from './context.js';
import type { Change, GicEvent, GicView } from './gic-event.js';
import { groupOf } from './gic-cpu.js';
import type { GicInterrupt } from './gic-interrupt.js';
import { FIRST_LPI, FIRST_PPI, FIRST_SPI } from './intids.js';
import { F, T, U, type Tri } from './tri.js';

const SGI = 0;
const PPI = 1;
const SPI = 2;
const LPI = 3;

type Class = typeof SGI | typeof PPI | typeof SPI | typeof LPI;

/** Kinds of writes of the registers of a frame. */
export type Written = 'pend' | 'en' | 'prio' | 'cfg' | 'group' | 'route';

const classOf = (id: number): Class => (id < FIRST_PPI ? SGI : id < FIRST_SPI ? PPI : id < FIRST_LPI ? SPI : LPI);

/** Streams, as bits, that have shown something of a class of interrupts. */
type Shown = [sgi: number, ppi: number, spi: number, lpi: number];

interface Shows {
  /** Changes of a line. */
  readonly lines: Shown;
  /** Writes of the registers that each interrupt of a frame has. */
  readonly writes: Shown;
  /** Writes of the active state, which a kernel's probe may show alone. */
  readonly acts: Shown;
  /** What made SGIs and LPIs pending. */
  readonly sent: Shown;
  /** Acknowledges of groups 0 and 1, which have a register each in GICv3. */
  readonly acks: [number, number];
}

const nothing = (): Shows => ({ lines: [0, 0, 0, 0], writes: [0, 0, 0, 0], acts: [0, 0, 0, 0], sent: [0, 0, 0, 0], acks: [0, 0] });

export class GicSight {
  private readonly ctx: Context;
  private readonly view: GicView;
  /** Those asked for: most of what is asked here is asked at every acknowledge. */
  private readonly channels = new Map<GicName, Channel>();
  private shown = nothing();
  /** It is a guest's GIC, which need not have as many interrupts as the physical one. */
  isVirtual = false;

  constructor(ctx: Context, view: GicView) {
    this.ctx = ctx;
    this.view = view;
  }

  /** What `other` has been shown is of this one. */
  takeOver(other: GicSight): void {
    this.shown = other.shown;
    other.shown = nothing();
    other.isVirtual = true;
  }

  /** SGIs and LPIs are not made pending by the registers of the frame alone. */
  heard(e: Change): void {
    const own = classOf(e.id);
    const { lines, writes, acts, sent } = this.shown;
    const sends = (e.kind === 'gic.pend' || e.kind === 'pgic.pend') && ((own === LPI && e.val !== 0) || (own === SGI && e.own !== 1));
    const shown = sends ? sent : e.kind === 'gic.in' || e.kind === 'pgic.in' ? lines : e.kind === 'gic.act' || e.kind === 'pgic.act' ? acts : writes;
    shown[own] |= streamBit(e);
  }

  acknowledged(e: GicEvent<'iar'>): void {
    const { acks } = this.shown;
    const one = this.ctx.config.gicVersion === 2 ? undefined : e.group;
    if (one !== 1) acks[0] |= streamBit(e);
    if (one !== 0) acks[1] |= streamBit(e);
  }

  /** Does the recording show events of this kind? */
  sees(name: GicName): boolean {
    return this.of(name).covered;
  }

  /** Would an acknowledge of that group show? */
  seesAcknowledges(group: 0 | 1 | undefined): boolean {
    const [first, second] = this.shown.acks;
    return this.of('iar').coveredBy(group === undefined ? first & second : group === 0 ? first : second);
  }

  /** Would an acknowledge of it, in the group that it is of, not show? */
  mayBeTakenUnseen(of: GicInterrupt): boolean {
    return !this.seesAcknowledges(this.groupOf(of));
  }

  /** The register that acknowledges it; undefined if it may be either: the Secure group 1 reads as group 0. */
  private groupOf(of: GicInterrupt): 0 | 1 | undefined {
    return of.regrouped || this.ctx.config.gicViews === 1 ? undefined : groupOf(of.group);
  }

  /** Would a write of GICD_IGROUPR show? GICv2 has one frame. */
  get seesGroups(): boolean {
    const { writes } = this.shown;
    return this.of('group').coveredBy(writes[SGI] | writes[PPI] | writes[SPI]);
  }

  /** Would writes show that change the interrupt? */
  seesWrites(name: Written, { id }: GicInterrupt): boolean {
    return this.of(name).coveredBy(this.frame(id));
  }

  /** Would it show if the interrupt became pending? */
  seesPending(of: GicInterrupt): boolean {
    const own = classOf(of.id);
    const sent = this.of('pend').coveredBy(this.shown.sent[own]);
    if (own === LPI) return sent;
    return this.seesWrites('pend', of) && (own === SGI ? sent : this.seesLine(own));
  }

  /** Is it pending beyond doubt? Acknowledges that do not show take what is latched. */
  pending(of: GicInterrupt): Tri {
    const { pending, heldByLine, id } = of;
    if (of.retriggered) return U;
    if (pending !== T) return pending === F && !this.seesPending(of) ? U : pending;
    const taken = heldByLine !== T || id < FIRST_SPI;
    return this.seesPending(of) && (!taken || this.seesAcknowledges(this.groupOf(of))) ? T : U;
  }

  /** Its priority, where no write of it can have gone unseen. */
  priority(of: GicInterrupt): number | undefined {
    return this.seesWrites('prio', of) ? of.priority : undefined;
  }

  /** Is it of group 1? What was regrouped while pending may be either. */
  group(of: GicInterrupt): Tri {
    return this.seesWrites('group', of) && !of.regrouped ? of.group : U;
  }

  enabled(of: GicInterrupt): Tri {
    return this.seesWrites('en', of) ? of.enabled : U;
  }

  /** In QEMU's GICv2 an SPI has a latch and an active state for each CPU: of several targets, of one that was its target before, or of all. */
  isSplit(of: GicInterrupt): boolean {
    const { gicVersion, gicCpus } = this.ctx.config;
    return gicVersion === 2 && of.cpu === undefined && (of.activeElsewhere || (gicCpus !== 1 && !of.targets.isSingle));
  }

  /** In QEMU's GICv2 a write to its bit of GICD_ISPENDR0 reaches a PPI on the CPUs of GICD_ITARGETSR<n>: of several none, or all where that was written. */
  isAimed(of: GicInterrupt): boolean {
    const { gicVersion, gicCpus } = this.ctx.config;
    return gicVersion === 2 && gicCpus !== 1 && of.cpu !== undefined && of.id >= FIRST_PPI;
  }

  /** Is it active beyond doubt? Where ends, or writes of the active state, are not recorded it may have ended unseen; `isUnhanded` if no guest can have ended it. */
  surelyActive(of: GicInterrupt, isUnhanded = false): Tri {
    if (of.active !== T) return of.active;
    const held = of.dropBy === undefined && of.activeBy?.kind.endsWith('.iar') === true;
    // No list register hands out an SGI.
    const own = of.id < FIRST_PPI && this.sees('dir');
    return this.tellsActive(of) && (held || own || (isUnhanded && this.sees('dir')) || this.tellsDeactivation(of)) ? T : U;
  }

  /** Is it inactive beyond doubt? */
  surelyInactive(of: GicInterrupt): Tri {
    if (of.active !== F) return of.active === T ? F : U;
    return !this.isSplit(of) && this.seesAcknowledges(this.groupOf(of)) && this.seesActs(of) ? T : U;
  }

  /** What is active without being handled, a hypervisor may have handed to a guest, whose end deactivates it: its own stream would have to show both. */
  private tellsDeactivation({ activeBy }: GicInterrupt): boolean {
    const { channels, config, guestModes } = this.ctx;
    // QEMU has one line for accesses of a GICv2's CPU interface: the guest's would have shown that there is one.
    if (this.view === 'gic' && config.gicVersion === 2) return activeBy !== undefined;
    if (activeBy === undefined || !this.sees('dir') || !channels.of('vgic.flush').shows(activeBy.stream)) return false;
    return channels.of('gic.eoir').shows(activeBy.stream) && (guestModes.of(activeBy.stream) === F || channels.of('gic.dir').shows(activeBy.stream));
  }

  private tellsActive(of: GicInterrupt): boolean {
    // A write makes it active on every CPU that may have it.
    return (!this.isSplit(of) || of.activeBy?.kind.endsWith('.act') === true) && this.sees('eoir') && this.seesActs(of);
  }

  private seesActs({ id }: GicInterrupt): boolean {
    return this.of('act').coveredBy(this.frame(id) | this.shown.acts[classOf(id)]);
  }

  private seesLine(own: Class): boolean {
    return this.of('in').coveredBy(this.shown.lines[own]);
  }

  /** SGIs and PPIs share a frame. */
  private frame(id: number): number {
    const { writes } = this.shown;
    return id < FIRST_SPI ? writes[SGI] | writes[PPI] : writes[classOf(id)];
  }

  private of(name: GicName): Channel {
    let channel = this.channels.get(name);
    if (channel === undefined) this.channels.set(name, (channel = this.ctx.channels.of(`${this.view}.${name}`)));
    return channel;
  }
}
