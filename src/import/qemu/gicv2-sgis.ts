// SGIs of a GICv2: sent by GICD_SGIR, and their sources' bits in GICD_SPENDSGIRn and GICD_CPENDSGIRn. Arm IHI 0048B, 4.3.15 to 4.3.17.

import { bitOf } from '../../bit-of.js';
import { intid, vcpu, type Vcpu } from '../../ids.js';
import type { GicTeller } from './gic-teller.js';
import type { DistributorAccess } from './gicv2-accesses.js';
import { SGIS } from './gicv2-interface.js';

const CLEAR_SGI = 0xf10;
const SET_SGI = 0xf20;
const SGI_END = 0xf30;
const CPUS = 8;

/** GICD_SPENDSGIRn or GICD_CPENDSGIRn. */
export const isOfSgis = (offset: number): boolean => offset >= CLEAR_SGI && offset < SGI_END;

/** GICD_SGIR: to a list of CPUs, to all others, or to itself. `cpus`: how many there are. */
export function tellSent(gic: GicTeller, value: number, sender: Vcpu | undefined, cpus: number | undefined): void {
  const filter = (value >>> 24) & 3;
  const id = intid(value & 0xf);
  if (filter === 2) return gic.tell('pend', { id, val: 1, srccpu: sender, cpu: sender });
  if (filter === 1 && (sender === undefined || cpus === undefined)) return gic.tell('pend', { id });
  const others = sender === undefined ? 0 : ((1 << (cpus ?? 0)) - 1) & ~(1 << sender);
  const mask = filter === 1 ? others : (value >>> 16) & 0xff;
  for (let cpu = 0; cpu < CPUS; cpu++) if (bitOf(mask, cpu) === 1) gic.tell('pend', { id, val: 1, srccpu: sender, cpu: vcpu(cpu) });
}

/** A byte for each SGI, a bit for each source. A read shows whether the SGI is pending; whose were read must be known. */
export function tellSources(gic: GicTeller, { write, offset, size, value }: DistributorAccess, cpu: Vcpu | undefined): void {
  const val = offset >= SET_SGI ? 1 : 0;
  const first = (offset - CLEAR_SGI) % SGIS;
  for (let place = 0; place < size; place++) {
    const id = intid(first + place);
    const sources = (value >>> (8 * place)) & 0xff;
    if (!write) {
      if (cpu !== undefined) gic.tell('read', { id, pend: sources === 0 ? 0 : 1, cpu });
      continue;
    }
    for (let source = 0; source < CPUS; source++) if (bitOf(sources, source) === 1) gic.tell('pend', { id, val, cpu, srccpu: vcpu(source) });
  }
}
