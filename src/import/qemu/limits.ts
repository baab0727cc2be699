// What no machine of QEMU has: a number from here on stands in a damaged record (include/exec/memop.h, hw/intc/ioapic_internal.h,
// hw/intc/gic_internal.h, include/hw/pci/pci.h, 82093AA, 8259A, PCI Local Bus 3.0 6.8.2).

/** Bytes of an access. */
export const LONGER_ACCESS = 9;
export const FLAG = 2;
export const VECTORS = 256;
export const DELIVERY_MODES = 8;
/** Entries of the local vector table. */
export const LOCAL_VECTORS = 7;
export const IOAPIC_PINS = 24;
/** Of one 8259, and of a pair. */
export const PIC_PINS = 8;
export const PAIR_PINS = 16;
export const BYTE = 256;
/** Interrupts that are no LPIs and no special numbers. */
export const SPECIAL_INTID = 1020;
/** What ten bits can name, special numbers included. */
export const GICV2_INTIDS = 1024;
export const SGIS = 16;
export const GICV2_CPUS = 8;
export const LIST_REGISTERS = 64;
export const MSIX_ENTRIES = 2048;
export const BUSES = 256;
export const SLOTS = 32;
export const FUNCTIONS = 8;
/** Base address registers of a function, with that of its expansion ROM. */
export const BARS = 7;
/** Bytes of a function's configuration space. */
export const CONFIG_SPACE = 4096;
