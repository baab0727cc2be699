// How findings print the value of a register.

/** A negative number stands for 32 bits. */
export const hex = (value: number): string => `0x${(value < 0 ? value >>> 0 : value).toString(16)}`;
