// Device models that have printed lines of their own about INTx: those tell of each assertion, also of one that Interrupt Disable keeps from the line.

import type { PciFunction } from './pci-function.js';

export class Tellers {
  readonly #models = new Set<string>();

  add(fn: PciFunction): void {
    this.#models.add(modelOf(fn));
  }

  has(fn: PciFunction): boolean {
    return this.#models.has(modelOf(fn));
  }
}

/** All of virtio print the same lines. */
const modelOf = ({ device }: PciFunction): string => (device.startsWith('virtio') ? 'virtio' : device);
