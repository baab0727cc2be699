// --vm: one of the virtual machines of a host's recording. Whose a record is, is known for certain when all has been read.

import { VmChoice } from '../import/vm-choice.js';
import type { VmFacts } from '../import/vm-facts.js';
import type { VmRoster } from '../import/vms.js';
import { UsageError } from './usage.js';

/** How the records of each host's trace are told apart; other files are left as they are. */
export function choicesOf(vm: string, facts: VmFacts, rosters: readonly VmRoster[]): (VmChoice | undefined)[] {
  if (rosters.every(({ names }) => names.size === 0)) throw new UsageError(`--vm ${vm}: no file is a trace of a host`);
  const found = facts.find(vm);
  if (found !== undefined) return rosters.map((roster) => (roster.names.size === 0 ? undefined : new VmChoice(roster, found)));
  const all = facts.summaries().map(({ vm: name, threads }) => name ?? `threads ${threads.map(({ tid }) => tid).join(', ')}`);
  throw new UsageError(`--vm ${vm}: there is ${all.length === 0 ? 'no VM' : all.join(' and ')}; irqreplay info tells more of them`);
}
