// What to record of a machine, as plain data: chosen by what runs there and by the version of its kernel.

import type { Kind } from '../kinds.js';
import { ARM64, ARM64_PROBES } from './arm64-probes.js';
import { bpftraceClause } from './bpftrace.js';
import { kernelText, type Kernel } from './kernel.js';
import { VFIO_PROBES } from './kvm-probes.js';
import { existsOn, formOf, probeLine, type Form, type Machine, type Probe } from './probe.js';
import { ARM64_TRACEPOINTS, HANDLER_TRACEPOINTS, X86_TRACEPOINTS, type Tracepoint } from './tracepoints.js';
import { X86, X86_PROBES } from './x86-probes.js';

export const TARGETS = ['x86-kvm', 'arm64-kvm', 'vfio', 'qemu'] as const;
/** What runs there: a KVM host, one with assigned devices (x86), or QEMU seen from inside. */
export type Target = (typeof TARGETS)[number];
/** What a kernel's trace can show. */
export type KernelTarget = Exclude<Target, 'qemu'>;

export interface ProbeRecipe {
  readonly name: string;
  /** For `kprobe_events`. */
  readonly line: string;
  readonly shows: readonly Kind[];
}

export interface Recipe {
  readonly target: KernelTarget;
  readonly tracepoints: readonly Tracepoint[];
  readonly probes: readonly ProbeRecipe[];
  /** The same for bpftrace: each function with what to do there. They write a file of their own: what tracepoints show would stand in both. */
  readonly clauses: readonly { readonly on: string; readonly text: string }[];
  /** Probes that this kernel's recipe leaves out, because they cannot be fetched without knowing its structures. */
  readonly omitted: readonly string[];
  /** Sentences: which form the probes have, and why. */
  readonly notes: readonly string[];
}

const MACHINES: Readonly<Record<KernelTarget, Machine>> = { 'x86-kvm': X86, vfio: X86, 'arm64-kvm': ARM64 };
const PROBES: Readonly<Record<KernelTarget, readonly Probe[]>> = {
  'x86-kvm': X86_PROBES,
  vfio: [...X86_PROBES, ...VFIO_PROBES],
  'arm64-kvm': ARM64_PROBES,
};
const TRACEPOINTS: Readonly<Record<KernelTarget, readonly Tracepoint[]>> = {
  'x86-kvm': X86_TRACEPOINTS,
  vfio: [...X86_TRACEPOINTS, ...HANDLER_TRACEPOINTS],
  'arm64-kvm': [...ARM64_TRACEPOINTS, ...HANDLER_TRACEPOINTS],
};

function formNote(form: Form, kernel: Kernel | undefined, { tested, tried }: Machine): string {
  const known = [...tested, ...tried].join(', ');
  if (form === 'offsets') return `Probes by register and offset: this set was recorded with on a kernel ${tested.join(', ')}.`;
  const isTried = kernel !== undefined && tried.includes(kernelText(kernel));
  const which = isTried ? `this set was recorded with on ${kernelText(kernel)}` : kernel === undefined ? 'the kernel is not named (--kernel)' : `no set was recorded with on ${kernelText(kernel)}, only on ${known}`;
  const typed = form === 'typed' ? ', structures by the kernel\'s type information' : '';
  return `Probes by argument number${typed}: ${which}.`;
}

/** `group` is the probes' group of events. */
export function recipeFor(target: KernelTarget, kernel: Kernel | undefined, group: string): Recipe {
  const machine = MACHINES[target];
  const there = PROBES[target].filter((probe) => existsOn(probe, kernel));
  const lines = there.map((probe) => ({ probe, line: probeLine(probe, kernel, machine, group) }));
  const omitted = lines.flatMap(({ probe, line }) => (line === undefined ? [probe.name] : []));
  // The scripts go by what a kernel has: of an unknown one they may ask for all.
  const tracepoints = TRACEPOINTS[target].filter((tracepoint) => kernel === undefined || existsOn(tracepoint, kernel));
  // A return is of use only where its call is told, and a call where its beginning is.
  const isTraced = (kind: Kind): boolean => kind === 'kvm.routed' || kind.endsWith('.void') || tracepoints.some(({ shows }) => shows.includes(kind));
  const notes = [formNote(formOf(kernel, machine), kernel, machine)];
  if (omitted.length > 0) notes.push(`Left out, because what they fetch lies at offsets that were not checked for this kernel: ${[...new Set(omitted)].join(', ')}.`);
  return {
    target,
    tracepoints,
    probes: lines.flatMap(({ probe: { name, shows }, line }) => (line === undefined ? [] : [{ name, line, shows }])),
    clauses: there.filter(({ shows }) => !shows.every(isTraced)).flatMap((probe) => {
      const text = bpftraceClause(probe, kernel);
      return text === undefined ? [] : [{ on: probe.on, text }];
    }),
    omitted: [...new Set(omitted)],
    notes,
  };
}
