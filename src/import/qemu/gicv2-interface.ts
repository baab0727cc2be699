// Accesses of a GICv2's CPU interface, physical (GICC) or a guest's (GICV). Arm IHI 0048B, 4.4 and 5.5.

import { bitOf } from '../../bit-of.js';
import { intid, vcpu, type Intid, type Vcpu } from '../../ids.js';

export interface InterfaceAccess {
  readonly write: boolean;
  /** The guest's interface. */
  readonly guest: boolean;
  readonly cpu: number;
  readonly offset: number;
  readonly value: number;
}

export const CTLR = 0x0;
export const PMR = 0x4;
export const BPR = 0x8;
export const IAR = 0xc;
export const EOIR = 0x10;
export const RPR = 0x14;
export const HPPIR = 0x18;
export const APR = 0xd0;
export const APR_END = 0xe0;
export const DIR = 0x1000;

/** SGIs are the INTIDs below. */
export const SGIS = 16;

/** INTID, and for an SGI the CPU that sent it. */
export function interrupt(value: number): { id: Intid; srccpu: Vcpu | undefined } {
  const id = value & 0x3ff;
  return { id: intid(id), srccpu: id < SGIS ? vcpu((value >>> 10) & 7) : undefined };
}

/** The control register. `ackControl`: acknowledges return group 1, too. */
export const controlOf = (value: number): { eoimode: 0 | 1; ackControl: 0 | 1; enables: readonly [0 | 1, 0 | 1] } => ({
  eoimode: bitOf(value, 9),
  ackControl: bitOf(value, 2),
  enables: [bitOf(value, 0), bitOf(value, 1)],
});
