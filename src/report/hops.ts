// The way of an interrupt, hop by hop, and the kinds of event that show each hop.

import { KINDS, isKind, type Kind } from '../kinds.js';

export const HOPS = ['recording', 'device', 'eventfd', 'irqfd', 'route', 'controller', 'vCPU', 'EOI'] as const;
export type Hop = (typeof HOPS)[number];

/** Groups of kinds that belong to one hop as a whole. */
const GROUPS: Readonly<Record<string, Hop>> = {
  meta: 'recording',
  vm: 'recording',
  intx: 'device',
  pci: 'device',
  msix: 'device',
  msi: 'device',
  virtio: 'device',
  vfio: 'device',
  fd: 'eventfd',
  efd: 'eventfd',
  kvm: 'route',
  gsi: 'route',
  ioapic: 'controller',
  pic: 'controller',
  gic: 'controller',
  pgic: 'controller',
  vgic: 'vCPU',
  apic: 'vCPU',
  cpu: 'vCPU',
};

/** Kinds that show another hop than the rest of their group. */
const OTHERS: { readonly [K in Kind]?: Hop } = {
  'kvm.irqfd.assign': 'irqfd',
  'kvm.irqfd.deassign': 'irqfd',
  'kvm.resample': 'irqfd',
  'kvm.eoifd.assign': 'irqfd',
  'kvm.eoifd.deassign': 'irqfd',
  'kvm.eoifd.signal': 'irqfd',
  'kvm.set_irqchip': 'controller',
  'kvm.set_lapic': 'vCPU',
  'vgic.map': 'controller',
  'vgic.unmap': 'controller',
  'pic.inta': 'vCPU',
  'gic.pmr': 'vCPU',
  'gic.eoimode': 'vCPU',
  'gic.iar': 'vCPU',
  'pgic.pmr': 'vCPU',
  'pgic.eoimode': 'vCPU',
  'pgic.iar': 'vCPU',
  'kvm.ack': 'EOI',
  'ioapic.eoi': 'EOI',
  'pic.eoi': 'EOI',
  'apic.eoi': 'EOI',
  'gic.eoir': 'EOI',
  'gic.dir': 'EOI',
  'pgic.eoir': 'EOI',
  'pgic.dir': 'EOI',
};

export const groupOf = (kind: Kind): string => kind.slice(0, kind.indexOf('.'));

export function hopOf(kind: Kind): Hop {
  const hop = OTHERS[kind] ?? GROUPS[groupOf(kind)];
  if (hop === undefined) throw new Error(`${kind} shows no hop`);
  return hop;
}

export const kindsOf = (hop: Hop): Kind[] => Object.keys(KINDS).filter((kind) => isKind(kind)).filter((kind) => hopOf(kind) === hop);
