// EOImode of the guests, by the stream that tells. Arm IHI 0069, ICC_CTLR_EL1.EOImode; ICH_VMCR_EL2.VEOIM.

import { U, type Tri } from './tri.js';

export class GuestModes {
  private readonly byStream = new Map<number, Tri>();

  clear(): void {
    this.byStream.clear();
  }

  /** Does EOIR only drop the priority? */
  of(stream: number): Tri {
    return this.byStream.get(stream) ?? U;
  }

  /** Guests of one host that differ leave the mode unknown. */
  learn(stream: number, mode: Tri): void {
    const before = this.byStream.get(stream);
    this.byStream.set(stream, before === undefined || before === mode ? mode : U);
  }
}
