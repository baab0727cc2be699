// Samples lie in the file CPU by CPU in the order of time (kernel/events/ring_buffer.c): a time out of that order is a damaged one.

/** ns by which they may be out of it: a sample that comes while another is being made. */
const NESTED = 1e9;

interface Timed {
  readonly cpu: number;
  readonly time: number;
}

export class SampleOrder<S extends Timed> {
  /** Of each CPU the sample that came last, and the time of the one before. */
  readonly #last: { sample: S; before: number }[] = [];

  /** Of two samples that are out of order that which does not follow the one before both, with the time of that. */
  broken(sample: S): { wrong: S; before: number } | undefined {
    const { cpu, time } = sample;
    const last = this.#last[cpu];
    if (last === undefined || time + NESTED >= last.sample.time) {
      this.#last[cpu] = { sample, before: last?.sample.time ?? -Infinity };
      return undefined;
    }
    const { before } = last;
    if (time + NESTED < before) return { wrong: sample, before };
    this.#last[cpu] = { sample, before };
    return { wrong: last.sample, before };
  }
}
