// Whose an access of GICv2's distributor is, where its own line does not tell: memory_region_ops names the CPU, in front of a write and
// behind a read (softmmu/memory.c). Both lines are printed under one lock, so that no other access of the region stands between them.

import { vcpu, type Vcpu } from '../../ids.js';
import type { Access as MemoryAccess } from './access.js';

export interface DistributorAccess {
  readonly write: boolean;
  readonly offset: number;
  readonly size: number;
  readonly value: number;
}

/** Of the distributor's frame. */
const OFFSETS = 0xfff;

const areOne = ({ addr, value }: MemoryAccess, access: DistributorAccess): boolean => (addr & OFFSETS) === access.offset && value === access.value;

export class DistributorAccesses {
  /** A write that has its line still to come. */
  #writing: MemoryAccess | undefined;
  /** A read whose CPU is still to come. */
  #read: DistributorAccess | undefined;

  forget(): void {
    this.#writing = this.#read = undefined;
  }

  /** The CPU of an access, `known` or as its other line has told; undefined if that may follow. */
  whose(access: DistributorAccess, known: Vcpu | undefined): Vcpu | undefined {
    const last = this.#writing;
    this.forget();
    if (known !== undefined) return known;
    if (access.write) return last !== undefined && areOne(last, access) ? vcpu(last.cpu) : undefined;
    this.#read = access;
    return undefined;
  }

  /** The other line: the read that it belongs to, if there is one. */
  named(access: MemoryAccess): DistributorAccess | undefined {
    const read = this.#read;
    this.forget();
    if (access.cpu < 0) return undefined;
    if (access.write) this.#writing = access;
    else if (read !== undefined && areOne(access, read)) return read;
    return undefined;
  }
}
