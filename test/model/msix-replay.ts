// Replays litmus text on function `a` and says which rules fired at which of its lines.

import { Replay } from '../../src/analyze.js';
import { entry as entryOf } from '../../src/ids.js';
import { parseIrq } from '../../src/import/irq.js';
import type { Machine } from '../../src/model/machine.js';
import type { MsixEntry } from '../../src/model/msix-entry.js';
import { RULES } from '../../src/rules/index.js';

const FULL = 'meta.chan chan=* cover=full\n';
export const RESET = `meta.start state=reset\n${FULL}`;
export const UNKNOWN = `meta.start state=unknown\n${FULL}`;
/** As RESET, but nobody records resets. */
export const UNSEEN_RESETS = `${RESET}meta.chan chan=pci.reset cover=partial\nmeta.chan chan=vm.reset cover=partial\n`;

export const ON = 'msix.ctrl fn=a enable=1 fmask=0\n';
export const UNMASK = 'msix.write fn=a entry=0 field=vc val=0\n';
export const MASK = 'msix.write fn=a entry=0 field=vc val=1\n';
export const FIRE = 'msix.fire fn=a entry=0\n';
export const MESSAGE = 'msix.msg fn=a entry=0 addr=0xfee00000 data=0x41\n';
export const PBA = (val: string): string => `msix.pba.read fn=a base=0 val=${val}\n`;

interface Outcome {
  readonly machine: Machine;
  /** `rule line`, the line counted from 1 without the start, then its severity unless a violation. */
  readonly found: readonly string[];
}

const MARKS = { violation: '', suspicious: ' ?', info: ' i' } as const;

export function replay(start: string, text: string): Outcome {
  const found: string[] = [];
  const run = new Replay({ rules: RULES, onFinding: ({ rule, at, severity }) => found.push(`${rule} ${at.at}${MARKS[severity]}`) });
  run.feed(parseIrq(start, 'start').events);
  run.feed(parseIrq(text, 'test').events);
  return { machine: run.machine, found };
}

export const row = ({ machine }: Outcome, number = 0): MsixEntry => machine.msix.entry('a', entryOf(number));
