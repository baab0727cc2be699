// Every event whose body is read, by the recorder's name.

import { ACCESS_BODIES } from './access-bodies.js';
import { APIC_BODIES } from './apic-bodies.js';
import { APICV_BODIES } from './apicv-bodies.js';
import { NOTHING, type ReadBody } from './body.js';
import { LINE_BODIES } from './line-bodies.js';
import { EventName } from './names.js';
import { PROBE_BODIES } from './probe-bodies.js';
import { Word } from './text.js';
import { VGIC_BODIES, VGIC_PROBES } from './vgic-bodies.js';

/** Each line of these has an address, a pointer or a value of its own. */
const VARYING = new Set(['kvm_entry', 'kvm_exit', 'kvm_mmio', 'kvm_apic', 'kvm_msr', 'kvm_cr', 'eventfd_signal', 'eventfd_signal_mask', 'kvm_set_routing_entry']);

const WHERE = new Word('(');

/** `perf probe kvm_set_irq` names the probe like the tracepoint; a probe's line begins with where it is. */
const unlessProbe =
  (read: ReadBody): ReadBody =>
  (body) =>
    body.skip(WHERE) ? NOTHING : read(body);

/** New counters, one per event. */
export function eventNames(): EventName[] {
  const tracepoints = Object.entries({ ...LINE_BODIES, ...APIC_BODIES, ...ACCESS_BODIES, ...APICV_BODIES, ...VGIC_BODIES }).map(([name, read]) => [name, unlessProbe(read)] as const);
  return [...tracepoints, ...Object.entries({ ...PROBE_BODIES, ...VGIC_PROBES })].map(([name, read]) => new EventName(name, read, !VARYING.has(name)));
}
