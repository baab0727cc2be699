// One bit of a register's value.

/** Bit `n` of the lower 32 bits of `value`. */
export const bitOf = (value: number, n: number): 0 | 1 => (((value >>> n) & 1) === 0 ? 0 : 1);
