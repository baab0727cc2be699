// What software has put into the read-write fields of a redirection entry: these read as written. 82093AA 3.2.4; KVM ioapic_write_indirect, QEMU ioapic_mem_write.

import type { Event, EventOf } from '../event.js';
import { vector } from '../ids.js';

export const FIELDS = ['vec', 'dm', 'logical', 'pol', 'trig', 'mask', 'dst'] as const;
export type EntryField = (typeof FIELDS)[number];

/** What a reset leaves in an entry (QEMU ioapic_reset_common, KVM kvm_ioapic_reset). */
export const AS_RESET = { vec: vector(0), dm: 0, logical: 0, pol: 0, trig: 'edge', mask: 1, dst: 0 } as const;

/** Events that tell fields of an entry: those that they leave out are undefined. */
type Told = { readonly [F in EntryField]?: EventOf<'ioapic.rte'>[F] };

export class WrittenEntry {
  private readonly fields: { [F in EntryField]?: string | number | undefined } = {};
  private readonly writers: { [F in EntryField]?: Event | undefined } = {};

  /** What the entry holds there; undefined while unknown. */
  held(field: EntryField): string | number | undefined {
    return this.fields[field];
  }

  /** The event that has told it. */
  by(field: EntryField): Event | undefined {
    return this.writers[field];
  }

  /** A write is under way: what it changes may be old or new. */
  doubt(told: Told): void {
    for (const field of FIELDS) if (told[field] !== undefined && told[field] !== this.fields[field]) this.fields[field] = undefined;
  }

  hold({ vec, dm, logical, pol, trig, mask, dst }: Told, by: Event): void {
    this.put('vec', vec, by);
    this.put('dm', dm, by);
    this.put('logical', logical, by);
    this.put('pol', pol, by);
    this.put('trig', trig, by);
    this.put('mask', mask, by);
    this.put('dst', dst, by);
  }

  private put(field: EntryField, value: string | number | undefined, by: Event): void {
    if (value === undefined || this.fields[field] === value) return;
    this.writers[field] = by;
    this.fields[field] = value;
  }

  forget(): void {
    for (const field of FIELDS) this.fields[field] = this.writers[field] = undefined;
  }
}
