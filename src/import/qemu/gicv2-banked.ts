// What CPUs wrote to the distributor's registers of SGIs and PPIs before it was known that each has a thread of its own. A CPU alone writes
// to its copies (Arm IHI 0048B, 3.1.2), so that the latest holds until then. Linux sets them up before it starts the next CPU (gic_cpu_init).

import { bitOf } from '../../bit-of.js';
import { intid, vcpu } from '../../ids.js';
import { tellRegister } from '../gic-registers.js';
import type { GicTeller } from './gic-teller.js';
import type { DistributorAccess } from './gicv2-accesses.js';

const ENABLE = 0x100;
const DISABLE = 0x180;
const PRIORITY = 0x400;
const PRIORITY_END = 0x420;
const CONFIG = 0xc04;
const SGIS = 16;
const LAST_PPI = 31;

/** The copies of one thread's CPU. */
class Copies {
  /** Bytes of priorities and trigger modes by offset. */
  readonly bytes = new Map<number, number>();
  /** Enable bits of PPIs. */
  readonly enables = new Map<number, 0 | 1>();
}

export class BankedWrites {
  readonly #gic: GicTeller;
  readonly #threads = new Map<number, Copies>();

  constructor(gic: GicTeller) {
    this.#gic = gic;
  }

  forget(): void {
    this.#threads.clear();
  }

  /** A write of a thread whose CPU is not certain yet. */
  note(tid: number, { offset, size, value }: DistributorAccess): void {
    const isEnable = (offset & ~3) === ENABLE || (offset & ~3) === DISABLE;
    const isByte = (offset >= PRIORITY && offset < PRIORITY_END) || (offset >= CONFIG && offset < CONFIG + 4);
    if (tid < 0 || (!isEnable && !isByte)) return;
    let copies = this.#threads.get(tid);
    if (copies === undefined) this.#threads.set(tid, (copies = new Copies()));
    if (isByte) for (let place = 0; place < size; place++) copies.bytes.set(offset + place, (value >>> (8 * place)) & 0xff);
    else for (let bit = 0; bit < 8 * size; bit++) if (bitOf(value, bit) === 1) copies.enables.set(8 * (offset & 3) + bit, offset < DISABLE ? 1 : 0);
  }

  /** Each thread runs one CPU: what it wrote is this CPU's. */
  tell(cpus: ReadonlyMap<number, number>): void {
    for (const [tid, { bytes, enables }] of this.#threads) {
      const n = cpus.get(tid);
      if (n === undefined) continue;
      const cpu = vcpu(n);
      for (const [offset, value] of bytes) tellRegister(this.#gic, { write: false, offset, size: 1, value, cpu, from: 0, to: LAST_PPI, fixedSgis: true });
      for (const [id, en] of enables) if (id >= SGIS) this.#gic.tell('read', { id: intid(id), cpu, en });
    }
    this.#threads.clear();
  }
}
