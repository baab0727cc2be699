// A probe as a clause of a bpftrace program that prints the line which the kernel's own probe would (docs/language of bpftrace 0.17 and later).

import { kernelText, type Kernel } from './kernel.js';
import type { Probe, ProbeField } from './probe.js';

interface Form {
  readonly cast: string;
  readonly print: string;
}

const FORMS: Readonly<Record<ProbeField['type'], Form>> = {
  s32: { cast: 'int32', print: '%d' },
  u8: { cast: 'uint8', print: '%d' },
  flag: { cast: 'uint8', print: '%d' },
  u32: { cast: 'uint32', print: '%u' },
  u64: { cast: 'uint64', print: '%llu' },
  x32: { cast: 'uint32', print: '0x%x' },
  x64: { cast: 'uint64', print: '0x%llx' },
};

/** Undefined if the value lies at an offset that was not checked for this kernel. */
function valueOf({ type, arg, at, checked }: ProbeField, kernel: Kernel | undefined): string | undefined {
  const { cast } = FORMS[type];
  if (arg === 0) return `(${cast})retval`;
  const place = `arg${arg - 1}`;
  if (at === undefined) return `(${cast})${place}`;
  if (checked !== undefined && (kernel === undefined || !checked.includes(kernelText(kernel)))) return undefined;
  return `*(${cast}*)(${place} ${at < 0 ? '-' : '+'} ${Math.abs(at)})`;
}

/** What stands before a line's name; `nsecs` is CLOCK_MONOTONIC, trace-cmd's `mono`, read once: it goes on. */
const PREFIX = '%s-%d [%03d] %llu.%09llu:';
const PREFIX_VALUES = 'comm, tid, cpu, $t / 1000000000, $t % 1000000000';

/** One clause; undefined if what the probe is for cannot be fetched on this kernel. */
export function bpftraceClause({ name, on, atReturn, fields, needs }: Probe, kernel: Kernel | undefined): string | undefined {
  const fetched = fields.map((field) => ({ ...field, value: valueOf(field, kernel) })).filter(({ value }) => value !== undefined);
  if (needs.some((need) => !fetched.some((field) => field.name === need))) return undefined;
  const format = [PREFIX, `${name}:`, `(${on})`, ...fetched.map((field) => `${field.name}=${FORMS[field.type].print}`)].join(' ');
  const values = [PREFIX_VALUES, ...fetched.map(({ value }) => value)].join(', ');
  return `${atReturn === true ? 'kretprobe' : 'kprobe'}:${on} { $t = nsecs; printf("${format}\\n", ${values}); }`;
}
