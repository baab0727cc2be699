// EOImode of the guests, by the stream that tells. Arm IHI 0069, ICC_CTLR_EL1.EOImode; ICH_VMCR_EL2.VEOIM.

import type { Channel, Channels } from './channels.js';
import { U, type Tri } from './tri.js';

export class GuestModes {
  private readonly writes: Channel;
  private readonly byStream = new Map<number, Tri>();

  constructor(channels: Channels) {
    this.writes = channels.of('gic.eoimode');
  }

  clear(): void {
    this.byStream.clear();
  }

  /** Does EOIR only drop the priority? What the list registers show of it may have changed where the guest's writes are not recorded. */
  of(stream: number): Tri {
    return this.writes.shows(stream) ? (this.byStream.get(stream) ?? U) : U;
  }

  /** Guests of one host that differ leave the mode unknown. */
  learn(stream: number, mode: Tri): void {
    const before = this.byStream.get(stream);
    this.byStream.set(stream, before === undefined || before === mode ? mode : U);
  }
}
