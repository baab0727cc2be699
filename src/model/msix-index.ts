// Finds the rows of one MSI-X table that may hold a message, without looking at all of them: a table has up to 2,048 (PCI Express Base 6.1.4.2).

import { isRemappable } from './message.js';
import type { MsixEntry } from './msix-entry.js';

/** So few rows are looked at one by one. */
const FEW = 16;

export class MessageIndex {
  private readonly rows: ReadonlyMap<number, MsixEntry>;
  /** Rows by their data, under undefined those that may hold any. */
  private readonly byData = new Map<number | undefined, Set<MsixEntry>>();
  /** Where each row is; undefined until it is worth while. */
  private places: Map<MsixEntry, Set<MsixEntry>> | undefined;

  constructor(rows: ReadonlyMap<number, MsixEntry>) {
    this.rows = rows;
  }

  /** The row is new, or its contents have changed. */
  place(row: MsixEntry): void {
    if (this.places === undefined) return;
    const place = this.placeFor(row);
    const before = this.places.get(row);
    if (before === place) return;
    before?.delete(row);
    place.add(row);
    this.places.set(row, place);
  }

  /** All rows are gone, or may have changed. */
  clear(): void {
    this.byData.clear();
    this.places = undefined;
  }

  /** All rows that may hold a message with this data, and some that may not. */
  candidates(data: number): MsixEntry[] {
    if (this.rows.size <= FEW) return [...this.rows.values()];
    if (this.places === undefined) {
      this.places = new Map();
      for (const row of this.rows.values()) this.place(row);
    }
    return [data >>> 0, undefined].flatMap((key) => [...(this.byData.get(key) ?? [])]);
  }

  private placeFor({ addr, data }: MsixEntry): Set<MsixEntry> {
    // A remapping unit replaces a handle by the message it stands for.
    const key = addr !== undefined && isRemappable(addr) ? undefined : data;
    let place = this.byData.get(key);
    if (place === undefined) this.byData.set(key, (place = new Set()));
    return place;
  }
}
