// KVM_SET_GSI_ROUTING as text, in the grammar of `kvm.routes map=`. uapi/linux/kvm.h (kvm_irq_routing_entry), irq_comm.c (setup_routing_entry).

import { bigOf, intOf, type Fields, type Row } from './row.js';

/** What earlier calls made of the VM; undefined while the log does not show it. */
export interface VmFacts {
  /** It has an interrupt chip in the kernel, whole or split; without one KVM refuses every table. */
  readonly irqchip: boolean | undefined;
  /** KVM_CAP_X2APIC_API: the high half of an MSI address is part of the destination. */
  readonly x2apicIds: boolean | undefined;
}

const IRQCHIP_ENTRY = 1;
const IOAPIC = 2;
const IOAPIC_PINS = 24;
const PIC_PINS = 8;
/** KVM_MSI_VALID_DEVID, the one flag of an entry that KVM knows. */
const KNOWN_MSI_FLAGS = 1;
/** `...`: the table holds, or may hold, something that is not written. */
const MORE = '...';

export function routingMap(row: Row, facts: VmFacts): { nr: number; map: string } {
  const nr = row.int('nr');
  const entries = row.list('entries');
  const whole = row.get('truncated') !== true && entries.length === nr;
  const parts = entries.map((entry) => entryText(entry, facts));
  // A refusal for a reason that no entry shows says nothing about the entries: the table must not count as a legal one.
  const refusedElsewhere = row.ret < 0 && (row.int('flags') !== 0 || facts.irqchip !== true);
  return { nr, map: (whole && !refusedElsewhere ? parts : [...parts, MORE]).join(',') };
}

/** An entry that KVM refuses by itself has no text of its own: it is `other`. */
function entryText(entry: Fields, facts: VmFacts): string {
  const gsi = intOf(entry['gsi']);
  if (gsi === undefined) return MORE;
  const msi = entry['msi'];
  const target = typeof msi === 'object' && msi !== null ? msiText(entry, { ...msi }, facts) : pinText(entry);
  return `${gsi}:${target ?? 'other'}`;
}

function msiText(entry: Fields, msi: Fields, facts: VmFacts): string | undefined {
  const [low, high, data] = [bigOf(msi['addr_lo']), bigOf(msi['addr_hi']), bigOf(msi['data'])];
  if (low === undefined || high === undefined || data === undefined) return undefined;
  if (((intOf(entry['flags']) ?? 0) & ~KNOWN_MSI_FLAGS) !== 0) return undefined;
  // kvm_msi_route_invalid: with 32-bit destinations the low byte of the high half must be 0.
  if (facts.x2apicIds !== false && (high & 0xffn) !== 0n) return undefined;
  return `msi@0x${((high << 32n) | low).toString(16)}/0x${data.toString(16)}`;
}

function pinText(entry: Fields): string | undefined {
  const [chip, pin] = [intOf(entry['chip']), intOf(entry['pin'])];
  if (entry['type'] !== IRQCHIP_ENTRY || chip === undefined || pin === undefined || (entry['flags'] ?? 0) !== 0) return undefined;
  if (chip === IOAPIC) return pin < IOAPIC_PINS ? `ioapic.${pin}` : undefined;
  return chip < IOAPIC && pin < PIC_PINS ? `pic.${chip * PIC_PINS + pin}` : undefined;
}
