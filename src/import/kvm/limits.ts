// What no machine of KVM has: a number from here on stands in a damaged record (arch/x86/include/asm/kvm_host.h, arch/x86/kvm/ioapic.h,
// arch/x86/kvm/irq.h, include/linux/threads.h, arch/arm64/include/asm/kvm_host.h, Arm IHI 0069H 2.2).

/** Ids of vCPUs: four times as many as there may be, which are at most 4,096. */
export const VCPUS = 16_384;
/** Bits of the word that tells which source ids are taken. */
export const SOURCES = 64;
export const CHIPS = 3;
export const PIC_CHIPS = 2;
export const PIC_PINS = 8;
export const IOAPIC_PINS = 24;
/** Delivery modes as the interrupt command register has them, in bits 8 to 10. */
export const MODES = 0x800;
export const FLAG = 2;
/** LPIs have at most 24 bits. */
export const INTIDS = 2 ** 24;
/** PID_MAX_LIMIT: threads of a machine. */
export const THREADS = 2 ** 22;
