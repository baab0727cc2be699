// QEMU's trace events become canonical events. The log and the simple back end both use it: per record the journal's stamp,
// then the act that the event's body means. One file per part of the machine; this one owns them and the regions' names.

import type { Event } from '../../event.js';
import { Journal } from '../kvm/journal.js';
import type { Access } from './access.js';
import { Devices, type Accessed } from './devices.js';

export class QemuAssembler {
  /** The record at hand; set before each call. */
  readonly journal: Journal;
  /** The vCPU that a thread runs, as accesses tell. */
  readonly vcpus = new Map<number, number>();
  readonly devices: Devices;
  readonly #regions = new Map<string, Accessed>();

  constructor(stream: number) {
    this.journal = new Journal(stream);
    this.devices = new Devices(this.journal);
  }

  /** Events go to `out` until `pause`. */
  begin(out: Event[]): void {
    this.journal.begin(out);
  }

  /** Takes back what a later record may still settle. */
  pause(): void {
    this.journal.hold(this.devices.intx.recent());
  }

  /** The stream has ended. */
  end(): void {
    this.pause();
  }

  accessed(access: Access): void {
    const { tid } = this.journal;
    if (access.cpu >= 0 && tid >= 0) this.vcpus.set(tid, access.cpu);
    let accessed = this.#regions.get(access.region);
    if (accessed === undefined) this.#regions.set(access.region, (accessed = this.devices.handlerOf(access.region)));
    accessed(access);
  }

  /** The recorder lost events, so many as far as it tells. */
  lost(n: number | undefined): void {
    this.devices.lost();
    this.journal.tell({ ...this.journal.stamp(), kind: 'meta.lost', cpu: undefined, n });
  }
}
