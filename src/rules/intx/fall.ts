// What the rules about a line that must fall have in common.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import type { DebtName, Lapse } from '../../model/owed.js';
import { F, show } from '../../model/tri.js';
import { proofText } from '../proof.js';
import type { Breach, Handler } from '../rule.js';

/** The line fell as it was asked to. */
export const fell =
  (name: DebtName): Handler<EventOf<'intx.line'>> =>
  (e, m, judge) => {
    if (e.level === 0 && m.ctx.owed.open(name, m.intx.lineOf(e).name) !== undefined) judge.held();
  };

/** The line is still high; `cause` says what let go of it. */
export function staysHigh({ debt, proof }: Lapse, m: Machine, cause: string): Breach {
  const { by } = debt;
  const name = 'fn' in by ? by.fn : undefined;
  const fn = name === undefined ? undefined : m.intx.fn(name);
  return {
    entity: debt.entity,
    sentence: `INTx line ${debt.key} is still high at ${proofText(proof)}, although ${name ?? 'the function'} ${cause} and ${m.intx.wanted(m.intx.line(String(debt.key))) === F ? 'no function asserts it' : 'each move of a wire sets the line anew'}`,
    because: [...debt.because, by],
    state: fn === undefined ? {} : { 'command.intx_disable': show(fn.dis.value), messages: show(fn.messages) },
    unless: (later) => later.kind === 'intx.line',
  };
}
