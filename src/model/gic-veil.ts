// Registers of a GIC with two Security states hide interrupts of group 0, and of the Secure group 1, from Non-secure accesses: they read as
// zero, and writes are ignored, but for what GICD_NSACR<n> opens. Arm IHI 0048B, 4.2.1 and 4.3; IHI 0069, 4.6.1 and 12.1.3.

import type { Change, GicEvent } from './gic-event.js';
import type { GicInterrupt } from './gic-interrupt.js';
import { FIRST_LPI, FIRST_PPI } from './intids.js';
import { T, U, join } from './tri.js';

/** May the access have found nothing of the interrupt? Where it is not told whose it was, `secure` is absent. */
export const isVeiled = ({ secure }: { readonly secure?: 0 | 1 | undefined }, of: GicInterrupt): boolean => secure !== 1 && of.group !== T;

/** May the change not have come about? Lines, and what GICv3 sends, are no accesses of these registers; only Secure ones write the group. */
export function mayMiss(e: Change, of: GicInterrupt, isVersion2: boolean): boolean {
  if (e.kind === 'gic.in' || e.kind === 'pgic.in') return false;
  if (e.kind === 'gic.group' || e.kind === 'pgic.group') return e.secure !== 1;
  const isSent = (e.kind === 'gic.pend' || e.kind === 'pgic.pend') && !isVersion2 && (e.id >= FIRST_LPI || (e.id < FIRST_PPI && e.own !== 1));
  return !isSent && isVeiled(e, of);
}

/** A write that may have been ignored. */
export function changeVeiled(e: Change, of: GicInterrupt, change: (of: GicInterrupt) => void): void {
  const { latch, active, enabled, level, group, strays } = of;
  change(of);
  of.latch = join(of.latch, latch);
  of.active = join(of.active, active);
  of.enabled = join(of.enabled, enabled);
  of.level = join(of.level, level);
  of.group = join(of.group, group);
  of.strays ||= strays;
  if (of.latch === U) of.sources.setAny(U);
  if (e.kind.endsWith('.prio')) of.priority = undefined;
  if (e.kind.endsWith('.route')) of.targets.forget();
  of.written.clear();
}

/** What a read tells: a view of the priority, and no group, to Non-secure accesses; of what may be hidden that it is not zero. */
export function shownOf(e: GicEvent<'read'>, of: GicInterrupt): GicEvent<'read'> {
  if (e.secure === 1) return e;
  const seen = { ...e, prio: undefined, group: undefined };
  if (!isVeiled(e, of)) return seen;
  const one = (bit: 0 | 1 | undefined): 1 | undefined => (bit === 1 ? 1 : undefined);
  return { ...seen, pend: one(e.pend), act: one(e.act), en: one(e.en), trig: e.trig === 'edge' ? e.trig : undefined, targets: undefined, to: undefined };
}

/** An acknowledge by the register of group 1, which has interrupts of the Secure group 1, too: their bit in GICD_IGROUPR<n> is 0. */
export function takeVeiled(e: GicEvent<'iar'>, of: GicInterrupt, isSplit: boolean): void {
  const { group } = of;
  of.take(e, isSplit);
  if (e.group === 1) of.group = group;
}
