// The 8259 pair, as far as the local APIC needs it: can it have a request, so that an injection may be an ExtINT?
// KVM i8259.c (pic_set_irq1, pic_get_irq).

import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import { atReset, type Context } from './context.js';
import { F, T, U, and, not, or, type Tri } from './tri.js';

const PINS = 16;

export class Pic implements Component {
  readonly #inputs: Channel;
  readonly #irr: Tri[] = [];
  readonly #imr: Tri[] = [];
  /** Undefined while it has to be computed anew. */
  #request: Tri | undefined;

  readonly steps: Steps = {
    'pic.in': (e) => {
      // An edge stays latched when the line falls; which pins are level is not followed here.
      const before = this.#irr[e.pin];
      const after = e.level === 1 ? T : before === T ? U : before;
      if (after === before || after === undefined) return;
      this.#irr[e.pin] = after;
      this.#request = undefined;
    },
    'pic.imr': (e) => {
      for (let bit = 0; bit < 8; bit++) this.#imr[e.chip * 8 + bit] = e.val === undefined ? U : (e.val >> bit) & 1 ? T : F;
      this.#request = undefined;
    },
    'pic.inta': (e) => {
      this.#irr[e.pin] = U;
      this.#request = undefined;
    },
    'kvm.set_irqchip': (e) => {
      if (e.chip !== 2) this.begin(false);
    },
  };

  constructor(ctx: Context) {
    this.#inputs = ctx.channels.of('pic.in');
  }

  begin(fromReset: boolean): void {
    this.#irr.length = this.#imr.length = 0;
    this.#request = undefined;
    for (let pin = 0; pin < PINS; pin++) {
      this.#irr.push(atReset(fromReset, F));
      this.#imr.push(atReset(fromReset, F));
    }
  }

  lose(): void {
    this.begin(false);
  }

  /** Could the pair be asking for an ExtINT right now? */
  mayRequest(): Tri {
    this.#request ??= this.#anyRequest();
    return this.#request === F && !this.#inputs.covered && !this.#allMasked() ? U : this.#request;
  }

  #anyRequest(): Tri {
    let any: Tri = F;
    for (let pin = 0; pin < PINS; pin++) any = or(any, and(this.#irr[pin] ?? U, not(this.#imr[pin] ?? U)));
    return any;
  }

  #allMasked(): boolean {
    return this.#imr.every((masked) => masked === T);
  }
}
