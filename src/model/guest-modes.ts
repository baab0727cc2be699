// EOImode of the guests, by the stream that tells. Arm IHI 0069, ICC_CTLR_EL1.EOImode; ICH_VMCR_EL2.VEOIM.

import type { Vcpu } from '../ids.js';
import type { Channel, Channels } from './channels.js';
import { U, type Tri } from './tri.js';

export class GuestModes {
  private readonly writes: Channel;
  private readonly byStream = new Map<number, { mode: Tri; readonly cpus: Set<Vcpu> }>();

  constructor(channels: Channels) {
    this.writes = channels.of('gic.eoimode');
  }

  clear(): void {
    this.byStream.clear();
  }

  /** Does EOIR only drop the priority? What the list registers show of it may have changed where the guest's writes are not recorded. */
  of(stream: number, cpu?: Vcpu): Tri {
    const told = this.writes.shows(stream) ? this.byStream.get(stream) : undefined;
    // Each vCPU sets its own: of one that has told nothing yet nothing is known.
    return told !== undefined && (cpu === undefined || told.cpus.has(cpu)) ? told.mode : U;
  }

  /** Guests of one host that differ leave the mode unknown. */
  learn(stream: number, cpu: Vcpu, mode: Tri): void {
    const told = this.byStream.get(stream);
    if (told === undefined) return void this.byStream.set(stream, { mode, cpus: new Set([cpu]) });
    told.cpus.add(cpu);
    if (told.mode !== mode) told.mode = U;
  }
}
