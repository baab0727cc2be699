// How far the heap may grow beyond what is alive in it. V8 lets it grow to several times that, which saves nothing here: events die young, and what
// lives on is the machine and a group of rows (V8 Heap::MaxGrowingFactor, flag-definitions.h heap_growing_percent).

import { setFlagsFromString } from 'node:v8';

const GROWTH_PERCENT = 50;

/** For the whole process: only a program may do that, not a library. */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
