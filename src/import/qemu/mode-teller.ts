// EOImode of guests. Each sets its own, and a hypervisor changes the guests: a log may show one of the two alone. Arm IHI 0069, ICH_VMCR_EL2.VEOIM.

import type { Vcpu } from '../../ids.js';
import type { GicTeller } from './gic-teller.js';

export class ModeTeller {
  readonly #gic: GicTeller;
  readonly #told = new Map<Vcpu, 0 | 1>();
  #differ = false;

  constructor(gic: GicTeller) {
    this.#gic = gic;
  }

  forget(): void {
    this.#told.clear();
    this.#differ = false;
  }

  /** `lasts`: until the next is told, as guest's writes and hypervisor's both show. Else modes that differ say that any may change unseen. */
  tell(cpu: Vcpu, mode: 0 | 1, lasts: boolean): void {
    this.#differ ||= !lasts && [...this.#told.values()].some((told) => told !== mode);
    if (!lasts && this.#differ) return this.doubt();
    this.#told.set(cpu, mode);
    this.#gic.tellGuest('eoimode', { cpu, val: mode });
  }

  /** Each that was told may have changed unseen. */
  doubt(): void {
    for (const cpu of this.#told.keys()) this.#gic.tellGuest('eoimode', { cpu, val: undefined });
    this.#told.clear();
  }
}
