// What to record next time: which lines of which recipe would show the kinds of event that a rule could not be judged without.

import type { Kind } from '../kinds.js';
import { QEMU_EVENTS } from './qemu-events.js';
import { recipeFor, type KernelTarget } from './recipe.js';

/** A recipe, as the words behind `irqreplay record`; a log of calls is the program's own. */
export const CALLS = 'calls';
type Source = `--target ${KernelTarget | 'qemu'}` | typeof CALLS;

interface Line {
  readonly source: Source;
  /** As the recipe's tool has it: `kvm:kvm_eoi`, `probe kvm_irqfd`, a pattern of QEMU's. */
  readonly text: string;
  /** The recorder's name of its events; a pattern for QEMU. */
  readonly name: string;
  readonly shows: readonly Kind[];
}

export interface Advice {
  readonly source: Source;
  /** What to record there, as far as it was not. */
  readonly lines: readonly string[];
  /** Rules that this would decide, together with what is recorded already. */
  readonly rules: readonly string[];
}

/** Calls that a program which logs its own shows (the JSON lines of an ioctl log). */
const CALL_KINDS: readonly Kind[] = [
  'kvm.routes', 'kvm.irqfd.assign', 'kvm.irqfd.deassign', 'fd.open', 'fd.dup', 'fd.close', 'efd.signal', 'efd.read', 'kvm.set_irqchip', 'kvm.set_lapic',
  'msix.ctrl', 'msix.write', 'msix.read', 'msix.fire', 'msix.pba.read', 'msix.reason.clear', 'vm.close',
];

function linesOf(target: KernelTarget): Line[] {
  const { tracepoints, probes } = recipeFor(target, undefined, 'irqreplay');
  const source: Source = `--target ${target}`;
  return [
    ...tracepoints.map(({ system, name, shows }) => ({ source, text: `${system}:${name}`, name, shows })),
    ...probes.map(({ name, shows }) => ({ source, text: `probe ${name}`, name, shows })),
    ...QEMU_EVENTS.filter(({ only }) => only === undefined || (only === 'arm64') === (target === 'arm64-kvm')).map(({ pattern, shows }) => ({ source: '--target qemu' as const, text: pattern, name: pattern, shows })),
    { source: CALLS, text: 'a log of the calls', name: '', shows: CALL_KINDS },
  ];
}

const isRecorded = ({ name }: Line, recorded: ReadonlySet<string>): boolean =>
  name.endsWith('*') ? [...recorded].some((each) => each.startsWith(name.slice(0, -1))) : recorded.has(name);

/**
 * `missing` has the undecided rules with the kinds that the recording would not show, `recorded` the names of what was recorded. A kind whose line
 * was recorded did not happen: no other recording of the same would help.
 */
export function adviceFor(target: KernelTarget, missing: ReadonlyMap<string, readonly Kind[]>, recorded: ReadonlySet<string>): Advice[] {
  const lines = linesOf(target);
  const lineFor = (kind: Kind): Line | undefined => {
    const showing = lines.filter(({ shows }) => shows.includes(kind));
    return showing.some((line) => isRecorded(line, recorded)) ? undefined : showing[0];
  };
  const advice = new Map<Source, { lines: Set<string>; rules: string[] }>();
  for (const [rule, kinds] of missing) {
    const needed = kinds.map(lineFor).filter((line) => line !== undefined);
    const [first] = needed;
    // every kind that is missing must be shown, and by one recorder
    if (first === undefined || needed.length < kinds.length || needed.some(({ source }) => source !== first.source)) continue;
    const { lines: texts, rules } = advice.get(first.source) ?? { lines: new Set(), rules: [] };
    for (const { text } of needed) texts.add(text);
    advice.set(first.source, { lines: texts, rules: [...rules, rule] });
  }
  return [...advice].map(([source, { lines: texts, rules }]) => ({ source, lines: [...texts], rules }));
}
