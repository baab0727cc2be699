// What to record next time: which lines of which recipe would show the kinds of event that a rule could not be judged without.

import type { Kind } from '../kinds.js';
import type { Kernel } from './kernel.js';
import { QEMU_EVENTS } from './qemu-events.js';
import { recipeFor, type KernelTarget } from './recipe.js';
import { SNAPSHOTS } from './snapshots.js';

/** A recipe, as the words behind `irqreplay record`; a log of calls is the program's own. */
export const CALLS = 'calls';
type Source = `--target ${KernelTarget | 'qemu'}` | typeof CALLS;

interface Line {
  readonly source: Source;
  /** As the recipe's tool has it: `kvm:kvm_eoi`, `probe kvm_irqfd`, with `(--kernel)` if it depends on the kernel, a pattern of QEMU's, `snapshot vgic-state`. */
  readonly text: string;
  /** The recorder's name of its events; a pattern for QEMU. */
  readonly name: string;
  readonly shows: readonly Kind[];
  /** Taken by whoever records, whatever happens in the machine. */
  readonly isSnapshot?: true;
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
  'meta.cfg', 'kvm.routes', 'kvm.irqfd.assign', 'kvm.irqfd.deassign', 'fd.open', 'fd.dup', 'fd.close', 'efd.signal', 'efd.read', 'kvm.set_irqchip', 'kvm.set_lapic',
  'msix.ctrl', 'msix.write', 'msix.read', 'msix.fire', 'msix.pba.read', 'msix.reason.clear', 'vm.close',
];

/** A kernel for which every recipe is whole. */
const RECORDED_WITH: Kernel = { major: 6, minor: 1 };

export function linesOf(target: KernelTarget): Line[] {
  const { tracepoints, probes, omitted } = recipeFor(target, undefined, 'irqreplay');
  const whole = recipeFor(target, RECORDED_WITH, 'irqreplay').probes.filter(({ name }) => omitted.includes(name));
  const isArm = target === 'arm64-kvm';
  const source: Source = `--target ${target}`;
  const qemu: Source = '--target qemu';
  const snapshots = (place: keyof typeof SNAPSHOTS, of: Source): Line[] =>
    SNAPSHOTS[place].map(({ name, shows }) => ({ source: of, text: `snapshot ${name}`, name, shows, isSnapshot: true }));
  return [
    ...tracepoints.map(({ system, name, shows }) => ({ source, text: `${system}:${name}`, name, shows })),
    ...probes.map(({ name, shows }) => ({ source, text: `probe ${name}`, name, shows })),
    ...whole.map(({ name, shows }) => ({ source, text: `probe ${name} (--kernel)`, name, shows })),
    ...snapshots(isArm ? 'arm64-host' : 'x86-host', source),
    ...QEMU_EVENTS.filter(({ only }) => only === undefined || (only === 'arm64') === isArm).map(({ pattern, shows }) => ({ source: qemu, text: pattern, name: pattern, shows })),
    ...(isArm ? [] : snapshots('qemu', qemu)),
    { source: CALLS, text: 'a log of the calls', name: '', shows: CALL_KINDS },
  ];
}

/** Of a pattern of QEMU's one event is enough. */
function isRecorded({ name }: Line, recorded: ReadonlySet<string>): boolean {
  const [before = '', after] = name.split('*');
  return after === undefined ? recorded.has(name) : [...recorded].some((each) => each.startsWith(before) && each.endsWith(after));
}

/** Kinds of which one is enough. */
type AnyOf = readonly Kind[];

/** What is wanted of one source: lines of which one each is enough, and the rules that these decide. */
interface Wanted {
  readonly choices: (readonly string[])[];
  readonly rules: string[];
}

/** Each choice once; none from which a line is wanted anyway. */
function texts(choices: readonly (readonly string[])[]): string[] {
  const sure = new Set(choices.filter(({ length }) => length === 1).flat());
  const open = choices.filter((choice) => choice.length > 1 && !choice.some((text) => sure.has(text)));
  return [...new Set([...sure, ...open.map((choice) => `one of ${choice.join(' or ')}`)])];
}

/**
 * `missing` has the undecided rules with what the recording would not show, `recorded` the names of what was recorded. A kind whose line
 * was recorded did not happen: no other recording of the same would help, but a snapshot might.
 */
export function adviceFor(target: KernelTarget, missing: ReadonlyMap<string, readonly AnyOf[]>, recorded: ReadonlySet<string>): Advice[] {
  const lines = linesOf(target);
  const linesFor = (kinds: AnyOf): readonly Line[] => {
    const showing = lines.filter(({ shows }) => kinds.some((kind) => shows.includes(kind)));
    const wasRecorded = showing.some((line) => isRecorded(line, recorded));
    return wasRecorded ? showing.filter((line) => line.isSnapshot === true && !isRecorded(line, recorded)) : showing;
  };
  /** Of one source, the first line for each kind. */
  const choiceOf = (kinds: AnyOf, showing: readonly Line[]): string[] =>
    [...new Set(kinds.flatMap((kind) => showing.find(({ shows }) => shows.includes(kind))?.text ?? []))];
  const advice = new Map<Source, Wanted>();
  for (const [rule, needs] of missing) {
    // whatever is missing must be shown, and by one recorder
    const [first = [], ...others] = needs.map(linesFor);
    const source = first.find((line) => others.every((showing) => showing.some((other) => other.source === line.source)))?.source;
    if (source === undefined) continue;
    const { choices, rules } = advice.get(source) ?? { choices: [], rules: [] };
    choices.push(...needs.map((kinds) => choiceOf(kinds, linesFor(kinds).filter((line) => line.source === source))));
    rules.push(rule);
    advice.set(source, { choices, rules });
  }
  return [...advice].map(([source, { choices, rules }]) => ({ source, lines: texts(choices), rules }));
}
