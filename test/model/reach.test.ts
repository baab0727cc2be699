// Recordings filtered by process: requests of idle CPUs and kernel threads are missing from them.

import { expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import type { Finding } from '../../src/finding.js';
import { parseIrq } from '../../src/import/irq.js';
import { RULES } from '../../src/rules/index.js';

function rulesOf(text: string): string[] {
  const found: Finding[] = [];
  new Replay({ rules: RULES, onFinding: (finding) => found.push(finding) }).feed(parseIrq(`${text}@9000000 meta.end\n`, 'reach').events);
  return found.map(({ rule }) => rule);
}

/** Taken and ended twice, requested once: the second request is missing. */
const taken = (tid: number): string => `@2000000 tid=${tid} on=0 cpu.inject cpu=0 vec=0x41 ext=0\n@3000000 tid=${tid} on=0 apic.eoi cpu=0 vec=0x41\n@4000000 tid=${tid} on=0 cpu.inject cpu=0 vec=0x41 ext=0\n`;
const requested = (tid: number): string => `meta.start state=reset\n@0 tid=5 on=0 apic.svr cpu=0 enable=1 suppress_eoi=0\n@1000000 tid=${tid} on=1 apic.accept cpu=0 vec=0x41 dm=0 trig=edge\n`;

test.each([
  ['several threads of one process may be all that a filter lets through', requested(6) + taken(5), []],
  ['an idle CPU is of no process', requested(0) + taken(5), ['lapic/inject-without-irr']],
  ['one thread has no others', requested(5) + taken(5), ['lapic/inject-without-irr']],
  ['who declares to show all requests filters none', `${requested(6).replace('\n', '\nmeta.chan chan=apic.accept cover=full\n')}${taken(5)}`, ['lapic/inject-without-irr']],
])('%s', (_, text, rules) => {
  expect(rulesOf(text)).toEqual(rules);
});
