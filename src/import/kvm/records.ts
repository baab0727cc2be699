// Every event whose binary records are read, by the recorder's name: the twin of bodies.ts. An event that is not listed is
// counted and stepped over.

import { ACCESS_RECORDS } from './access-records.js';
import { APIC_RECORDS } from './apic-records.js';
import { APICV_RECORDS } from './apicv-records.js';
import { LINE_RECORDS } from './line-records.js';
import { HANDLER_RECORDS, PROBE_RECORDS } from './probe-records.js';
import type { CompileRecord, Fields, ReadRecord } from './record.js';
import { VGIC_PROBE_RECORDS, VGIC_RECORDS } from './vgic-records.js';

/** Text that a user wrote into trace_marker (kernel/trace/trace_entries.h, FTRACE_ENTRY print). */
const marker: CompileRecord = (fields) => {
  const text = fields.text('buf');
  return (kvm, record) => kvm.note(text.of(record).replace(/\n+$/, ''));
};

const TRACEPOINTS = new Map(Object.entries({ ...LINE_RECORDS, ...APIC_RECORDS, ...ACCESS_RECORDS, ...APICV_RECORDS, ...VGIC_RECORDS, ...HANDLER_RECORDS, print: marker, tracing_mark_write: marker }));
const PROBES = new Map(Object.entries({ ...PROBE_RECORDS, ...VGIC_PROBE_RECORDS }));

/** Events that are read, by name. */
export const READ_EVENTS: readonly string[] = [...new Set([...TRACEPOINTS.keys(), ...PROBES.keys()])];

/** `perf probe kvm_set_irq` names the probe like the tracepoint: its fields tell which it is. Undefined for events that mean nothing here. */
export function recordReader(name: string, fields: Fields): ReadRecord | undefined {
  return (fields.probed ? PROBES : TRACEPOINTS).get(name)?.(fields);
}
