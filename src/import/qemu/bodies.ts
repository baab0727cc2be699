// Every event of QEMU whose body is read, by its name.

import type { ReadBody } from '../kvm/body.js';
import { EventName } from '../kvm/names.js';
import { ACCESS_BODIES } from './access.js';
import { APIC_BODIES } from './apic-bodies.js';
import type { QemuAssembler } from './assembler.js';
import { GIC_BODIES } from './gic-bodies.js';
import { IOAPIC_BODIES } from './ioapic-bodies.js';
import { MODEL_BODIES } from './model-bodies.js';
import { PCI_BODIES } from './pci-bodies.js';
import { PIC_BODIES } from './pic-bodies.js';
import { ROUTE_BODIES } from './route-bodies.js';
import { VFIO_BODIES } from './vfio-bodies.js';

export const QEMU_BODIES: Readonly<Record<string, ReadBody<QemuAssembler>>> = {
  ...ACCESS_BODIES,
  ...APIC_BODIES,
  ...GIC_BODIES,
  ...IOAPIC_BODIES,
  ...MODEL_BODIES,
  ...PCI_BODIES,
  ...PIC_BODIES,
  ...ROUTE_BODIES,
  ...VFIO_BODIES,
};

/** Each line of these has an address or a value of its own: what they meant is not worth remembering. */
const VARYING = new Set(['memory_region_ops_write', 'memory_region_ops_read']);

/** New counters, one per event. */
export function qemuNames(): EventName<QemuAssembler>[] {
  return Object.entries(QEMU_BODIES).map(([name, read]) => new EventName(name, read, !VARYING.has(name), ' '));
}
