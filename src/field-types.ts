// Types of the fields of events: what the names in the table of kinds.ts stand for.
// Units: ns for times, bytes for lengths, indices as in ids.ts.

import type { Entry, Gsi, Intid, Lr, Pin, SourceId, Vcpu, Vector } from './ids.js';

export interface FieldTypes {
  gsi: Gsi;
  pin: Pin;
  entry: Entry;
  vector: Vector;
  intid: Intid;
  source: SourceId;
  vcpu: Vcpu;
  lr: Lr;
  /** 0 or 1. */
  bit: 0 | 1;
  /** Signed integer below 2^53. */
  int: number;
  /** Unsigned 64-bit, exact; hexadecimal text at every border. */
  u64: bigint;
  /** A name without blanks: a PCI function (`0000:00:04.0` or a nickname), a device, a line. */
  name: string;
  /** Any text; quoted in the litmus form. */
  text: string;
  /** A queue number, or `cfg` for virtio's configuration vector. */
  queue: number | 'cfg';
  trig: 'edge' | 'level';
  start: 'reset' | 'unknown';
  cover: 'full' | 'partial' | 'none';
  /** A dword of an MSI-X entry; `vc` is Vector Control, bit 0 the Mask. */
  dword: 'addr' | 'addr_hi' | 'data' | 'vc';
  irqchip: 'full' | 'split';
  /** Whose models the interrupt chips outside the CPU are. */
  chips: 'kvm' | 'qemu';
  /** State of a list register: pending, active, pending and active, inactive. */
  lrstate: 'P' | 'A' | 'PA' | 'I';
  /** A GSI routing table, see routing.ts. */
  routes: string;
  /** Input of an 8259 pair, 0 to 15, or `ns` for a non-specific EOI. */
  picpin: number | 'ns';
  /** A register of an 8259: requests, in service, mask, trigger modes (1 level), pin of highest priority, vector of pin 0. */
  picreg: 'irr' | 'isr' | 'imr' | 'elcr' | 'prio' | 'base';
  /** A register of a local APIC; `irr`, `isr` and `tmr` have eight words, `lvt` has its entries. `tmict`, `tmcct`, `tdcr`: initial and current count of the timer, and how it divides. */
  apicreg: 'irr' | 'isr' | 'tmr' | 'tpr' | 'ppr' | 'svr' | 'lvt' | 'ldr' | 'dfr' | 'icr' | 'tmict' | 'tmcct' | 'tdcr' | 'esr' | 'version';
  /** How VFIO has a function interrupt. */
  vfiomode: 'intx' | 'msi' | 'msix';
  /** Destination shorthand of an inter-processor interrupt. */
  shorthand: 'none' | 'self' | 'all' | 'others';
}

export type FieldType = keyof FieldTypes;

export const FIELD_VALUES = {
  bit: ['0', '1'],
  trig: ['edge', 'level'],
  start: ['reset', 'unknown'],
  cover: ['full', 'partial', 'none'],
  dword: ['addr', 'addr_hi', 'data', 'vc'],
  irqchip: ['full', 'split'],
  chips: ['kvm', 'qemu'],
  lrstate: ['P', 'A', 'PA', 'I'],
  picreg: ['irr', 'isr', 'imr', 'elcr', 'prio', 'base'],
  apicreg: ['irr', 'isr', 'tmr', 'tpr', 'ppr', 'svr', 'lvt', 'ldr', 'dfr', 'icr', 'tmict', 'tmcct', 'tdcr', 'esr', 'version'],
  vfiomode: ['intx', 'msi', 'msix'],
  shorthand: ['none', 'self', 'all', 'others'],
} as const satisfies Partial<Record<FieldType, readonly string[]>>;
