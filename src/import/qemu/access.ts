// memory_region_ops_write and _read (QEMU softmmu/memory.c): every emulated access, told by the region's name and handed to
// whoever models the region. A write is printed before its handler runs, a read after it with the value read.

import { NOTHING, type ReadBody } from '../kvm/body.js';
import { Word } from '../kvm/text.js';
import type { QemuAssembler } from './assembler.js';
import { LONGER_ACCESS } from './limits.js';

export interface Access {
  readonly write: boolean;
  /** The vCPU whose thread did it, -1 for any other thread (a device's, a test program's). */
  readonly cpu: number;
  /** The MemoryRegion's address in QEMU: tells regions of one name apart. */
  readonly mr: number;
  /** Guest physical address; exact below 2^53. */
  readonly addr: number;
  /** Low and high half. */
  readonly value: number;
  readonly high: number;
  /** Bytes. */
  readonly size: number;
  /** The region's name. */
  readonly region: string;
}

const CPU = new Word('cpu ');
const MR = new Word(' mr 0x');
const ADDR = new Word(' addr 0x');
const VALUE = new Word(' value 0x');
const SIZE = new Word(' size ');
const NAME = new Word(" name '");
const QUOTE = 39;
const DWORD = 0x1_0000_0000;

/** Has a value no more bytes than are accessed? What is written always, before it gets to a region. */
export const fitsIn = (size: number, value: number, high = 0): boolean => size >= 8 || (high === 0 && (size >= 4 || value < 1 << (8 * size)));

/** Up to QEMU 5.2 the line ends behind the size: which region it is cannot be told. */
function access(write: boolean): ReadBody<QemuAssembler> {
  return (body) => {
    body.word(CPU);
    const cpu = body.signed();
    body.word(MR);
    const mr = body.pointer();
    body.word(ADDR);
    const low = body.hexLong();
    const addr = body.high * DWORD + low;
    body.word(VALUE);
    const value = body.hexLong();
    const { high } = body;
    body.word(SIZE);
    const size = body.below(LONGER_ACCESS);
    if (write && !fitsIn(size, value, high)) return undefined;
    if (!body.skip(NAME)) return body.whole(NOTHING);
    const region = body.until(QUOTE);
    return body.whole((qemu: QemuAssembler) => qemu.accessed({ write, cpu, mr, addr, value, high, size, region }));
  };
}

export const ACCESS_BODIES: Readonly<Record<string, ReadBody<QemuAssembler>>> = {
  memory_region_ops_write: access(true),
  memory_region_ops_read: access(false),
};
