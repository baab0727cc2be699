// Which events belong to one GSI, pin, vector, INTID or device, so that a recording without those of the others tells of the chosen one what it told before.
// What things share, or what joins two of them, is nobody's own and is not listed: irqfds and routes, the entries of the IOAPIC,
// the 8259 pair (a non-specific EOI ends whatever is in service), list registers, physical interrupts (a virtual one may stand for any), INTx wires.

import type { Event } from '../event.js';
import { KINDS, isKind, type Kind } from '../kinds.js';
import { withoutDomain } from '../pci-name.js';

export const THINGS = ['gsi', 'pin', 'vector', 'intid', 'device'] as const;
export type Thing = (typeof THINGS)[number];

interface Belonging {
  /** Kinds of events that are one thing's own. */
  readonly own: readonly Kind[];
  /** The field that names it. */
  readonly field: (event: Event) => unknown;
  /** What `field` says of the thing that a person names; the same if absent. */
  readonly chosen?: (value: unknown) => unknown;
  /** Kinds whose meaning rests on all things of the sort. */
  readonly across: readonly Kind[];
  /**
   * How findings name it, where events of another one cannot bear on what is found of it: a vector or an INTID may have come in between,
   * a function may have been given what was another's.
   */
  readonly entity?: (value: unknown) => string;
}

const family = (...prefixes: readonly string[]): Kind[] => Object.keys(KINDS).filter(isKind).filter((kind) => prefixes.some((prefix) => kind.startsWith(prefix)));
const having = (field: string, kinds: readonly Kind[]): Kind[] => kinds.filter((kind) => Object.hasOwn(KINDS[kind], field));
const named = (field: string) => (event: Event): unknown => Reflect.get(event, field);

const asDevice = (name: unknown): unknown => (typeof name === 'string' ? withoutDomain(name) : name);

export const BELONGINGS: Readonly<Record<Thing, Belonging>> = {
  gsi: {
    own: ['gsi.void', 'kvm.set_irq', 'kvm.routed', 'kvm.msi', 'kvm.ack', 'kvm.resample', 'kvm.mask', 'kvm.unmask', 'kvm.pending', 'kvm.inject', 'efd.signal', 'efd.void'],
    field: named('gsi'),
    across: [],
    entity: (gsi) => `gsi:${String(gsi)}`,
  },
  pin: { own: ['ioapic.in', 'ioapic.cleared', 'ioapic.deliver'], field: named('pin'), across: [], entity: (pin) => `pin:ioapic/${String(pin)}` },
  // Without its vector an EOI ends the highest in service.
  vector: { own: ['kvm.msi', 'apic.accept', 'apic.msg', 'apic.ipi', 'cpu.inject', 'apic.eoi'], field: named('vec'), across: ['apic.eoi', 'apic.read'] },
  // The running priority is that of whatever was acknowledged.
  intid: { own: [...having('id', family('gic.')), 'vgic.irq'], field: (event) => ('id' in event ? event.id : named('vid')(event)), across: ['gic.rpr'] },
  device: {
    own: [...having('fn', family('msix.', 'msi.', 'virtio.')), ...having('dev', family('vfio.'))],
    field: (event) => asDevice('fn' in event ? event.fn : named('dev')(event)),
    chosen: asDevice,
    across: [],
  },
};
