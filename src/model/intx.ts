// PCI INTx lines and the functions that share them. PCI Local Bus 3.0 6.2.2 and 6.2.3, PCIe 6.1; QEMU hw/pci/pci.c (pci_irq_handler, pci_device_reset).
// Nothing is known of a wire unless the recorder declares that it shows all that moves wires: pulses are short, and a reset is silent.

import type { Event, EventOf } from '../event.js';
import type { Gsi, Pin } from '../ids.js';
import type { Channel } from './channels.js';
import type { Component, Step, Steps } from './component.js';
import type { Context } from './context.js';
import { FallDebts, type OfFunction } from './intx-falls.js';
import type { Bit, IntxFunction, IntxLine } from './intx-wire.js';
import { LineMoves } from './intx-moves.js';
import { PirqRoutes } from './pirq-routes.js';
import { RiseDebts } from './intx-rises.js';
import { Wiring } from './intx-wiring.js';
import { F, T, U, join, known, or, type Tri } from './tri.js';

const WIRE_KINDS = ['intx.assert', 'intx.deassert', 'intx.line', 'pci.cmd', 'pci.reset', 'msi.ctrl', 'msix.ctrl'] as const;
const ROUTER_KINDS = ['intx.route', 'pic.in'] as const;

type Change = readonly [bit: Bit, value: Tri];

export class Intx implements Component {
  private readonly ctx: Context;
  private readonly wiring: Wiring;
  private readonly falls: FallDebts;
  private readonly channels: readonly Channel[];
  /** Who declares that it shows a function's resets shows those that come with the machine's, unless it says otherwise. */
  private readonly machineResets: Channel;
  private readonly rises: RiseDebts;
  private readonly moves: LineMoves;
  private readonly pirqs = new PirqRoutes();
  private readonly pinGsis = new Set<Gsi>();

  readonly steps: Steps = {
    'intx.assert': this.shown((e) => this.assert(e)),
    'intx.deassert': this.shown((e) => {
      this.rises.late(e);
      this.change(e, (fn) => [[fn.drv, F]]);
    }),
    'intx.maybe': this.shown((e) => this.maybe(e)),
    'pci.cmd': this.shown((e) => this.change(e, (fn) => [[fn.dis, known(e.intx_disable)]])),
    'msi.ctrl': this.shown((e) => this.change(e, (fn) => [[fn.msi, known(e.enable)]])),
    'msix.ctrl': this.shown((e) => this.change(e, (fn) => [[fn.msix, known(e.enable)]])),
    'pci.reset': this.shown((e) => this.change(e, (fn) => [fn.drv, fn.dis, fn.msi, fn.msix].map((bit) => [bit, F]))),
    'intx.line': this.shown((e) => {
      this.moves.set(this.lineOf(e), e);
      this.pirqs.move(e);
    }),
    'intx.route': this.shown((e) => this.pirqs.route(e)),
    'pci.status.read': this.shown((e) => this.read(e)),
    'msix.read': (e) => this.late(e, 'read'),
    'msix.pba.read': (e) => this.late(e, 'read'),
    'virtio.isr.read': (e) => this.late(e, 'read'),
    'virtio.vec.read': (e) => this.late(e, 'read'),
    'msi.msg': (e) => this.late(e, 'message'),
    'msix.msg': (e) => this.late(e, 'message'),
    'ioapic.in': (e) => this.input(e),
    'pic.in': (e) => {
      this.input(e);
      this.pirqs.input(e.pin);
    },
    'kvm.routes': () => this.pinGsis.clear(),
  };

  constructor(ctx: Context) {
    this.ctx = ctx;
    this.wiring = new Wiring(ctx);
    this.falls = new FallDebts(ctx);
    this.rises = new RiseDebts(ctx);
    this.moves = new LineMoves(this.wiring, this.falls, this.rises, (fn, was, e) => this.settle(fn, was, e));
    this.channels = WIRE_KINDS.map((kind) => ctx.channels.of(kind));
    this.machineResets = ctx.channels.of('vm.reset');
  }

  begin(fromReset: boolean): void {
    this.wiring.begin(fromReset);
    this.rises.begin();
    this.pirqs.begin();
    this.pinGsis.clear();
  }

  lose(event: EventOf<'meta.lost'>): void {
    if (!WIRE_KINDS.every((kind) => this.ctx.channels.survivesLossOf(event.stream, kind))) this.forget();
    if (!ROUTER_KINDS.every((kind) => this.ctx.channels.survivesLossOf(event.stream, kind))) this.pirqs.begin();
  }

  /** Lines and functions of which anything was seen. */
  get seen(): Pick<Wiring, 'lines' | 'functions'> {
    return this.wiring;
  }

  fn(name: string): IntxFunction {
    return this.wiring.of(name);
  }

  line(name: string): IntxLine {
    return this.wiring.line(name);
  }

  lineOf(e: EventOf<'intx.line'>): IntxLine {
    return this.line(e.line);
  }

  /** Does the function ask for an interrupt? */
  asks(name: string): Tri {
    return this.recorded ? this.fn(name).drv.value : U;
  }

  /** The OR of the wires: T if a sharer holds the line, F if none can. */
  wanted(line: IntxLine): Tri {
    return this.recorded ? this.wiring.wanted(line) : U;
  }

  /** A sharer that holds the line for sure. */
  holder(line: IntxLine): IntxFunction | undefined {
    return this.wiring.holder(line);
  }

  /** A line that is held up for sure, among those that the chipset sends to the 8259 pin that it sets for one of them now. */
  heldAt(pin: Pin): IntxLine | undefined {
    return this.pirqs
      .setting(pin)
      .map((name) => this.wiring.line(name))
      .find((line) => line.level === T && this.wiring.holder(line) !== undefined);
  }

  /** A function that asks for an interrupt and has Interrupt Disable set, if the line rises with nobody else to raise it. */
  raisedDisabled(line: IntxLine): IntxFunction | undefined {
    const unexplained = line.level === F && this.wanted(line) === F && !this.wiring.lags(line);
    return unexplained ? this.wiring.suppressed(line)[0] : undefined;
  }

  /** Has a chip's pin been seen to take the level of this GSI? Then its route is no message. */
  feedsPin(gsi: Gsi): boolean {
    return this.pinGsis.has(gsi);
  }

  private get recorded(): boolean {
    return this.channels.every((channel) => channel.declared) && this.machineResets.missing === 0;
  }

  private shown<E extends Event>(step: Step<E>): Step<E> {
    return (e) => {
      if (this.recorded) step(e);
      else this.forget();
    };
  }

  private forget(): void {
    this.begin(false);
    this.falls.forgive();
    this.rises.forgive();
  }

  private assert(e: EventOf<'intx.assert'>): void {
    this.late(e, 'assert');
    const fn = this.fn(e.fn);
    if (fn.drv.value !== T) fn.raised = undefined;
    this.change(e, () => [[fn.drv, T]]);
  }

  private maybe(e: EventOf<'intx.maybe'>): void {
    this.overdue(e);
    const fn = this.fn(e.fn);
    const was = fn.eff;
    fn.drv.learn(join(fn.drv.value, known(e.level)));
    this.settle(fn, was, e);
  }

  private change(e: OfFunction, changesOf: (fn: IntxFunction) => readonly Change[]): void {
    this.overdue(e);
    const fn = this.fn(e.fn);
    const changes = changesOf(fn);
    const changed = changes.some(([bit, value]) => bit.value !== value);
    const was = fn.eff;
    for (const [bit, value] of changes) bit.start(e, value);
    if (changed && or(was, fn.eff) !== F) this.wiring.noteChange(fn, e);
    this.settle(fn, was, e);
    this.ctx.flights.write(e, () => this.land(fn, e, changes, was));
  }

  /** `before`: the wire's pull when the change set out. */
  private land(fn: IntxFunction, e: Event, changes: readonly Change[], before: Tri): void {
    if (!this.wiring.knows(fn)) return;
    const was = fn.eff;
    for (const [bit, value] of changes) bit.finish(e, value);
    // With messages on, a device may drop its wire without a word.
    if (fn.messages === T && fn.drv.value === T) fn.drv.learn(U);
    this.settle(fn, was, e, before);
  }

  /** Settles what a change of a function did to its wire. */
  private settle(fn: IntxFunction, was: Tri, e: Event, before = was): void {
    if (fn.eff === was) return;
    this.wiring.activate(fn);
    if (fn.eff === F) {
      this.release(fn, before, e);
      return;
    }
    for (const line of this.wiring.up()) if (this.wiring.holds(fn, line) !== F && this.falls.clear(line)) line.fallAsked = false;
    if (fn.eff === T) this.oweRise(fn, before, e);
  }

  /** Its line must rise now. If another line is up, the function may have been rewired to that one. */
  private oweRise(fn: IntxFunction, before: Tri, e: Event): void {
    fn.roseBy = e;
    if (fn.home === undefined) return;
    const home = this.wiring.line(fn.home);
    if (home.foreign || (fn.homeTold ? before !== F && home.level !== F : !this.wiring.allLow)) return;
    this.rises.owe(home, fn, e);
  }

  /** Lines that nobody holds any more must fall. */
  private release(fn: IntxFunction, was: Tri, e: Event): void {
    this.rises.paid(fn);
    for (const line of this.wiring.up()) {
      if (fn.home !== undefined && fn.home !== line.name) continue;
      line.releaser = fn;
      line.releasedBy = e;
      // Where each move of a wire shows, the line is owed even if it may stay high.
      if (this.wanted(line) === F || (was === T && fn.homeTold && this.ctx.config.sync === 1)) this.falls.owe(line, fn, e);
    }
  }

  private late(e: OfFunction, sort: 'read' | 'message' | 'assert'): void {
    this.falls.late(this.wiring.up(), e, sort);
  }

  /** A thread whose device models act at once has gone on without the line. */
  private overdue(e: OfFunction): void {
    if (this.ctx.config.sync !== 1 || e.kind === 'pci.reset') return;
    this.falls.overdue(this.wiring.up(), e);
    this.rises.overdue(e);
  }

  private read(e: EventOf<'pci.status.read'>): void {
    this.late(e, 'read');
    this.overdue(e);
    const fn = this.fn(e.fn);
    const was = fn.eff;
    // A read that contradicts the model leaves the wire unknown; the next one teaches.
    if (fn.drv.value !== e.int_status) fn.drv.learn(fn.drv.value === U ? known(e.int_status) : U);
    this.settle(fn, was, e);
  }

  private input({ gsi }: EventOf<'ioapic.in'> | EventOf<'pic.in'>): void {
    if (gsi !== undefined) this.pinGsis.add(gsi);
  }
}
