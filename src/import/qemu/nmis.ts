// Non-maskable interrupts of GICv3.3, which QEMU has since 9.0 (arm_gicv3.c gicv3_get_priority): one with the property comes before
// all others and passes the mask, whatever its priority register holds, so that its priority cannot be told. Arm IHI 0069H,
// GICD_INMIR<n>, GICR_INMIR0, ICC_NMIAR1_EL1. Few machines use it: as long as nothing shows that one does, no interrupt has it.

import { intid, type Intid, type Vcpu } from '../../ids.js';
import type { GicTeller } from './gic-teller.js';

const BANKED = 32;

interface Interrupt {
  readonly id: Intid;
  /** Whose, for SGIs and PPIs. */
  readonly cpu: Vcpu | undefined;
}

const keyOf = ({ id, cpu }: Interrupt): number => (cpu === undefined ? id : -1 - (cpu * BANKED + id));

export class QemuNmis {
  readonly #gic: GicTeller;
  #used = false;
  /** Where it is known, since it is in use. */
  readonly #property = new Map<number, boolean>();
  /** Those whose priority was told before, as far as it has not been taken back. */
  readonly #told = new Map<number, Interrupt>();
  /** Frames of which writes are recorded: of SGIs and PPIs, of SPIs. What is told as a write elsewhere would say that they are. */
  readonly #frames = new Set<'private' | 'shared'>();

  constructor(gic: GicTeller) {
    this.#gic = gic;
  }

  /** Is the priority another one than the register's, for all that is known? */
  hides(of: Interrupt): boolean {
    if (this.#used) return this.#property.get(keyOf(of)) !== false;
    this.#told.set(keyOf(of), of);
    return false;
  }

  /** Something shows that the machine uses the property: any interrupt may have had it before. */
  use(): void {
    if (this.#used) return;
    this.#used = true;
    this.#takeBack();
  }

  /** A register of the frame was written. */
  written(frame: 'private' | 'shared'): void {
    if (this.#frames.has(frame)) return;
    this.#frames.add(frame);
    if (this.#used) this.#takeBack();
  }

  /** GICD_INMIR<n> or GICR_INMIR0 was written, or read: one bit for each interrupt from `first` on, those up to `last` exist. */
  bits(value: number, { first, last, cpu }: { readonly first: number; readonly last: number; readonly cpu: Vcpu | undefined }): void {
    if (value === 0 && !this.#used) return;
    for (let place = 0; place < BANKED && first + place <= last; place++) this.#learn({ id: intid(first + place), cpu }, ((value >>> place) & 1) !== 0);
    this.use();
  }

  /** ICC_NMIAR1_EL1 returned it. */
  acknowledged(id: Intid, cpu: Vcpu): void {
    this.#learn({ id, cpu: id < BANKED ? cpu : undefined }, true);
    this.use();
  }

  #learn(of: Interrupt, property: boolean): void {
    const key = keyOf(of);
    if (!property) this.#told.delete(key);
    else if (this.#property.get(key) !== true) this.#hide(of);
    this.#property.set(key, property);
  }

  #takeBack(): void {
    for (const of of this.#told.values()) this.#hide(of);
  }

  #hide(of: Interrupt): void {
    const { id, cpu } = of;
    if (!this.#frames.has(cpu === undefined ? 'shared' : 'private')) return void this.#told.set(keyOf(of), of);
    this.#told.delete(keyOf(of));
    this.#gic.tell('prio', { id, cpu, val: undefined });
  }

  /** Lines are missing that may have written the registers. */
  forget(): void {
    this.#property.clear();
  }
}
