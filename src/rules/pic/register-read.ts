// What the rules about register reads of an 8259 share: which bit surely differs from the model, and what it rests on.

import type { Event } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import type { PicChip } from '../../model/pic-chip.js';
import { noHistory, type PinHistory } from '../../model/pic-history.js';
import type { Breach, Judge } from '../rule.js';

interface Register {
  readonly reg: 'irr' | 'isr' | 'imr' | 'elcr';
  readonly val: number;
  /** Bits that are not judged. */
  readonly except?: number;
  /** What of a pin's history a difference rests on. */
  readonly evidence: (pin: PinHistory) => readonly (Event | undefined)[];
  readonly unless?: (pin: number) => NonNullable<Breach['unless']>;
}

/** Judges a register of a chip as it was seen at event `e`. */
export function judgeRegister(e: Event, chip: PicChip, m: Machine, judge: Judge, { reg, val, except = 0, evidence, unless }: Register): void {
  if (!m.pic.isSeen) return judge.undecided(reg);
  const differing = chip[reg].contradicts(val) & ~except;
  if (differing === 0) return chip[reg].must === chip[reg].may ? judge.held() : judge.undecided(reg);
  const pin = 31 - Math.clz32(differing & -differing);
  const because = evidence(chip.pins[pin] ?? noHistory());
  // Another CPU may have changed it at the same time.
  if (because.some((cause) => cause !== undefined && m.ctx.unordered(cause, e))) return judge.undecided('order');
  const set = (val >> pin) & 1;
  // A reset of the machine clears it.
  if (set === 0 && !because.some((cause) => cause !== undefined && m.ctx.recent(cause, e))) return judge.undecided('reset');
  judge.breach({
    entity: `${chip.entity}/${pin}`,
    sentence: `${reg.toUpperCase()} of the ${chip.number === 0 ? 'master' : 'slave'} 8259 reads 0x${val.toString(16).padStart(2, '0')}: bit ${pin} is ${set} and must be ${1 - set}`,
    because: [chip.modeBy, reg === 'imr' ? chip.imrBy : undefined, ...because],
    state: { [reg]: chip[reg].show(), elcr: chip.elcr.show(), 'automatic EOI': ['off', 'on', 'unknown'][chip.aeoi] ?? '' },
    ...(unless === undefined ? {} : { unless: unless(pin) }),
  });
}
