// How far the heap may grow beyond what is alive in it. V8 lets it grow to several times that, which saves nothing here: events die young, and what
// lives on is the machine and a group of rows (V8 Heap::MaxGrowingFactor, flag-definitions.h heap_growing_percent).

import { setFlagsFromString } from 'node:v8';

const GROWTH_PERCENT = 50;

/**
 * Where far more dies than lives: the young objects' space, which grows while a program runs, stays as it is (V8 NewSpace::Grow). Buffers are freed only
 * when it has filled up, and to fill 16 MB of it takes parquetjs-lite many times that in buffers.
 */
export function keepYoungSpaceSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** For the whole process: only a program may do that, not a library. */
export function keepHeapSmall(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
