// Dynamic probes: what they fetch, and their definitions in the words of Documentation/trace/kprobetrace.rst.

import type { Kind } from '../kinds.js';
import { isAtLeast, kernelText, type Kernel } from './kernel.js';

/** The first kernel that has a function or tracepoint, and the first that has it no more. */
export interface Lifetime {
  readonly since?: readonly [number, number];
  readonly until?: readonly [number, number];
}

/** One value that a probe fetches. */
export interface ProbeField {
  readonly name: string;
  /** `flag`: true or false, a byte of its own or, since some kernel between 6.12 and 7.2, one bit of several. */
  readonly type: 's32' | 'u8' | 'u32' | 'u64' | 'x32' | 'x64' | 'flag';
  /** Number of the function's argument, from 1; 0 is what it returns. */
  readonly arg: number;
  /** Offset in what the argument points to; absent if the argument itself is the value. */
  readonly at?: number;
  /**
   * The offset lies in a structure of the kernel's own, which differs by version and configuration: the kernels where it was checked.
   * Absent: in a structure of the user interface, or one that did not change from 5.10 to 7.2.
   */
  readonly checked?: readonly string[];
  /** The same by the names of the kernel's type information: `irq->intid`. */
  readonly typed?: string;
}

export interface Probe extends Lifetime {
  readonly name: string;
  /** The function. No module before it: a probe of a module that is not there would be taken and never hit. */
  readonly on: string;
  readonly atReturn?: true;
  /** One that lies elsewhere in some kernels stands more than once. */
  readonly fields: readonly ProbeField[];
  /** Kinds of event that the importer makes of its lines, alone or with others. */
  readonly shows: readonly Kind[];
  /** Fields without which its lines say nothing. */
  readonly needs: readonly string[];
}

/** How a probe names what it fetches. `offsets`: registers, for a kernel whose set was recorded with; `typed` and `portable`: by number of the argument. */
export type Form = 'offsets' | 'typed' | 'portable';

export interface Machine {
  readonly registers: readonly string[];
  /** Kernels on which the whole set was recorded with, by register and offset. */
  readonly tested: readonly string[];
  /** Those where it was by number of the argument. */
  readonly tried: readonly string[];
}

/** Type information in probes: structures since 6.6 (Documentation/trace/kprobetrace.rst, "BTF"). */
export function formOf(kernel: Kernel | undefined, { tested }: Machine): Form {
  if (kernel === undefined) return 'portable';
  if (tested.includes(kernelText(kernel))) return 'offsets';
  return isAtLeast(kernel, 6, 6) ? 'typed' : 'portable';
}

/** Of an unknown kernel: whether the older ones have it. */
export function existsOn({ since, until }: Lifetime, kernel: Kernel | undefined): boolean {
  if (kernel === undefined) return since === undefined;
  return (since === undefined || isAtLeast(kernel, ...since)) && !(until !== undefined && isAtLeast(kernel, ...until));
}

/** Undefined if the value cannot be fetched in this form. The kernel picks a bit out of several only where no type is named. */
function fetchOf(field: ProbeField, form: Form, kernel: Kernel | undefined, { registers }: Machine): string | undefined {
  const { name, arg, at, checked, typed } = field;
  const type = field.type === 'flag' ? 'u8' : field.type;
  if (arg === 0) return `${name}=$retval:${type}`;
  const place = form === 'offsets' ? registers[arg - 1] : `$arg${arg}`;
  if (place === undefined) throw new Error(`${name}: no register for argument ${arg}`);
  if (at === undefined) return `${name}=${place}:${type}`;
  const isKnown = checked === undefined || (kernel !== undefined && checked.includes(kernelText(kernel)));
  if (isKnown) return `${name}=${at < 0 ? '' : '+'}${at}(${place}):${type}`;
  return form === 'typed' && typed !== undefined ? `${name}=${typed}${field.type === 'flag' ? '' : `:${type}`}` : undefined;
}

/** A line for `kprobe_events`; undefined if what the probe is for cannot be fetched on this kernel. */
export function probeLine(probe: Probe, kernel: Kernel | undefined, machine: Machine, group: string): string | undefined {
  const form = formOf(kernel, machine);
  const fetched = probe.fields.flatMap((field) => {
    const value = fetchOf(field, form, kernel, machine);
    return value === undefined ? [] : [{ name: field.name, value }];
  });
  if (probe.needs.some((need) => !fetched.some(({ name }) => name === need))) return undefined;
  return [`${probe.atReturn === true ? 'r' : 'p'}:${group}/${probe.name}`, probe.on, ...fetched.map(({ value }) => value)].join(' ');
}
