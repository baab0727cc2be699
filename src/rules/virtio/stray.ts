// What the rules about interrupts of a row that no notified queue has are agreed on.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { T } from '../../model/tri.js';
import type { Sent, Stray } from '../../model/virtio-function.js';
import { NO_VECTOR } from '../../model/virtio-vectors.js';
import type { Breach, Judge } from '../rule.js';

/** Whose it is: `wrong`, another row's; `none`, of a queue that has no vector. */
type Sort = 'wrong' | 'none';

interface Found {
  readonly stray: Stray;
  readonly row: number;
}

/**
 * The stray interrupt that the event is, if it is one of this sort. A configuration change that is not recorded can have caused one;
 * not two, each after another notification whose own row stayed away: changes and notifications are served by one loop.
 */
export function strayOf(e: Sent, m: Machine, sort: Sort, judge: Judge): Found | undefined {
  const fn = m.virtio.get(e.fn);
  if (e.kind === 'msix.fire' && e.due === 1) return undefined;
  const row = e.kind === 'msix.fire' ? e.entry : m.virtio.rowOf(e);
  if (fn === undefined || row === undefined || fn.vectors.outstanding.length === 0) return undefined;
  const stray = m.virtio.strayAt(e, row);
  if (stray === undefined) {
    judge.held();
    return undefined;
  }
  if ((stray.owner === NO_VECTOR) !== (sort === 'none')) return undefined;
  if (stray.config && !(repeated(fn.strays, stray) && m.virtio.isMissed(stray, e) === T)) {
    judge.undecided('configuration changes');
    return undefined;
  }
  return { stray, row };
}

const CONFIG_CHANGE = 2;

/** An interrupt of this sort that a configuration change would have explained, at the read of the ISR status that shows that there was none. */
export function refutedAt(e: EventOf<'virtio.isr.read'>, m: Machine, sort: Sort): (Found & { readonly sent: Sent }) | undefined {
  if ((e.val & CONFIG_CHANGE) !== 0) return undefined;
  const found = m.virtio.get(e.fn)?.changes.find(({ stray, sent }) => (stray.owner === NO_VECTOR) === (sort === 'none') && !m.ctx.unordered(sent, e));
  return found === undefined ? undefined : { stray: found.stray, sent: found.sent, row: found.stray.vector };
}

/** The breach as the ISR status, read later, proves it. */
export const noChange = (breach: Breach, sent: Sent): Breach =>
  Object.assign({}, breach, { sentence: `${breach.sentence}; the ISR status then shows no configuration change`, because: [...(breach.because ?? []), sent] });

const repeated = (strays: readonly Sent[], { outstanding }: Stray): boolean => strays.some(({ seq }) => seq < outstanding.by.seq);
