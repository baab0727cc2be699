// GICv2: an SGI is pending for each source by itself. Arm IHI 0048B, 4.3.16 and 4.3.17.

import type { Vcpu } from '../ids.js';
import { F, U, or, type Tri } from './tri.js';

export class SgiSources {
  private readonly known = new Map<Vcpu, Tri>();
  private others: Tri;

  constructor(others: Tri) {
    this.others = others;
  }

  /** Pending, or no more, from sources that are not told, whatever was known of each. */
  setAny(val: Tri): void {
    this.known.clear();
    this.others = val === F ? F : U;
  }

  set(source: Vcpu, val: Tri): void {
    this.known.set(source, val);
  }

  /** A register reads pending: from whom is not told. */
  mayBeMore(): void {
    this.others = U;
  }

  from(source: Vcpu): Tri {
    return this.known.get(source) ?? this.others;
  }

  get any(): Tri {
    return [...this.known.values()].reduce<Tri>(or, this.others);
  }
}
