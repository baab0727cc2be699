// The field's numbers, branded so that a GSI never passes for a pin or an entry for a vector.
// Each type names what the number counts; the constructors are the only place that casts.

declare const brand: unique symbol;
type Branded<Name extends string> = number & { readonly [brand]: Name };

/** Row of the KVM GSI routing table. */
export type Gsi = Branded<'Gsi'>;
/** Input of one interrupt chip (8259 or IOAPIC). */
export type Pin = Branded<'Pin'>;
/** Row of a function's MSI-X table. */
export type Entry = Branded<'Entry'>;
/** x86 interrupt vector, 0 to 255; -1 where an EOI found nothing in service. */
export type Vector = Branded<'Vector'>;
/** GIC interrupt id. */
export type Intid = Branded<'Intid'>;
/** KVM irq source id: 0 user space and plain irqfds, 1 resample irqfds, 2 the in-kernel PIT. */
export type SourceId = Branded<'SourceId'>;
/** Virtual CPU (its APIC id in KVM's texts) or GIC processing element. */
export type Vcpu = Branded<'Vcpu'>;
/** Index of a GIC list register. */
export type Lr = Branded<'Lr'>;

export const gsi = (n: number): Gsi => n as Gsi;
export const pin = (n: number): Pin => n as Pin;
export const entry = (n: number): Entry => n as Entry;
export const vector = (n: number): Vector => n as Vector;
export const sourceId = (n: number): SourceId => n as SourceId;
export const vcpu = (n: number): Vcpu => n as Vcpu;
export const intid = (n: number): Intid => n as Intid;
export const lr = (n: number): Lr => n as Lr;
