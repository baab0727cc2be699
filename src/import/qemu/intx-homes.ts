// The GSI that each function's INTx pin ends at, as what its own moves have set tells. Chipsets differ in it, and software may change it.

import type { PciFunction } from './pci-function.js';

interface Home {
  readonly gsi: number;
  /** The function has shown another one, too. */
  readonly torn: boolean;
}

export class Homes {
  readonly #homes = new Map<PciFunction, Home>();

  get any(): boolean {
    return this.#homes.size > 0;
  }

  /** The function has set this GSI. */
  observe(fn: PciFunction, gsi: number): void {
    const home = this.#homes.get(fn);
    if (home === undefined) this.#homes.set(fn, { gsi, torn: false });
    else if (home.gsi !== gsi) this.#homes.set(fn, { gsi, torn: true });
  }

  of(fn: PciFunction): number | undefined {
    const home = this.#homes.get(fn);
    return home?.torn === false ? home.gsi : undefined;
  }
}
