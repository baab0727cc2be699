// One virtio-pci function: its vectors, its ISR status, and interrupts that nothing explains yet. VIRTIO 1.2, 4.1.5.1.2.

import type { Event, EventOf } from '../event.js';
import { entry } from '../ids.js';
import type { MsixFunction } from './msix-function.js';
import { T } from './tri.js';
import { VirtioIsr } from './virtio-isr.js';
import { VirtioVectors, type Outstanding, type Queue } from './virtio-vectors.js';

export type Sent = EventOf<'msix.msg'> | EventOf<'msix.fire'>;

/** An interrupt of a row that no notified queue has. `config`: a configuration change that is not recorded would explain it. */
export interface Stray {
  readonly vector: number;
  readonly config: boolean;
  /** The queue notified last, what is known of its notification, and the vector it has, if that is certain. */
  readonly queue: Queue;
  readonly outstanding: Outstanding;
  readonly owner: number | undefined;
}

/** Could the row have sent at once ever since, so that nothing older was pending? */
export function isFresh(fn: MsixFunction, { e, row, since }: { readonly e: Sent; readonly row: number; readonly since: Event | undefined }): boolean {
  const of = fn.peek(entry(row));
  const settled = [of.maskBy, fn.fmaskBy, fn.enableBy].every((by) => by === undefined || (since !== undefined && by.seq < since.seq));
  return since !== undefined && settled && fn.liveSurely(of, e) === T;
}

interface Change {
  readonly sent: Sent;
  readonly stray: Stray;
}

export class VirtioFunction {
  readonly name: string;
  readonly vectors: VirtioVectors;
  readonly isr: VirtioIsr;
  /** Strays since the owner of the notified queue last sent: each at another notification. */
  strays: readonly Sent[] = [];
  /** Interrupts that a configuration change alone explains, since the ISR status, where it would show, was last read. */
  changes: readonly Change[] = [];

  constructor(name: string, fresh: boolean) {
    this.name = name;
    this.vectors = new VirtioVectors(fresh);
    this.isr = new VirtioIsr(fresh);
  }

  reset(e: Event): void {
    this.vectors.reset(e);
    this.isr.reset(e);
    this.strays = [];
    this.changes = [];
  }

  /** The guest has access to it again: a reset has come to its end. Until then it may complete, and notify, what was in flight (QEMU virtio_reset, blk_drain). */
  settle(): void {
    this.vectors.settle();
    this.isr.settle();
  }

  /** A register that INTx depends on is written. */
  configured(): void {
    this.settle();
    this.isr.mayRise();
  }

  forget(): void {
    this.vectors.forget();
    this.isr.forget();
    this.strays = [];
    this.changes = [];
  }
}
