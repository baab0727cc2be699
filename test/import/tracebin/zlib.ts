// A trace.dat of version 7 whose parts are packed with zlib, made from one that is packed with zstd: the layout stays, the packing changes.

import { deflateSync } from 'node:zlib';
import { decompress } from 'fzstd';

const BUFFER = 3;
const FIRST_SECTION = 16;
const LAST_SECTION = 21;

const u32 = (...values: readonly number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer);
const u64 = (value: number): Buffer => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
const u16 = (...values: readonly number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer);

/** `u32 packed, u32 unpacked, data`, once more. */
function repacked(bytes: Buffer, at: number): { piece: Buffer; next: number } {
  const length = bytes.readUInt32LE(at);
  const plain = decompress(bytes.subarray(at + 8, at + 8 + length));
  const packed = deflateSync(plain);
  return { piece: Buffer.concat([u32(packed.length, plain.length), packed]), next: at + 8 + length };
}

class Writer {
  readonly #parts: Buffer[] = [];
  at = 0;

  /** Where the bytes lie. */
  write(...parts: readonly Buffer[]): number {
    const { at } = this;
    for (const part of parts) this.at += part.length;
    this.#parts.push(...parts);
    return at;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

interface Option {
  readonly id: number;
  readonly data: Buffer;
}

/** All options of the chain. */
function* options(bytes: Buffer, first: number): Generator<Option> {
  let at = first + 16;
  for (;;) {
    const id = bytes.readUInt16LE(at);
    const data = bytes.subarray(at + 6, at + 6 + bytes.readUInt32LE(at + 2));
    at += 6 + data.length;
    if (id !== 0) yield { id, data };
    else if (data.readBigUInt64LE() === 0n) return;
    else at = Number(data.readBigUInt64LE()) + 16;
  }
}

function moved({ id, data }: Option, bytes: Buffer, to: Writer): Option {
  if (id >= FIRST_SECTION && id <= LAST_SECTION) {
    const from = Number(data.readBigUInt64LE());
    const packed = (bytes.readUInt16LE(from + 2) & 1) === 1;
    const piece = packed ? repacked(bytes, from + 16).piece : bytes.subarray(from + 16, from + 16 + Number(bytes.readBigUInt64LE(from + 8)));
    return { id, data: u64(to.write(u16(id, packed ? 1 : 0), u32(0), u64(piece.length), piece)) };
  }
  if (id !== BUFFER) return { id, data };
  const copy = Buffer.from(data);
  copy.writeBigUInt64LE(BigInt(to.write(u16(BUFFER, 1), u32(0), u64(0))), 0);
  // Behind the names of the buffer and of its clock, the page size and the number of CPUs.
  let at = copy.indexOf(0, copy.indexOf(0, 8) + 1) + 9;
  for (; at < copy.length; at += 20) {
    const from = Number(copy.readBigUInt64LE(at + 4));
    const pieces = [bytes.subarray(from, from + 4)];
    for (let left = bytes.readUInt32LE(from), next = from + 4; left > 0; left--) {
      const chunk = repacked(bytes, next);
      pieces.push(chunk.piece);
      next = chunk.next;
    }
    copy.writeBigUInt64LE(BigInt(to.write(...pieces)), at + 4);
  }
  return { id, data: copy };
}

export function withZlib(zstd: Buffer): Buffer {
  const end = zstd.indexOf('1.5.4\0') + 6;
  const to = new Writer();
  to.write(zstd.subarray(0, 18), Buffer.from('zlib\x001.3\x00'), u64(0));
  const place = to.at - 8;
  const all = [...options(zstd, Number(zstd.readBigUInt64LE(end)))].map((option) => moved(option, zstd, to));
  const body = Buffer.concat([...all, { id: 0, data: u64(0) }].flatMap(({ id, data }) => [u16(id), u32(data.length), data]));
  const at = to.write(u16(0, 0), u32(0), u64(body.length), body);
  const { bytes } = to;
  bytes.writeBigUInt64LE(BigInt(at), place);
  return bytes;
}
