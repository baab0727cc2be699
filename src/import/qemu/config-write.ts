// Writes of configuration spaces, as far as one line tells: the command register, and what takes BARs away. PCI Local Bus 3.0 6.2.2, 6.2.5.

import type { Journal } from '../kvm/journal.js';
import { CAPABILITY, type PciFunction } from './pci-function.js';

export interface ConfigWrite {
  readonly of: PciFunction;
  readonly offset: number;
  readonly value: number;
}

/** What a write leaves in the command register; undefined for the byte that it leaves alone. */
interface Command {
  readonly disable: 0 | 1 | undefined;
  readonly master: 0 | 1 | undefined;
}

export const COMMAND = 0x04;
const FIRST_BAR = 0x10;
const ROM = 0x30;
const DECODING = 3;
export const INTX_DISABLE = 0x400;
const BUS_MASTER = 4;
/** In Device Control: resets the function. */
export const FUNCTION_RESET = 0x8000;

export const bit = (value: number, mask: number): 0 | 1 => ((value & mask) === 0 ? 0 : 1);

export class ConfigWrites {
  readonly #journal: Journal;
  #size: number | undefined;
  #tid = -1;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Bytes of a write to a region of a host bridge, printed in front of the write to a configuration space, whose line has no length; undefined for other accesses. */
  sized(size: number | undefined): void {
    this.#size = size;
    this.#tid = this.#journal.tid;
  }

  /** Bytes of the write at hand; undefined if they are not told. */
  get size(): number | undefined {
    return this.#tid === this.#journal.tid ? this.#size : undefined;
  }

  /** Undefined for a write of another register. */
  command(offset: number, value: number): Command | undefined {
    if (offset === COMMAND + 1) return { disable: bit(value << 8, INTX_DISABLE), master: undefined };
    if (offset !== COMMAND) return undefined;
    return { disable: this.size === 1 ? undefined : bit(value, INTX_DISABLE), master: bit(value, BUS_MASTER) };
  }
}

/** Memory and I/O Space Enable, BARs, and what may have put the function to sleep. */
export function ordersUnmapping({ of, offset, value }: ConfigWrite, fn: PciFunction): boolean {
  if (of !== fn) return false;
  if (offset === COMMAND) return (value & DECODING) !== DECODING;
  if (offset >= FIRST_BAR && offset < ROM + 4) return true;
  const power = fn.capability(CAPABILITY.power);
  return power === undefined ? bit(value, FUNCTION_RESET) === 0 : offset === power + 4;
}
