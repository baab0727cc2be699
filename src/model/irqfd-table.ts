// The irqfds bound to each GSI, how the latest ones went, and whether more may be bound, or fewer, than is known. KVM virt/kvm/eventfd.c.

import type { EventOf } from '../event.js';
import type { Gsi } from '../ids.js';
import type { Binding } from './eventfds.js';

/** A deassign has flushed all the irqfd's work when it returns; a close leaves that to a worker. */
export interface Removal {
  readonly by: EventOf<'kvm.irqfd.deassign'> | EventOf<'fd.close'> | EventOf<'fd.dup'>;
  readonly binding: Binding;
}

/** `leaving`: a worker may still clean up behind a closed eventfd. `unsure`: it may have been bound, or gone, before. */
export type Departure = 'gone' | 'leaving' | 'unsure';

interface Row {
  /** Replaced as a whole, never changed. */
  bindings: readonly Binding[];
  state: Departure;
  /** Thread that closed the eventfds a worker cleans up behind. */
  closer: number;
  plain: Removal | undefined;
  resample: Removal | undefined;
}

const NONE: readonly Binding[] = [];

export class IrqfdTable {
  private readonly rows = new Map<Gsi, Row>();
  private readonly leaving = new Set<Row>();
  /** Rows that are not certain. */
  private uncertain = 0;

  of(gsi: Gsi): readonly Binding[] {
    return this.rows.get(gsi)?.bindings ?? NONE;
  }

  /** All that are known to be bound. */
  all(): Binding[] {
    return [...this.rows.values()].flatMap(({ bindings }) => bindings);
  }

  /** Is nothing bound to the GSI, of all that was ever seen to be, but what `of` tells? */
  isCertain(gsi: Gsi): boolean {
    return (this.rows.get(gsi)?.state ?? 'gone') === 'gone';
  }

  /** The same of every GSI. */
  get allCertain(): boolean {
    return this.uncertain === 0;
  }

  /** How the latest irqfd of a sort left the GSI. */
  removal(gsi: Gsi, sort: 'plain' | 'resample'): Removal | undefined {
    return this.rows.get(gsi)?.[sort];
  }

  add(binding: Binding): void {
    binding.eventfd.binding = binding;
    const row = this.row(binding.gsi);
    row.bindings = [...row.bindings, binding];
  }

  remove(binding: Binding, departure: Departure, by: Removal['by'] | undefined): void {
    const row = this.row(binding.gsi);
    row.bindings = row.bindings.filter((other) => other !== binding);
    binding.eventfd.binding = undefined;
    if (by !== undefined) row[binding.resample === undefined ? 'plain' : 'resample'] = { by, binding };
    if (departure === 'unsure') this.set(row, 'unsure');
    else if (departure === 'leaving') this.leave(row, by?.tid ?? -1);
  }

  /** The thread has waited for the queue of clean-ups: what it closed before is gone. */
  flush(thread: number): void {
    for (const row of this.leaving) if (row.closer === thread) this.set(row, 'gone');
  }

  clear(): void {
    for (const { bindings } of this.rows.values()) for (const { eventfd } of bindings) eventfd.binding = undefined;
    this.rows.clear();
    this.leaving.clear();
    this.uncertain = 0;
  }

  private row(gsi: Gsi): Row {
    let row = this.rows.get(gsi);
    if (row === undefined) this.rows.set(gsi, (row = { bindings: [], state: 'gone', closer: -1, plain: undefined, resample: undefined }));
    return row;
  }

  private leave(row: Row, thread: number): void {
    if (row.state === 'unsure') return;
    this.set(row, row.state === 'gone' || row.closer === thread ? 'leaving' : 'unsure');
    row.closer = thread;
  }

  private set(row: Row, state: Departure): void {
    if (row.state === 'gone' && state !== 'gone') this.uncertain++;
    if (row.state !== 'gone' && state === 'gone') this.uncertain--;
    row.state = state;
    if (state === 'leaving') this.leaving.add(row);
    else this.leaving.delete(row);
  }
}
