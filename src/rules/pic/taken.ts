// What the rules about acknowledges of the 8259 pair share: which pins of which chips one took, by INTA or by poll.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { CASCADE, type PicChip } from '../../model/pic-chip.js';

interface Taken {
  readonly chip: PicChip;
  /** 0 to 7. */
  readonly pin: number;
  /** Pin 7, which is also what an acknowledge without a request gives. */
  readonly maySpurious: boolean;
}

/** Pin 7 of a chip, the answer to an acknowledge without a request. */
export const SPURIOUS_PIN = 7;

/** An INTA of the slave takes the master's cascade pin as well. */
export function takenBy(e: EventOf<'pic.inta'> | EventOf<'pic.poll'>, { pic }: Machine): readonly Taken[] {
  if (e.kind === 'pic.poll') {
    if (e.val === undefined || (e.val & 0x80) === 0) return [];
    return [{ chip: pic.chip(e.chip), pin: e.val & 7, maySpurious: (e.val & 7) === SPURIOUS_PIN }];
  }
  const own = { chip: pic.chipOf(e.pin), pin: e.pin & 7, maySpurious: (e.pin & 7) === SPURIOUS_PIN };
  return own.chip === pic.slave ? [own, { chip: pic.master, pin: CASCADE, maySpurious: false }] : [own];
}

/** As sentences name it. */
export const pinName = ({ chip, pin }: Pick<Taken, 'chip' | 'pin'>): string => `pin ${pin} of the ${chip.number === 0 ? 'master' : 'slave'} 8259`;
