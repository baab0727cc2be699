// What is owed by an INTx line that nobody holds any more: to fall, by what let go of it. PCI Local Bus 3.0 2.2.6, 6.2.2; PCIe 6.1.4.3.

import type { Event } from '../event.js';
import type { Kind } from '../kinds.js';
import type { Context } from './context.js';
import type { IntxFunction, IntxLine } from './intx-wire.js';
import type { DebtName } from './owed.js';

const DEBT_OF: { readonly [K in Kind]?: DebtName } = {
  'intx.deassert': 'intx.fall',
  'pci.cmd': 'intx.fall-on-disable',
  'msi.ctrl': 'intx.fall-on-msi',
  'msix.ctrl': 'intx.fall-on-msi',
  'pci.reset': 'intx.fall-on-reset',
};
const FALLS: readonly DebtName[] = ['intx.fall', 'intx.fall-on-disable', 'intx.fall-on-msi', 'intx.fall-on-reset'];
/** What cannot come before the fall: a read of the function pushes its Deassert_INTx ahead, as does its message (PCIe transaction ordering). */
const LATE_AT = {
  read: ['intx.fall', 'intx.fall-on-disable'],
  message: ['intx.fall-on-msi'],
  assert: ['intx.fall-on-reset'],
} as const satisfies Record<string, readonly DebtName[]>;

/** Device models behind one bridge are reset one by one, and tell of their wires before these are lowered (QEMU qbus_reset_all, virtio_reset). */
const isOfReset = (name: DebtName, proof: Event): boolean =>
  name === 'intx.fall-on-reset' && (proof.kind === 'intx.deassert' || (proof.kind === 'intx.maybe' && proof.level === 0));

export type OfFunction = Event & { readonly fn: string };

export class FallDebts {
  private readonly ctx: Context;

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  /** The line must fall, after an event that a function lets go with. */
  owe(line: IntxLine, fn: IntxFunction, by: Event): void {
    const name = DEBT_OF[by.kind];
    if (name === undefined || line.fallAsked) return;
    line.fallAsked = true;
    const because = [fn.roseBy, line.by].filter((event) => event !== undefined);
    this.ctx.owed.owe({ name, key: line.name, entity: line.entity, by, because });
  }

  /** It fell, or it may be held again. Says whether a fall was owed. */
  clear(line: IntxLine): boolean {
    return FALLS.filter((name) => this.ctx.owed.clear(name, line.name) !== undefined).length > 0;
  }

  /** The function that let go shows something that comes after the fall. */
  late(lines: Iterable<IntxLine>, proof: OfFunction, sort: keyof typeof LATE_AT): void {
    for (const line of lines) {
      for (const name of LATE_AT[sort]) {
        const by = this.ctx.owed.open(name, line.name)?.by;
        if (by !== undefined && 'fn' in by && by.fn === proof.fn && !this.ctx.unordered(by, proof)) this.ctx.owed.late(name, line.name, proof);
      }
    }
  }

  /** The thread of what let go has gone on to something else, where all acts at once. */
  overdue(lines: Iterable<IntxLine>, proof: Event): void {
    for (const line of lines) {
      for (const name of FALLS) {
        const by = this.ctx.owed.open(name, line.name)?.by;
        if (by !== undefined && by.tid === proof.tid && by.at !== proof.at && !isOfReset(name, proof)) this.ctx.owed.late(name, line.name, proof);
      }
    }
  }

  forgive(): void {
    for (const name of FALLS) this.ctx.owed.forgive(name);
  }
}
