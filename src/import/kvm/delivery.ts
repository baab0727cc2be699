// The parts that several KVM tracepoints print alike: `Fixed|physical|edge` (arch/x86/kvm/trace.h, kvm_deliver_mode and
// friends). Modes are numbered as in the registers.

import type { Body } from './body.js';
import { Word } from './text.js';

const VEC = new Word(' vec ');
const OPEN = new Word(' (');
const FIXED = new Word('Fixed');
const OTHER_MODES = ['LowPrio', 'SMI', 'Res3', 'NMI', 'INIT', 'SIPI', 'ExtINT'].map((text) => new Word(text));
const PHYSICAL = new Word('|physical|');
const LOGICAL = new Word('|logical|');
const EDGE = new Word('edge');
const LEVEL = new Word('level');

interface Addressed {
  readonly dst: number;
  readonly vec: number;
  readonly dm: number;
  readonly logical: 0 | 1;
}

/** `1 vec 97 (Fixed|physical|`, the destination hexadecimal: what is sent, and to whom. */
export function readAddressed(body: Body): Addressed {
  const dst = body.hex();
  body.word(VEC);
  const vec = body.decimal();
  body.word(OPEN);
  return { dst, vec, dm: readMode(body), logical: readDestination(body) };
}

/** Delivery mode, 0 Fixed to 7 ExtINT. */
export function readMode(body: Body): number {
  if (body.skip(FIXED)) return 0;
  const other = OTHER_MODES.findIndex((word) => body.skip(word));
  if (other < 0) body.word(FIXED);
  return other + 1;
}

/** Destination mode with the bars around it: 1 is logical. */
function readDestination(body: Body): 0 | 1 {
  if (body.skip(PHYSICAL)) return 0;
  body.word(LOGICAL);
  return 1;
}

export function readTrigger(body: Body): 'edge' | 'level' {
  if (body.skip(EDGE)) return 'edge';
  body.word(LEVEL);
  return 'level';
}
