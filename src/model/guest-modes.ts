// EOImode of the guests, by the stream that tells. Arm IHI 0069, ICC_CTLR_EL1.EOImode; ICH_VMCR_EL2.VEOIM.

import type { Vcpu } from '../ids.js';
import type { Channel, Channels } from './channels.js';
import { U, join, type Tri } from './tri.js';

export class GuestModes {
  private readonly writes: Channel;
  private readonly byStream = new Map<number, Map<Vcpu, Tri>>();

  constructor(channels: Channels) {
    this.writes = channels.of('gic.eoimode');
  }

  clear(): void {
    this.byStream.clear();
  }

  /** Does EOIR only drop the priority, on one vCPU or on all? What the list registers show of it may have changed where the guest's writes are not recorded. */
  of(stream: number, cpu?: Vcpu): Tri {
    const told = this.writes.shows(stream) ? this.byStream.get(stream) : undefined;
    if (told === undefined) return U;
    // Each vCPU sets its own: of one that has told nothing yet nothing is known.
    if (cpu !== undefined) return told.get(cpu) ?? U;
    let all: Tri | undefined;
    for (const mode of told.values()) all = all === undefined ? mode : join(all, mode);
    return all ?? U;
  }

  /** A vCPU's mode has been told. */
  tell(stream: number, cpu: Vcpu, mode: Tri): void {
    const told = this.byStream.get(stream);
    if (told === undefined) this.byStream.set(stream, new Map([[cpu, mode]]));
    else told.set(cpu, mode);
  }

  /** What a vCPU has done shows its mode: another than it has told leaves it unknown. */
  show(stream: number, cpu: Vcpu, mode: Tri): void {
    const told = this.byStream.get(stream)?.get(cpu);
    this.tell(stream, cpu, told === undefined ? mode : join(told, mode));
  }
}
