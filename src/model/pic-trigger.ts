// Which pins of an 8259 are level triggered: those of ELCR, or all, as ICW1 may ask. 8259A data sheet, ICW1 (LTIM); KVM pic_ioport_write, which does not
// heed it, nor does QEMU to 7.2; QEMU 10.0 pic_set_irq, which does.

import type { Context } from './context.js';
import { F, U, type Tri } from './tri.js';

/** Pins that ELCR can make level triggered, per chip. */
export const ELCR_MASKS = [0xf8, 0xde] as const;

/** `held`: as ELCR says. `mayBeAll`: ICW1 may have asked for it. */
export const triggerOf = (held: Tri, mayBeAll: boolean, { config }: Context): Tri => (held === F && mayBeAll && config.chips === 'qemu' ? U : held);
