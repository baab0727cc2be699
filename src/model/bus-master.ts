// Bus Master Enable of a function: with it off, nothing is sent. PCI Express Base 7.5.1.1.3 (Command register bit 2); QEMU pci_default_write_config.

import type { Event } from '../event.js';
import type { Context } from './context.js';
import { U, type Tri } from './tri.js';

export class BusMaster {
  value: Tri;
  /** The write, or the reset, that set it. */
  by: Event | undefined;

  constructor(value: Tri) {
    this.value = value;
  }

  set(value: Tri, by: Event): void {
    this.value = value;
    this.by = by;
  }

  learn(value: Tri): void {
    this.value = value;
    this.by = undefined;
  }

  /** Unknown where the recording cannot tell whether it was set before `e`. */
  at(e: Event, ctx: Context): Tri {
    return this.by !== undefined && ctx.unordered(this.by, e) ? U : this.value;
  }
}
