// One virtio-pci function: its vectors, its ISR status, and interrupts that nothing explains yet. VIRTIO 1.2, 4.1.5.1.2.

import type { Event, EventOf } from '../event.js';
import { VirtioIsr } from './virtio-isr.js';
import { VirtioVectors } from './virtio-vectors.js';

export type Sent = EventOf<'msix.msg'> | EventOf<'msix.fire'>;

export class VirtioFunction {
  readonly name: string;
  readonly vectors: VirtioVectors;
  readonly isr: VirtioIsr;
  /** Strays since the owner of the notified queue last sent: each at another notification. */
  strays: readonly Sent[] = [];

  constructor(name: string, fresh: boolean) {
    this.name = name;
    this.vectors = new VirtioVectors(fresh);
    this.isr = new VirtioIsr(fresh);
  }

  reset(e: Event): void {
    this.vectors.reset(e);
    this.isr.reset();
    this.strays = [];
  }

  forget(): void {
    this.vectors.forget();
    this.isr.forget();
    this.strays = [];
  }
}
