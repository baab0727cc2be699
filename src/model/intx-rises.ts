// Lines that must rise: a function asks for its interrupt and its line is still low. QEMU hw/pci/pci.c pci_irq_handler.

import type { Event } from '../event.js';
import type { Context } from './context.js';
import type { OfFunction } from './intx-falls.js';
import type { IntxFunction, IntxLine } from './intx-wire.js';

export class RiseDebts {
  private readonly ctx: Context;
  /** Functions whose line still has to rise. */
  private readonly rising = new Set<IntxFunction>();

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  begin(): void {
    this.rising.clear();
  }

  forgive(): void {
    this.ctx.owed.forgive('intx.rise');
  }

  /** The line must rise, for the function asks since `by`. */
  owe(line: IntxLine, fn: IntxFunction, by: Event): void {
    this.rising.add(fn);
    const because = [fn.dis.by, line.by].filter((event) => event !== undefined);
    this.ctx.owed.owe({ name: 'intx.rise', key: fn.name, entity: line.entity, by, because });
  }

  paid(fn: IntxFunction): void {
    this.rising.delete(fn);
    this.ctx.owed.clear('intx.rise', fn.name);
  }

  /** The function let go before its line rose. */
  late(e: OfFunction): void {
    this.ctx.owed.late('intx.rise', e.fn, e);
  }

  /** A thread whose device models act at once has gone on without the line. */
  overdue(e: OfFunction): void {
    for (const { name } of this.rising) {
      const by = this.ctx.owed.open('intx.rise', name)?.by;
      if (by !== undefined && by.tid === e.tid && by.at !== e.at) this.ctx.owed.late('intx.rise', name, e);
    }
  }

  /** The line was set to the level it has: it is held by them as well. */
  restated(line: IntxLine): void {
    for (const fn of this.rising) if (fn.home === line.name) this.paid(fn);
  }

  /** The line rose. `explained`: one holds it for sure, so the others still wait for their own. */
  rose(line: IntxLine, explained: boolean): void {
    for (const fn of this.rising) {
      if (explained && fn.home !== line.name) continue;
      this.paid(fn);
      if (fn.home !== line.name) fn.home = undefined;
    }
  }
}
