// One function of the host's in a guest, as QEMU's VFIO has it. QEMU hw/vfio/pci.c.

import type { Event, EventOf } from '../event.js';
import type { Entry } from '../ids.js';
import { F, T, U, type Tri } from './tri.js';

/** How it interrupts. */
export type Mode = EventOf<'vfio.on'>['mode'];

/** Where an entry's interrupts go, as last shown. */
interface EntryUse {
  readonly used: boolean;
  readonly by: Event;
}

export class AssignedFunction {
  /** As the host names it. */
  readonly name: string;
  /** The guest's name of it, once an access has shown it. */
  fn: string | undefined;
  /** undefined: not known. */
  mode: Mode | 'none' | undefined;
  modeBy: Event | undefined;
  /** It has a pin: VFIO has used it. */
  hasPin = false;
  /** KVM takes its INTx. */
  fast: Tri = U;
  fastBy: Event | undefined;
  /** QEMU has taken an INTx that it has not ended, and VFIO keeps the function masked. */
  taken: Tri = U;
  takenBy: Event | undefined;
  /** The guest reads QEMU's Pending Bit Array. */
  pba: Tri = U;
  /** Since MSI-X was switched on. */
  readonly uses = new Map<Entry, EntryUse>();
  /** All entries that have been used since show so. */
  settled = false;
  /** The guest has had MSI and MSI-X on at once, or may have: what QEMU makes of that is not defined. */
  confused = false;
  /** What it was found in, and what it should have been in. */
  found: { readonly mode: Mode | 'none'; readonly wanted: Mode } | undefined;
  /** The entry that QEMU turned to last. */
  usedLast: Entry | undefined;

  constructor(name: string) {
    this.name = name;
  }

  get entity(): string {
    return `dev:${this.name}`;
  }

  /** What is not recorded may have happened to it. */
  forget(): void {
    this.mode = this.modeBy = this.fastBy = undefined;
    this.fast = this.pba = U;
    this.end(U);
    this.uses.clear();
    this.settled = false;
  }

  /** Do the entry's interrupts go where those of one without mask go? */
  used(entry: Entry): Tri {
    const use = this.uses.get(entry);
    if (use === undefined) return this.settled ? F : U;
    return use.used ? T : F;
  }

  switchOn(e: EventOf<'vfio.on'>): void {
    // Whatever was on before is off, and has said so.
    this.settled = e.mode === 'msix' && this.mode !== undefined;
    this.mode = e.mode;
    this.modeBy = e;
    if (e.mode === 'intx') this.hasPin = true;
    else this.fast = F;
    this.end(F);
  }

  switchOff(e: EventOf<'vfio.off'>): void {
    if (this.mode === undefined || this.mode === e.mode) {
      this.mode = 'none';
      this.modeBy = e;
    }
    if (e.mode === 'intx') {
      this.fast = F;
      this.end(F);
    }
    this.uses.clear();
    this.settled = false;
  }

  /** KVM takes its INTx from now on, or no longer. */
  hand(e: EventOf<'vfio.fast'> | EventOf<'vfio.slow'>): void {
    this.fast = e.kind === 'vfio.fast' ? T : F;
    this.fastBy = e;
    this.end(F);
  }

  /** An INTx is ended, or may be. */
  end(taken: Tri): void {
    this.taken = taken;
    this.takenBy = undefined;
  }
}
