// When a list register counts: as the guest is entered, and where entries are not recorded as it acknowledges or ends an interrupt.

import type { EventOf } from '../../event.js';
import { showSet, type ListRegister } from '../../model/lr-bank.js';
import { show } from '../../model/tri.js';
import type { Machine } from '../../model/machine.js';
import type { Handler, Judge, Rule } from '../rule.js';

type GuestRuns = EventOf<'cpu.enter'> | EventOf<'gic.iar'> | EventOf<'gic.eoir'> | EventOf<'gic.dir'>;

/** Judges every list register that the guest finds. */
export function whenGuestRuns(judgeSlot: (slot: ListRegister, e: GuestRuns, m: Machine, judge: Judge) => void): NonNullable<Rule['on']> {
  const all: Handler<GuestRuns> = (e, m, judge) => {
    for (const slot of m.vgic.bank(e.stream, e.cpu).slots.values()) judgeSlot(slot, e, m, judge);
  };
  // An end alone does not tell what else the guest has taken and ended by then.
  const watched: Handler<GuestRuns> = (e, m, judge) => {
    if (m.vgic.sight.isWatched(e.stream)) all(e, m, judge);
  };
  return { 'cpu.enter': all, 'gic.iar': all, 'gic.eoir': watched, 'gic.dir': watched };
}

/** A list register as a finding shows it. */
export function shownRegister(slot: ListRegister): Record<string, string> {
  const physical = slot.pid === undefined ? {} : { pINTID: String(slot.pid) };
  return { lr: String(slot.lr), vINTID: String(slot.vid), state: showSet(slot.set), HW: show(slot.hw), ...physical };
}
