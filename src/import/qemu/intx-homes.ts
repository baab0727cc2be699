// The GSI that each function's INTx pin ends at, as what its own moves have set tells. Chipsets differ in it, and software may change it.

import type { PciFunction } from './pci-function.js';

interface Home {
  readonly gsi: number;
  /** The function has shown another one, too. */
  readonly torn: boolean;
}

export class Homes {
  readonly #homes = new Map<PciFunction, Home>();
  readonly #supposed = new Map<PciFunction, number>();

  get any(): boolean {
    return this.#homes.size > 0;
  }

  clear(): void {
    this.#homes.clear();
    this.#supposed.clear();
  }

  /** The function has set this GSI. */
  observe(fn: PciFunction, gsi: number): void {
    const home = this.#homes.get(fn);
    if (home === undefined) this.#homes.set(fn, { gsi, torn: false });
    else if (home.gsi !== gsi) this.#homes.set(fn, { gsi, torn: true });
  }

  /** If the function's own home turns out to be this GSI, it has set it. */
  suppose(fn: PciFunction, gsi: number): void {
    this.#supposed.set(fn, gsi);
  }

  /** The function asks anew: what was supposed is of what it asked for before. */
  asked(fn: PciFunction): void {
    this.#supposed.delete(fn);
  }

  /** Has its home turned out to be what was supposed last? Asked once. */
  isSupposed(fn: PciFunction): boolean {
    const gsi = this.#supposed.get(fn);
    this.#supposed.delete(fn);
    return gsi !== undefined && gsi === this.of(fn);
  }

  of(fn: PciFunction): number | undefined {
    const home = this.#homes.get(fn);
    return home?.torn === false ? home.gsi : undefined;
  }
}
