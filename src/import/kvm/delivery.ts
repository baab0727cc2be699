// The parts that several KVM tracepoints print alike: `Fixed|physical|edge` (arch/x86/kvm/trace.h, kvm_deliver_mode and
// friends). Modes are numbered as in the registers.

import type { Body } from './body.js';
import { Word } from './text.js';

const FIXED = new Word('Fixed');
const OTHER_MODES = ['LowPrio', 'SMI', 'Res3', 'NMI', 'INIT', 'SIPI', 'ExtINT'].map((text) => new Word(text));
const PHYSICAL = new Word('|physical|');
const LOGICAL = new Word('|logical|');
const EDGE = new Word('edge');
const LEVEL = new Word('level');

/** Delivery mode, 0 Fixed to 7 ExtINT. */
export function readMode(body: Body): number {
  if (body.skip(FIXED)) return 0;
  const other = OTHER_MODES.findIndex((word) => body.skip(word));
  if (other < 0) body.word(FIXED);
  return other + 1;
}

/** Destination mode with the bars around it: 1 is logical. */
export function readDestination(body: Body): 0 | 1 {
  if (body.skip(PHYSICAL)) return 0;
  body.word(LOGICAL);
  return 1;
}

export function readTrigger(body: Body): 'edge' | 'level' {
  if (body.skip(EDGE)) return 'edge';
  body.word(LEVEL);
  return 'level';
}
