// Runs of equal numbers, and of numbers packed into bits (Parquet format: RLE/bit-packing hybrid): levels and places in a dictionary.
// A run is refused that is longer than what is left to fill.

type Numbers = Int32Array | Uint8Array;

/** Fills `out` with numbers of `width` bits; of levels with 8 at most. */
export function readRuns<N extends Numbers>(bytes: Buffer, width: number, out: N): N {
  if (width > 31) throw new Error(`numbers of ${width} bits`);
  const count = out.length;
  let at = 0;
  const next = (): number => {
    const byte = bytes[at++];
    if (byte === undefined) throw new Error('runs that end early');
    return byte;
  };
  for (let done = 0; done < count; ) {
    let header = 0;
    for (let shift = 0, byte = 0x80; byte & 0x80; shift += 7) {
      if (shift > 28) throw new Error('a run of too great a length');
      header |= ((byte = next()) & 0x7f) << shift;
    }
    const length = header >>> 1;
    if (length === 0) throw new Error('an empty run');
    if (header & 1) {
      done = unpackBits(out, done, { next, width, length: length * 8 });
      continue;
    }
    if (length > count - done) throw new Error(`a run of ${length} where ${count - done} are left`);
    let value = 0;
    for (let shift = 0; shift < width; shift += 8) value |= next() << shift;
    if (value >>> width !== 0) throw new Error(`${value} in ${width} bits`);
    out.fill(value, done, (done += length));
  }
  return out;
}

/** The last run may be filled up to a multiple of eight. */
function unpackBits(out: Numbers, from: number, { next, width, length }: { next: () => number; width: number; length: number }): number {
  const end = Math.min(out.length, from + length);
  let bits = 0;
  let held = 0;
  for (let i = from; i < end; i++) {
    // more than 24 bits are put together byte by byte
    let value = 0;
    for (let got = 0; got < width; ) {
      if (held === 0) {
        bits = next();
        held = 8;
      }
      const take = Math.min(held, width - got);
      value |= (bits & ((1 << take) - 1)) << got;
      bits >>>= take;
      held -= take;
      got += take;
    }
    out[i] = value;
  }
  for (let rest = Math.ceil(((length - (end - from)) * width - held) / 8); rest > 0 && end < out.length; rest--) next();
  return end;
}
