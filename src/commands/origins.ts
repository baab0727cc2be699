// Files that native recordings name as the sources of their events, numbered behind the recordings themselves.

export class Origins {
  /** Their recorders, in the order of their numbers. */
  readonly recorders = new Map<string, string>();
  /** Streams that name others as their sources. */
  readonly namers = new Set<number>();
  /** By how many ns the clock of each stream and origin may be off that of the others; none if they have one. Grows with the origins. */
  readonly uncertainties: number[] = [];
  readonly #streams: number;

  /** `streams`: how many recordings are read. */
  constructor(streams: number) {
    this.#streams = streams;
  }

  /** The number of the file that a stream names; its clock is that of the stream. */
  numberOf(stream: number, file: string, recorder: string): number {
    this.namers.add(stream);
    if (recorder !== '' || !this.recorders.has(file)) this.recorders.set(file, recorder);
    const number = this.#streams + [...this.recorders.keys()].indexOf(file);
    if (this.uncertainties.length > 0) this.uncertainties[number] = Math.max(this.uncertainties[number] ?? 0, this.uncertainties[stream] ?? 0);
    return number;
  }
}
