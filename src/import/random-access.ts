// Bytes that can be read anywhere: what formats with offsets are read through. open.ts makes them of files.

/** How sections of a recording are packed by themselves. */
export type Packing = 'zlib' | 'gzip' | 'zstd';

export interface RandomAccess {
  readonly size: number;
  /** Fills `target` from `offset` on; the number of bytes that were there, fewer only at the end. */
  read(target: Buffer, offset: number): number;
  /** Unpacks to exactly `size` bytes; throws where the bytes are not sound. */
  unpack(packing: Packing, packed: Buffer, size: number): Buffer;
}

/** Bytes that are there already: a section that has been unpacked. */
export function inMemory(bytes: Buffer, { unpack }: Pick<RandomAccess, 'unpack'>): RandomAccess {
  return { size: bytes.length, read: (target, offset) => bytes.copy(target, 0, Math.min(offset, bytes.length)), unpack };
}
