// The word in front of a record of a ring buffer (include/linux/ring_buffer.h, enum ring_buffer_type): a type in its low five bits, and the time since the
// record before. Types 1 to 28 are events of so many words.

export const LONG = 0;
export const LARGEST_SHORT = 28;
export const PADDING = 29;
export const TIME_EXTEND = 30;
export const TIME_STAMP = 31;
/** Bits of a delta; an absolute stamp has 59. */
export const DELTA = 2 ** 27;
