// What is known of each virtual interrupt outside the list registers: line, latch, enable, trigger, priority. Linux
// arch/arm64/kvm/vgic (struct vgic_irq), which a kernel's own probes show and the guest's accesses to its distributor change.

import type { Event, EventOf } from '../event.js';
import type { Intid, Vcpu } from '../ids.js';
import type { Context } from './context.js';
import { FIRST_LPI, FIRST_SPI, ackedSpi } from './intids.js';
import { WrittenConfig } from './gic-written.js';
import { F, T, U, known, type Tri } from './tri.js';

/** Of an interrupt: SGIs and PPIs are one for each vCPU, and one for those of which it is not told whose; their keys are negative. */
export const interruptKey = (id: Intid, cpu: Vcpu | undefined): number => (id < FIRST_SPI ? -1 - id - FIRST_SPI * ((cpu ?? -1) + 1) : id);

/** Is it the key of an SGI or PPI, whoever's? */
export const isKeyOf = (key: number, id: Intid): boolean => key < 0 && (-1 - key) % FIRST_SPI === id;

export class Interrupt {
  readonly id: Intid;
  /** undefined for SPIs and LPIs. */
  readonly cpu: Vcpu | undefined;
  line: Tri;
  latch: Tri;
  enabled: Tri;
  edge: Tri;
  /** undefined: unknown. Lower is more urgent. */
  priority: number | undefined;
  lineBy: Event | undefined;
  enabledBy: Event | undefined;
  /** Latest change of its line by somebody else than KVM itself. */
  drivenBy: EventOf<'gic.in'> | undefined;
  filledBy: EventOf<'vgic.flush'> | undefined;
  foldBy: EventOf<'vgic.fold'> | undefined;
  /** What put it into a list register last, of whichever vCPU. */
  heldBy: Event | undefined;
  /** Its latest end that KVM has passed on. */
  ackedBy: EventOf<'kvm.ack'> | undefined;
  /** Latest event that may have changed anything of it. */
  touchedBy: Event | undefined;
  /** Whom it goes to, as was written last; undefined where that is nobody. */
  routeBy: EventOf<'gic.route'> | undefined;
  readonly written = new WrittenConfig();
  /** KVM has told its state. */
  isShown = false;

  private readonly fromReset: boolean;

  constructor(id: Intid, cpu: Vcpu | undefined, fromReset: boolean) {
    this.fromReset = fromReset;
    this.id = id;
    this.cpu = cpu;
    const low = fromReset ? F : U;
    this.line = this.latch = this.enabled = low;
    // LPIs and SGIs are edges. An SPI is one when KVM makes it, and a level once QEMU has reset it: that the guest has to say.
    this.edge = id >= FIRST_LPI || id < 16 ? T : U;
    this.priority = fromReset ? 0 : undefined;
  }

  get key(): number {
    return interruptKey(this.id, this.cpu);
  }

  get entity(): string {
    return this.cpu === undefined ? `intid:${this.id}` : `intid:${this.id}@cpu${this.cpu}`;
  }

  /** Is it pending for its line? Only a level is. */
  get high(): Tri {
    if (this.line === F || this.edge === T) return F;
    return this.line === T && this.edge === F ? T : U;
  }

  drive(e: EventOf<'gic.in'>): void {
    const level = known(e.level);
    if (this.edge !== F && level === T && this.line !== T) this.latch = this.edge === T && this.line === F ? T : this.latch === T ? T : U;
    this.line = level;
    this.lineBy = this.touchedBy = this.drivenBy = e;
  }

  /** Its trigger is set. Of an edge KVM keeps no level: what a line that was perhaps none left behind is not known, unless it has been low and the same since the reset. */
  configure(e: EventOf<'gic.cfg'>): void {
    const isFirst = this.fromReset && this.written.trig === undefined;
    this.written.trig = e;
    if (e.trig === 'level' && this.edge !== F && !(isFirst && this.line === F)) this.line = U;
    this.edge = e.trig === 'edge' ? T : F;
  }

  prioritise(e: EventOf<'gic.prio'>): void {
    this.priority = e.val;
    this.written.prio = e.val === undefined ? undefined : e;
  }

  enable(e: EventOf<'gic.en'>): void {
    this.enabled = known(e.val);
    this.enabledBy = this.written.en = e;
  }

  /** KVM's own view, when it was taken. */
  learn(e: EventOf<'vgic.irq'>): void {
    this.isShown = true;
    if (e.lr !== undefined) this.heldBy = e;
    if (e.latch !== undefined) this.latch = known(e.latch);
    if (e.enabled !== undefined && this.enabled !== known(e.enabled)) this.enabled = U;
    // KVM lowers the line of a forwarded level itself.
    if (e.line !== undefined) this.line = e.hw === 1 ? U : known(e.line);
    this.lineBy = this.touchedBy = e;
  }

  /** It goes into a list register: an edge moves there, a level stays where it is. */
  fill(e: EventOf<'vgic.flush'>): void {
    this.touchedBy = this.filledBy = this.heldBy = e;
    if (e.st !== 'A' && this.latch !== F && this.edge !== F) this.latch = this.edge === T && e.st !== undefined ? F : U;
  }

  /** It has been read back from one, with this state: an edge that is still pending comes back. */
  fold(e: EventOf<'vgic.fold'>, st: EventOf<'vgic.fold'>['st']): void {
    this.foldBy = this.touchedBy = e;
    if (this.edge === F || this.latch === T || st === 'I' || st === 'A') return;
    this.latch = this.edge === T && st !== undefined ? T : U;
  }

  doubt({ line, latch, enabled }: EventOf<'vgic.irq'>): void {
    const join = (is: Tri, told: 0 | 1 | undefined): Tri => (told !== undefined && is === known(told) ? is : U);
    this.line = join(this.line, line);
    this.latch = join(this.latch, latch);
    this.enabled = join(this.enabled, enabled);
  }

  forget(): void {
    this.line = this.latch = this.enabled = U;
    this.priority = undefined;
    this.written.clear();
  }

  /** Did nothing happen to it while the snapshot was taken, or shortly before? */
  isSettled(e: EventOf<'vgic.state'>, ctx: Context): boolean {
    return this.touchedBy === undefined || this.touchedBy.ns < e.ns - (e.within ?? 0) - ctx.trustedAfter;
  }

  /** Takes over a snapshot, as far as later changes are shown. Of an edge the line is not kept, of a forwarded interrupt KVM lowers it. */
  adopt(e: EventOf<'vgic.state'>, ctx: Context): void {
    if (!this.isSettled(e, ctx)) return;
    const { channels } = ctx;
    // A recorder that shows writes of one interrupt's registers may not show another's, which are in another frame.
    const { en, trig, prio } = this.written;
    const shows = (kind: 'gic.en' | 'gic.cfg' | 'gic.prio', by: Event | undefined): boolean => channels.covers(kind) && (by !== undefined || channels.of(kind).declared);
    this.enabled = shows('gic.en', en) ? known(e.enabled) : U;
    if (shows('gic.cfg', trig)) this.edge = e.trig === 'edge' ? T : F;
    this.priority = shows('gic.prio', prio) ? e.prio : undefined;
    this.latch = channels.covers('vgic.flush') ? known(e.latch) : U;
    this.line = e.hw === 1 || e.trig === 'edge' || !channels.covers('gic.in') ? U : known(e.line);
    this.lineBy = e;
  }
}

export class Interrupts {
  private readonly byKey = new Map<number, Interrupt>();
  private fromReset = false;

  begin(fromReset: boolean): void {
    this.byKey.clear();
    this.fromReset = fromReset;
  }

  of(id: Intid, cpu: Vcpu | undefined): Interrupt {
    const key = interruptKey(id, cpu);
    let found = this.byKey.get(key);
    if (found === undefined) this.byKey.set(key, (found = new Interrupt(id, id < FIRST_SPI ? cpu : undefined, this.fromReset)));
    return found;
  }

  /** The one that an event is about; undefined where it does not tell whose SGI or PPI. */
  named(id: Intid, cpu: Vcpu | undefined): Interrupt | undefined {
    return id < FIRST_SPI && cpu === undefined ? undefined : this.of(id, cpu);
  }

  /** KVM's view of somebody's SGI or PPI: of whom it contradicts what is known, it may be true. */
  doubt(e: EventOf<'vgic.irq'>): void {
    for (const [key, of] of this.byKey) if (isKeyOf(key, e.vid)) of.doubt(e);
  }

  /** Somebody's SGI or PPI is another now, and it is not told whose. */
  forget(id: Intid): void {
    for (const [key, of] of this.byKey) if (isKeyOf(key, id)) of.forget();
  }

  /** KVM passes on the end of an SPI. */
  acknowledged(e: EventOf<'kvm.ack'>): void {
    const id = ackedSpi(e);
    if (id !== undefined) this.of(id, undefined).ackedBy = e;
  }

  all(): Iterable<Interrupt> {
    return this.byKey.values();
  }
}
