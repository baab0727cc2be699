// A bit of a function's configuration space that a reset clears, and that reads 0 until software sets it.

import type { Event, EventOf } from '../event.js';
import type { Machine } from '../model/machine.js';
import { F, T, U } from '../model/tri.js';
import type { Judge } from './rule.js';

interface ResetBit {
  readonly read: EventOf<'pci.cmd.read'> | EventOf<'msi.ctrl.read'>;
  readonly isSet: boolean;
  /** As sentences call it. */
  readonly name: string;
  /** As findings call it in the state. */
  readonly field: string;
  /** What software sets it by. */
  readonly writtenBy: 'pci.cmd' | 'msi.ctrl';
  /** The latest reset since which nothing has set it. */
  readonly reset: Event | undefined;
}

export function judgeResetBit({ read, isSet, name, field, writtenBy, reset }: ResetBit, m: Machine, judge: Judge): void {
  if (reset === undefined) return judge.undecided('pci.reset');
  const near = m.ctx.unordered(reset, read) || !m.ctx.channels.covers(writtenBy);
  judge.breachIf(!isSet ? F : near ? U : T, writtenBy, () => ({
    entity: `fn:${read.fn}`,
    sentence: `${name} of ${read.fn} reads 1 after a reset; nothing has set it since`,
    because: [reset],
    state: { [field]: '0' },
    unless: (later) => later.kind === writtenBy && later.fn === read.fn,
  }));
}
