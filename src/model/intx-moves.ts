// What the move of an INTx line tells about the functions that share it. QEMU hw/pci/pci.c pci_bus_change_irq_level, PCI Local Bus 3.0 6.2.2.

import type { Event, EventOf } from '../event.js';
import type { FallDebts } from './intx-falls.js';
import type { RiseDebts } from './intx-rises.js';
import type { IntxFunction, IntxLine } from './intx-wire.js';
import type { Wiring } from './intx-wiring.js';
import { F, T, U, type Tri } from './tri.js';

/** Settles what a change of a function did to its wire, which pulled `was` before. */
type Settle = (fn: IntxFunction, was: Tri, e: Event) => void;

export class LineMoves {
  private readonly wiring: Wiring;
  private readonly falls: FallDebts;
  private readonly rises: RiseDebts;
  private readonly settle: Settle;

  constructor(wiring: Wiring, falls: FallDebts, rises: RiseDebts, settle: Settle) {
    this.wiring = wiring;
    this.falls = falls;
    this.rises = rises;
    this.settle = settle;
  }

  /** Whose move it was is told: the function is on the line, and nothing holds its wire back. */
  private told(line: IntxLine, e: EventOf<'intx.line'>): void {
    this.wiring.told = true;
    if (e.stray === 1) this.strange(line, e);
    if (e.by === undefined) return;
    const fn = this.wiring.of(e.by);
    const was = fn.eff;
    fn.learnHome(line.name);
    fn.homeTold = true;
    this.settle(fn, was, e);
  }

  /** Some function has moved its wire, and one whose line this is, or may be, can be it. */
  private strange(line: IntxLine, e: EventOf<'intx.line'>): void {
    line.strange = e.level === 1;
    if (line.strange) this.suspect(line, e);
  }

  /** Each function that may be on the line may have raised it. */
  private suspect(line: IntxLine, e: EventOf<'intx.line'>): void {
    for (const fn of this.wiring.functions()) {
      if (fn.drv.value !== F || (fn.home !== undefined && fn.home !== line.name)) continue;
      const was = fn.eff;
      fn.drv.learn(U);
      this.settle(fn, was, e);
    }
  }

  /** `line` was set to a level. */
  set(line: IntxLine, e: EventOf<'intx.line'>): void {
    if (e.by !== undefined || e.stray !== undefined) this.told(line, e);
    // Set anew for a write of some Command register: what that let through may be of a function whose line is not known.
    else if (this.wiring.told && e.level === 1 && this.wiring.hasStranger) line.strange = true;
    // QEMU writes one level several times.
    if (line.level === e.level) {
      if (this.wiring.told) this.restated(line);
      return;
    }
    if (e.level === 1) this.rose(line, e);
    else this.fell(line, e);
  }

  /** The line is set to the level it has: it is held as well, or still. */
  private restated(line: IntxLine): void {
    this.rises.restated(line);
    if (line.level === T && this.wiring.wanted(line) !== F && this.falls.clear(line)) line.fallAsked = false;
  }

  private rose(line: IntxLine, e: EventOf<'intx.line'>): void {
    if (line.level === F && e.stray !== 1) {
      if (this.wiring.wanted(line) === F && !this.wiring.lags(line)) this.adoptRise(line, e);
      if (!this.wiring.told) this.wiring.soleCause(line)?.tookUp(line.name);
    }
    const isHeld = this.wiring.holder(line) !== undefined;
    // One whose line is not known has raised it, for all that is told of it.
    if (this.wiring.told && e.by === undefined && !isHeld) line.strange = true;
    this.rises.rose(line, isHeld);
    this.wiring.rose(line, e);
  }

  /** It rose with nobody to raise it: by a function whose Interrupt Disable does nothing, or by one that is not recorded. */
  private adoptRise(line: IntxLine, e: EventOf<'intx.line'>): void {
    const suspects = this.wiring.suppressed(line);
    line.foreign = suspects.length === 0;
    if (line.foreign) this.suspect(line, e);
    for (const fn of suspects) {
      fn.dis.learn(U);
      this.settle(fn, F, e);
    }
  }

  private fell(line: IntxLine, e: Event): void {
    this.falls.clear(line);
    if (this.wiring.told) this.lower(line, e);
    else if (line.level === T) {
      const sole = this.wiring.soleCause(line);
      if (sole?.raised === line.name && sole.drv.value === F) sole.learnHome(line.name);
      // It was let down, or the function is no longer on it: which line is its own has to be learned again.
      const holder = this.wiring.holder(line);
      if (holder !== undefined) holder.home = undefined;
    }
    this.wiring.fell(line, e);
  }

  /** A low line has nobody to hold it. */
  private lower(line: IntxLine, e: Event): void {
    line.clean = true;
    for (const fn of this.wiring.on(line)) {
      if (fn.eff === F || fn.dis.value !== F || fn.messages !== F) continue;
      const was = fn.eff;
      fn.drv.learn(fn.drv.value === U ? F : U);
      this.settle(fn, was, e);
    }
  }
}
