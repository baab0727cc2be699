// A column in a group of rows: its values, close together, and which rows have one.

export type Value = number | string | bigint;

export class Cells {
  readonly #values: readonly Value[];
  /** 1 for a row that has a value; undefined if all have one. */
  readonly #levels: Uint8Array | undefined;
  /** Number of the values before this row. */
  readonly #before = { row: 0, values: 0 };

  constructor(values: readonly Value[], levels: Uint8Array | undefined) {
    this.#values = values;
    this.#levels = values.length === levels?.length ? undefined : levels;
  }

  /** Rows that have a value. */
  get count(): number {
    return this.#values.length;
  }

  /** Fast when asked for rows in their order. */
  at(row: number): Value | undefined {
    const levels = this.#levels;
    if (levels === undefined) return this.#values[row];
    if (levels[row] !== 1) return undefined;
    const before = this.#before;
    if (row < before.row) before.row = before.values = 0;
    for (; before.row < row; before.row++) before.values += levels[before.row] ?? 0;
    return this.#values[before.values];
  }
}
