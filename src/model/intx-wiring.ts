// Which function is on which INTx line, and who holds a line up. No event says it: it is learned from whole pulses that one function alone can
// have made. PCI Local Bus 3.0 2.2.6 (a line is the OR of the wires on it).

import type { Event } from '../event.js';
import type { Context } from './context.js';
import { IntxFunction, IntxLine } from './intx-wire.js';
import { F, T, U, and, not, or, type Tri } from './tri.js';

export class Wiring {
  private readonly ctx: Context;
  private readonly functionOf = new Map<string, IntxFunction>();
  private readonly lineOf = new Map<string, IntxLine>();
  /** Of those, the ones that are up, and those not known to be low. */
  private readonly raised = new Set<IntxLine>();
  private readonly notLow = new Set<IntxLine>();
  /** Functions whose wire pulls its line, or may. */
  private readonly active = new Set<IntxFunction>();
  /** The recorder shows every move of any wire, and whose it was as far as it knows: functions without a home are strangers. */
  told = false;
  private fromReset = false;
  /** The function that changed last, its latest change, and the latest change of any other. */
  private changer: IntxFunction | undefined;
  private changedBy: Event | undefined;
  private othersBy: Event | undefined;
  /** Latest change of a function whose line is not known. */
  private strayBy: Event | undefined;

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  begin(fromReset: boolean): void {
    for (const part of [this.functionOf, this.lineOf, this.raised, this.notLow, this.active]) part.clear();
    this.changer = this.changedBy = this.othersBy = this.strayBy = undefined;
    this.fromReset = fromReset;
  }

  of(name: string): IntxFunction {
    let fn = this.functionOf.get(name);
    if (fn !== undefined) return fn;
    this.functionOf.set(name, (fn = new IntxFunction(name, this.fromReset)));
    this.activate(fn);
    return fn;
  }

  /** False if everything has been forgotten since. */
  knows(fn: IntxFunction): boolean {
    return this.functionOf.get(fn.name) === fn;
  }

  line(name: string): IntxLine {
    let line = this.lineOf.get(name);
    if (line !== undefined) return line;
    this.lineOf.set(name, (line = new IntxLine(name, this.fromReset)));
    if (line.level !== F) this.notLow.add(line);
    return line;
  }

  lines(): Iterable<IntxLine> {
    return this.lineOf.values();
  }

  functions(): Iterable<IntxFunction> {
    return this.functionOf.values();
  }

  up(): Iterable<IntxLine> {
    return this.raised;
  }

  get allLow(): boolean {
    return this.notLow.size === 0;
  }

  rose(line: IntxLine, e: Event): void {
    line.rose(e);
    this.raised.add(line);
    this.notLow.add(line);
  }

  fell(line: IntxLine, e: Event): void {
    line.fell(e);
    this.raised.delete(line);
    this.notLow.delete(line);
  }

  /** Keeps the list of functions that may hold a line. */
  activate(fn: IntxFunction): void {
    if (fn.eff === F) this.active.delete(fn);
    else this.active.add(fn);
  }

  /** A function has one wire: while its own line is up it holds no other. */
  holds(fn: IntxFunction, line: IntxLine): Tri {
    if (fn.home === line.name) return fn.eff;
    return fn.home !== undefined && this.line(fn.home).level === T ? F : U;
  }

  /** The OR of the wires: T if a sharer holds the line, F if none can. */
  wanted(line: IntxLine): Tri {
    if (line.foreign) return U;
    let wanted: Tri = line.clean && !line.strange ? F : U;
    for (const fn of this.active) if (!this.told || fn.home !== undefined) wanted = or(wanted, this.holds(fn, line));
    return wanted;
  }

  /** Does a function whose line is not known pull it, or may it? */
  get hasStranger(): boolean {
    return [...this.active].some(({ home }) => home === undefined);
  }

  /** Functions whose line it is. */
  on(line: IntxLine): IntxFunction[] {
    return [...this.functionOf.values()].filter((fn) => fn.home === line.name);
  }

  /** A sharer that holds the line for sure. */
  holder(line: IntxLine): IntxFunction | undefined {
    return [...this.active].find((fn) => fn.home === line.name && fn.eff === T);
  }

  /** Functions that ask for an interrupt, have Interrupt Disable set and may be on the line. */
  suppressed(line: IntxLine): IntxFunction[] {
    const candidates = [...this.functionOf.values()].filter(({ home }) => home === undefined || home === line.name);
    return candidates.filter((fn) => and(fn.drv.value, and(fn.dis.value, not(fn.messages))) === T);
  }

  noteChange(fn: IntxFunction, e: Event): void {
    if (this.changer !== fn) this.othersBy = this.changedBy;
    this.changer = fn;
    this.changedBy = fn.changedBy = e;
    if (fn.home === undefined) this.strayBy = e;
    else this.line(fn.home).touchedBy = e;
  }

  /** Could the line still be about to show an earlier change? */
  lags(line: IntxLine): boolean {
    const since = line.lowBy?.seq ?? -1;
    return [this.strayBy, line.touchedBy].some((by) => by !== undefined && by.seq > since);
  }

  /** The one function that changed since the line was last low, if there is only one. */
  soleCause(line: IntxLine): IntxFunction | undefined {
    const { lowBy } = line;
    const since = lowBy?.seq ?? -1;
    if (this.changedBy === undefined || this.changedBy.seq < since) return undefined;
    const others = this.othersBy;
    if (others === undefined) return this.changer;
    return lowBy !== undefined && others.seq < since && !this.ctx.unordered(others, lowBy) ? this.changer : undefined;
  }
}
