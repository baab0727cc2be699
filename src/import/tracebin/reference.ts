// The point from which a recording's stamps are counted: 64-bit numbers become exact doubles.

export class Reference {
  #stamp: bigint | undefined;

  /** The first stamp seen. */
  get stamp(): bigint {
    return this.#stamp ?? 0n;
  }

  /** ns, or ticks, from the reference. */
  from(stamp: bigint): number {
    return Number(stamp - (this.#stamp ??= stamp));
  }
}
