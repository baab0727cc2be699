// One KVM_SET_GSI_ROUTING call, put together from the probes on kvm_set_irq_routing and kvm_set_routing_entry
// (virt/kvm/irqchip.c, arch/x86/kvm/irq_comm.c, arch/arm64/kvm/vgic/vgic-irqfd.c).

import type { EventOf } from '../../event.js';
import { stamped, type Stamp } from '../stamp.js';

/** KVM_MAX_IRQ_ROUTES: the kernel takes no more entries. */
const MAX_ENTRIES = 4096;
const IRQCHIP = 1;
const MSI = 2;
/** KVM_IRQ_ROUTING_HV_SINT and _XEN_EVTCHN: valid, but no interrupt of this model. */
const OTHER_TYPES = new Set([4, 5]);
const IOAPIC = 2;
const PIC_PINS = 8;
const IOAPIC_PINS = 24;
const GIC_PINS = 988;

/** `struct kvm_irq_routing_entry`: the union's first words are chip and pin, or address low, address high and data. */
export interface RoutingEntry {
  readonly gsi: number;
  readonly type: number;
  readonly u0: number;
  readonly u1: number;
  readonly u2: number;
}

/** Of which kind of host the table is, if it is known. */
type Arch = 'arm64' | 'x86' | undefined;

/** The vGIC's pins are those of chip 0, as the 8259's are. */
const isGicPin = ({ type, u0 }: RoutingEntry, isGic: boolean): boolean => isGic && type === IRQCHIP && u0 === 0;

function entryText({ gsi, type, u0, u1, u2 }: RoutingEntry): string {
  if (type === MSI) return `${gsi}:msi@0x${((BigInt(u1) << 32n) | BigInt(u0)).toString(16)}/0x${u2.toString(16)}`;
  if (type !== IRQCHIP || u0 > IOAPIC) return `${gsi}:other`;
  return u0 === IOAPIC ? `${gsi}:ioapic.${u1}` : `${gsi}:pic.${u0 * PIC_PINS + u1}`;
}

/** What kvm_set_routing_entry itself refuses: an unknown type, chip or pin. */
function refused({ type, u0, u1 }: RoutingEntry): boolean {
  if (type === IRQCHIP) return u0 > IOAPIC || u1 >= (u0 === IOAPIC ? IOAPIC_PINS : PIC_PINS);
  return type !== MSI && !OTHER_TYPES.has(type);
}

export class RoutingTable {
  /** GSI to IOAPIC pin. */
  readonly pins = new Map<number, number>();
  /** The entry listed last is one the kernel refuses. */
  refused = false;
  readonly #stamp: Stamp;
  readonly #nr: number;
  readonly #arch: Arch;
  /** Chip 0 is a GIC. */
  #isGic: boolean;
  readonly #entries: RoutingEntry[] = [];

  constructor(stamp: Stamp, nr: number, arch: Arch) {
    this.#stamp = stamp;
    this.#nr = nr;
    this.#arch = arch;
    this.#isGic = arch === 'arm64';
  }

  add(entry: RoutingEntry): void {
    if (this.#entries.length >= MAX_ENTRIES) return;
    this.#entries.push(entry);
    // While the host is not known, by a pin that no 8259 has.
    if (this.#arch === undefined && isGicPin(entry, true) && entry.u1 >= PIC_PINS) this.#isGic = true;
    this.refused = isGicPin(entry, this.#isGic) ? entry.u1 >= GIC_PINS : refused(entry);
    if (entry.type === IRQCHIP && entry.u0 === IOAPIC) this.pins.set(entry.gsi, entry.u1);
  }

  get complete(): boolean {
    return this.#entries.length >= this.#nr;
  }

  /** The call as an event, at the time when its outcome shows; `ret` only where the lines prove it. */
  event(ns: number, ret: number | undefined): EventOf<'kvm.routes'> {
    const map = this.#entries.map((entry) => (isGicPin(entry, this.#isGic) ? `${entry.gsi}:gic.${entry.u1}` : entryText(entry))).join(',');
    return stamped({ ...this.#stamp, ns }, { kind: 'kvm.routes', nr: this.#nr, ret, map });
  }
}
