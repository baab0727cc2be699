// virtio-pci functions: vectors of their queues, ISR status, notifications. VIRTIO 1.2, 4.1.4.5 and 4.1.5; QEMU hw/virtio/virtio-pci.c, virtio.c.
//
// What the events mean, for whoever records them:
// - virtio.notify: the device asks for an interrupt for a queue (`q` absent: for one of them), after the check whether the driver wants one. The
//   interrupt may come at once or later, and one may serve several.
// - virtio.config: the device asks for an interrupt for a change of its configuration. QEMU 7.2 has no line for it: then it is never shown.
// - virtio.isr.read: the guest read the ISR status, with the value it got; told before or after the wire falls. Not the device's own looks at it.
// - virtio.vec.write, virtio.vec.read: config_msix_vector (q=cfg) or queue_msix_vector of the selected queue (q absent: which one is not known), with
//   the 16 bits the guest wrote or got. Legacy layout: the same registers at offsets 20 and 22, there only while MSI-X is enabled.
// - virtio.reset: status 0 was written, or the transport reset the device: vectors read NO_VECTOR, the ISR reads 0, the wire is down.
// - msix.msg of a virtio function: only if the recorder knows the function; a message that may be of several functions is none.

import type { Event, EventOf } from '../event.js';
import { entry } from '../ids.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import type { MsixFunctions } from './msix.js';
import { F, T, U, and, join, known, type Tri } from './tri.js';
import { LineEchoes } from './virtio-echo.js';
import { VirtioFunction, isFresh, type Sent, type Stray } from './virtio-function.js';
import { VirtioSight } from './virtio-sight.js';
import { NO_VECTOR, queueOf, type Notified, type Outstanding } from './virtio-vectors.js';

const KINDS = ['virtio.vec.write', 'virtio.notify', 'virtio.config', 'virtio.isr.read', 'virtio.reset', 'intx.assert', 'intx.deassert'] as const;

export class Virtio implements Component {
  private readonly echoes = new LineEchoes();
  private readonly ctx: Context;
  private readonly msix: MsixFunctions;
  private readonly functions = new Map<string, VirtioFunction>();
  private readonly writes: Channel;
  readonly sight: VirtioSight;
  private readonly changes: Channel;
  private readonly deasserts: Channel;
  private readonly controls: Channel;
  private fresh = false;

  readonly steps: Steps = {
    'meta.cfg': ({ lineEcho }) => {
      if (lineEcho !== undefined) this.echoes.declared = lineEcho === 1;
    },
    'virtio.vec.write': (e) => this.accessed(e.fn).vectors.write(e),
    'virtio.vec.read': (e) => this.accessed(e.fn).vectors.read(e),
    'virtio.notify': (e) => this.notify(e),
    'virtio.config': (e) => this.notify(e),
    'virtio.isr.read': (e) => this.read(e),
    'virtio.reset': (e) => this.reset(this.of(e.fn), e),
    'pci.reset': (e) => this.known(e.fn, (fn) => this.reset(fn, e)),
    'intx.assert': (e) => this.known(e.fn, (fn) => fn.isr.raise(e)),
    'intx.deassert': (e) =>
      this.known(e.fn, (fn) => {
        fn.isr.wire = F;
        this.ctx.owed.clear('virtio.deassert', e.fn);
      }),
    'intx.maybe': (e) =>
      this.known(e.fn, (fn) => {
        fn.isr.wire = join(fn.isr.wire, known(e.level));
        if (e.level === 0) this.ctx.owed.clear('virtio.deassert', e.fn);
      }),
    'pci.status.read': (e) =>
      this.known(e.fn, (fn) => {
        fn.settle();
        fn.isr.status(e, this.sight.isSettled(fn.isr, e));
        if (e.int_status === 0) this.sight.low(fn, e);
        if (e.int_status === 0) this.ctx.owed.clear('virtio.deassert', e.fn);
      }),
    'ioapic.in': (e) => this.sight.line(e),
    'pic.in': (e) => this.sight.line(e),
    'kvm.set_irq': (e) => this.sight.line(e),
    'intx.line': (e) => {
      this.sight.line(e);
      this.echoes.line(e);
      if (e.level === 1) for (const { isr } of this.functions.values()) isr.mayRise();
      if (e.level === 0) this.ctx.owed.forgive('virtio.deassert');
    },
    'pci.cmd': (e) => {
      this.echoes.command(e);
      this.get(e.fn)?.configured();
    },
    'msix.ctrl': (e) => {
      this.get(e.fn)?.configured();
      this.echoes.drop(e.fn);
      this.ctx.owed.clear('virtio.deassert', e.fn);
    },
    // Whether the right one fired is judged by what the function shows.
    'msix.fire': (e) => void (e.due !== 1 && this.known(e.fn, (fn) => this.sent(fn, e, e.entry))),
    'msix.msg': (e) => this.known(e.fn, (fn) => this.message(fn, e)),
  };

  constructor(ctx: Context, msix: MsixFunctions) {
    this.ctx = ctx;
    this.msix = msix;
    this.writes = ctx.channels.of('virtio.vec.write');
    this.sight = new VirtioSight(ctx, msix, this.echoes);
    this.changes = ctx.channels.of('virtio.config');
    this.deasserts = ctx.channels.of('intx.deassert');
    this.controls = ctx.channels.of('msix.ctrl');
  }

  begin(fromReset: boolean): void {
    this.functions.clear();
    this.echoes.begin(fromReset);
    this.fresh = fromReset;
    this.ctx.owed.forgive('virtio.deassert');
  }

  lose({ stream }: EventOf<'meta.lost'>): void {
    if (KINDS.every((kind) => this.ctx.channels.survivesLossOf(stream, kind))) return;
    this.begin(false);
  }

  all(): Iterable<VirtioFunction> {
    return this.functions.values();
  }

  of(name: string): VirtioFunction {
    let fn = this.functions.get(name);
    if (fn === undefined) this.functions.set(name, (fn = new VirtioFunction(name, this.fresh)));
    return fn;
  }

  /** As `of`; undefined for a function that has shown no event of virtio. */
  get(name: string): VirtioFunction | undefined {
    return this.functions.get(name);
  }

  /** Are configuration changes recorded, too? */
  get showsChanges(): boolean {
    return this.changes.covered;
  }

  /** Are writes of vectors recorded? */
  get showsVectors(): boolean {
    return this.writes.covered;
  }

  /** The line that the function has not let go of, with the reads of its ISR status that should have lowered its wire. */
  stuckAt(e: EventOf<'virtio.isr.read'>): ReturnType<LineEchoes['stuckAt']> {
    return this.msix.of(e.fn).enabled === F && this.sight.covered ? this.echoes.stuckAt(e) : undefined;
  }

  /** Did the notified queue have no vector, from its notification to `e`? */
  isMute(name: string, { may, by }: Outstanding, e: Event): Tri {
    if (may === undefined || !this.writes.covered) return U;
    const changed = this.of(name).vectors.by(queueOf(by) ?? 'cfg');
    if (changed !== undefined && this.ctx.unordered(changed, e)) return U;
    return may.includes(NO_VECTOR) ? (may.length === 1 ? T : U) : F;
  }

  /** The row that an interrupt of the function came from; undefined if that is not certain, or if it is told by its fire as well. */
  rowOf(e: EventOf<'msix.msg'>): number | undefined {
    if (this.msix.of(e.fn).showsFires) return undefined;
    const sender = this.msix.senderOf(e);
    return typeof sender === 'string' ? undefined : sender.number;
  }

  /** Does an interrupt of the row come from no notified queue? undefined if it does, or may. */
  strayAt(e: Sent, row: number): Stray | undefined {
    const fn = this.functions.get(e.fn);
    const last = fn?.vectors.outstanding.at(-1);
    if (fn === undefined || last === undefined || !this.sight.covered || !this.writes.covered) return undefined;
    const [queue, outstanding] = last;
    const changed = fn.vectors.by(queue);
    const near = [outstanding.by, changed].some((by) => by !== undefined && this.ctx.unordered(by, e));
    if (near || fn.vectors.explains(row) !== F) return undefined;
    const [owner, ...others] = outstanding.may ?? [];
    return {
      vector: row,
      config: !this.showsChanges && fn.vectors.holds('cfg', row) !== F,
      queue,
      outstanding,
      owner: others.length === 0 ? owner : undefined,
    };
  }

  /** Has the row of the notified queue stayed away although it could send ever since? */
  isMissed({ owner, outstanding }: Stray, e: Sent): Tri {
    if (owner === undefined || owner === NO_VECTOR) return F;
    const fn = this.msix.of(e.fn);
    const row = fn.peek(entry(owner));
    const settled = [row.maskBy, fn.fmaskBy, fn.enableBy].every((by) => by === undefined || by.seq < outstanding.by.seq);
    return and(settled ? T : U, fn.liveSurely(row, e));
  }

  private known(name: string, step: (fn: VirtioFunction) => void): void {
    const fn = this.functions.get(name);
    if (fn !== undefined) step(fn);
  }

  private notify(e: Notified): void {
    const fn = this.of(e.fn);
    this.ctx.owed.late('virtio.deassert', e.fn, e);
    fn.isr.notify(e);
    this.echoes.notify(e.fn);
    fn.vectors.notify(e);
  }

  private accessed(name: string): VirtioFunction {
    const fn = this.of(name);
    fn.settle();
    return fn;
  }

  private read(e: EventOf<'virtio.isr.read'>): void {
    const { isr } = this.accessed(e.fn);
    const { wire, notifyBy, assertedBy } = isr;
    isr.read(e);
    isr.rises = this.sight.rises;
    this.of(e.fn).changes = [];
    this.echoes.read(e);
    this.sight.low(this.of(e.fn), e);
    if (notifyBy !== undefined && this.ctx.unordered(notifyBy, e)) isr.forget();
    if (wire !== T || assertedBy === undefined || !this.deasserts.covered || this.msix.of(e.fn).enabled === T || this.controls.missing !== 0) return;
    this.ctx.owed.owe({ name: 'virtio.deassert', key: e.fn, entity: `fn:${e.fn}`, by: e, because: [assertedBy] });
  }

  private reset(fn: VirtioFunction, e: Event): void {
    const { notifyBy } = fn.isr;
    fn.reset(e);
    fn.isr.rises = this.sight.rises;
    this.echoes.reset(fn.name);
    if (notifyBy !== undefined && this.ctx.unordered(notifyBy, e)) fn.forget();
    this.ctx.owed.clear('virtio.deassert', fn.name);
  }

  private message(fn: VirtioFunction, e: EventOf<'msix.msg'>): void {
    if (this.msix.of(e.fn).showsFires) return;
    const row = this.rowOf(e);
    if (row === undefined) fn.strays = [];
    else this.sent(fn, e, row);
  }

  private sent(fn: VirtioFunction, e: Sent, row: number): void {
    const stray = this.strayAt(e, row);
    const previous = fn.strays.at(-1);
    if (stray === undefined) fn.strays = [];
    else if (previous === undefined || stray.outstanding.by.seq > previous.seq) fn.strays = this.isMissed(stray, e) === T ? [...fn.strays, e].slice(-2) : [];
    if (stray?.config === true && isFresh(this.msix.of(e.fn), { e, row, since: fn.isr.readBy })) fn.changes = [...fn.changes, { sent: e, stray }].slice(-2);
    // A configuration change that is not recorded may have been the cause.
    if (this.showsChanges || fn.vectors.holds('cfg', row) === F) fn.vectors.serve(row);
  }
}
