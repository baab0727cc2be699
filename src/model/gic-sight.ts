// What the recording of a GIC shows of its kinds of events, and what may have happened unseen.

import type { GicName } from '../kinds.js';
import type { Context } from './context.js';
import type { GicView } from './gic-event.js';
import type { GicInterrupt } from './gic-interrupt.js';
import { F, T, U, type Tri } from './tri.js';

export class GicSight {
  readonly #ctx: Context;
  readonly #view: GicView;
  /** An LPI has been seen to become pending: the recorder shows them. */
  lpis = false;

  constructor(ctx: Context, view: GicView) {
    this.#ctx = ctx;
    this.#view = view;
  }

  /** Does the recording show events of this kind? Those of the physical GIC are the guest's until a hypervisor is seen. */
  sees(name: GicName): boolean {
    const { channels } = this.#ctx;
    return channels.covers(`${this.#view}.${name}`) || (this.#view === 'pgic' && channels.covers(`gic.${name}`));
  }

  /** In QEMU's GICv2 an SPI has a latch and an active state for each of its targets. */
  isSplit(of: GicInterrupt): boolean {
    const { gicVersion, gicCpus } = this.#ctx.config;
    return gicVersion === 2 && gicCpus !== 1 && of.cpu === undefined && !of.isSingle;
  }

  /** Is it active beyond doubt? Where ends, or writes of the active state, are not recorded it may have ended unseen. */
  surelyActive(of: GicInterrupt): Tri {
    if (of.active !== T) return of.active;
    return this.#tellsActive(of) && (of.dropBy === undefined || this.sees('dir')) ? T : U;
  }

  /** Is it inactive beyond doubt? */
  surelyInactive(of: GicInterrupt): Tri {
    if (of.active !== F) return of.active === T ? F : U;
    return this.#tellsActive(of) && this.sees('iar') ? T : U;
  }

  #tellsActive(of: GicInterrupt): boolean {
    return !this.isSplit(of) && this.sees('eoir') && (this.sees('act') || this.sees('en'));
  }
}
