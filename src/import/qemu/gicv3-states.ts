// How many Security states use QEMU's GICv3. Arm IHI 0069, 12.9.4 (GICD_CTLR.DS), 12.9.38 (GICD_TYPER.SecurityExtn reads 0 while DS is 1); QEMU
// hw/intc/arm_gicv3_dist.c gicd_readl and gicd_writel: a GIC without Security Extensions has DS set, and only a reset of the machine clears it.

import { bitOf } from '../../bit-of.js';
import type { GicTeller } from './gic-teller.js';
import type { FrameAccess } from './gicv3-access.js';

/** Bits of GICD_CTLR and of GICD_TYPER. */
const DISABLE_SECURITY = 6;
const SECURITY_EXTENSIONS = 10;

export class SecurityStates {
  readonly #gic: GicTeller;
  /** GICD_CTLR.DS: one Security state. */
  #single: 0 | 1 | undefined;
  /** Secure accesses have been seen: registers of the CPU interface are banked, whatever GICD_CTLR.DS says. */
  #banked = false;

  constructor(gic: GicTeller) {
    this.#gic = gic;
  }

  get areOne(): boolean {
    return this.#single === 1;
  }

  /** With GICD_CTLR.DS a Non-secure access finds all that a Secure one does. */
  enter({ secure }: FrameAccess): void {
    if (secure) this.monitor();
    if (this.#banked || this.#single === 0) this.#gic.secure = secure || this.areOne ? 1 : 0;
  }

  /** GICD_TYPER was read. */
  typer(value: number): void {
    this.#show(bitOf(value, SECURITY_EXTENSIONS) === 0 ? 1 : 0);
  }

  /** GICD_CTLR was accessed. A Secure access alone sets DS, and none clears it. */
  control({ write, value, secure }: FrameAccess): void {
    const single = bitOf(value, DISABLE_SECURITY);
    if (!write) this.#show(single);
    else if (secure && single === 1) this.#single = 1;
  }

  /** An access of EL3, or a Secure one: there are two Security states. */
  monitor(): void {
    this.#banked = true;
    this.#gic.securityStates(2);
  }

  #show(single: 0 | 1): void {
    this.#single = single;
    if (single === 0) this.#gic.securityStates(2);
    else if (!this.#banked) this.#gic.securityStates(1);
  }
}
