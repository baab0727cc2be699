// virtio-pci functions: vectors, ISR status, notifications, resets. VIRTIO 1.2, 4.1.4.3, 4.1.4.5, 4.1.4.10 (legacy layout); QEMU hw/virtio/virtio-pci.c, virtio.c.

import type { Journal } from '../kvm/journal.js';
import type { Access } from './access.js';
import type { IntxLines } from './intx.js';
import type { MsixRegions } from './msix.js';
import type { PciFunction } from './pci-function.js';
import type { PciSpace } from './pci.js';
import { VirtioFires } from './virtio-fires.js';

/** Offsets in the common configuration, and in the legacy registers. */
const COMMON = { config: 0x10, status: 0x14, select: 0x16, vector: 0x1a } as const;
const LEGACY = { select: 14, status: 18, isr: 19, config: 20, vector: 22 } as const;
const PAGE = 0x1000;
/** ACKNOWLEDGE and DRIVER in the device status. */
const ACKNOWLEDGED_DRIVER = 3;

export class VirtioFunctions {
  readonly fires: VirtioFires;
  readonly #journal: Journal;
  readonly #pci: PciSpace;
  readonly #msix: MsixRegions;
  readonly #intx: IntxLines;
  /** The queue that each function has selected. */
  readonly #selected = new Map<PciFunction, number>();
  /** The function whose status each thread is writing, and the pointer of its device once a line has told. */
  readonly #writing = new Map<number, { readonly fn: PciFunction; device: number | undefined; reset: boolean }>();
  /** By QEMU's pointers. */
  readonly #devices = new Map<number, PciFunction>();
  readonly #queues = new Map<number, number>();

  constructor(journal: Journal, { pci, msix, intx }: { pci: PciSpace; msix: MsixRegions; intx: IntxLines }) {
    this.#journal = journal;
    this.#pci = pci;
    this.#msix = msix;
    this.#intx = intx;
    this.fires = new VirtioFires(journal, msix);
  }

  lost(): void {
    this.fires.lost();
    this.#selected.clear();
    this.#writing.clear();
  }

  common(access: Access): void {
    const fn = this.#of(access);
    if (fn === undefined) return;
    const offset = access.addr % PAGE;
    if (offset === COMMON.status) this.#status(fn, access);
    else if (offset === COMMON.select) this.#selected.set(fn, access.value);
    else if (offset === COMMON.config) this.#vector(fn, access, 'cfg');
    else if (offset === COMMON.vector) this.#vector(fn, access, this.#selected.get(fn));
  }

  isr(access: Access): void {
    const fn = this.#of(access);
    if (fn !== undefined && !access.write) this.#read(fn, access.value);
  }

  /** The vectors are there only while MSI-X is on; else the device's own registers lie in their place. */
  legacy(access: Access): void {
    const fn = this.#of(access);
    const offset = fn?.offsetIn(0, access.addr);
    if (fn === undefined || offset === undefined) return;
    if (offset === LEGACY.status) this.#legacyStatus(fn, access);
    else if (offset === LEGACY.select) this.#selected.set(fn, access.value);
    else if (offset === LEGACY.isr && !access.write) this.#read(fn, access.value);
    else if (fn.msixEnabled !== true) return;
    else if (offset === LEGACY.config) this.#vector(fn, access, 'cfg');
    else if (offset === LEGACY.vector) this.#vector(fn, access, this.#selected.get(fn));
  }

  /** virtio_set_status: the first within a write of the register tells whose device this is. 0 is a reset. */
  status(device: number, value: number): void {
    const writing = this.#writing.get(this.#journal.tid);
    if (writing !== undefined && writing.device === undefined) {
      writing.device = device;
      this.#devices.set(device, writing.fn);
    }
    const fn = this.#devices.get(device);
    if (fn === undefined || value !== 0) return;
    // A reset prints it twice, and lowers the wire behind the second.
    if (writing?.reset === true) return this.#intx.goesOn(fn);
    if (writing !== undefined) writing.reset = true;
    this.#journal.say({ kind: 'virtio.reset', fn: fn.name });
    this.#selected.delete(fn);
    this.fires.reset(fn);
    this.#msix.releases(fn);
    this.#intx.resets(fn);
  }

  /** virtio_queue_notify tells the numbers of queues. */
  kicked(n: number, queue: number): void {
    this.#queues.set(queue, n);
  }

  /** virtio_notify, and virtio_notify_irqfd, whose interrupt comes from the main loop `later`. */
  notifies(device: number, queue: number, later: boolean): void {
    const fn = this.#devices.get(device);
    if (fn === undefined) {
      this.#intx.turn();
      this.#msix.someSends();
      for (const any of this.#pci.all()) if (any.device.startsWith('virtio')) this.#intx.doubts(any);
      return;
    }
    const q = this.#queues.get(queue);
    this.#journal.say({ kind: 'virtio.notify', fn: fn.name, q });
    this.#msix.sends(fn);
    this.fires.notified(fn, q, later);
    if (!later && fn.msixEnabled === false) this.#intx.sets(fn, 1);
    else this.#intx.willAssert(fn);
  }

  /** The thread at hand turns to something else. */
  turn(): void {
    if (this.#writing.size > 0) this.#writing.delete(this.#journal.tid);
  }

  #read(fn: PciFunction, val: number): void {
    this.#intx.lowered(fn, val !== 0);
    this.#journal.say({ kind: 'virtio.isr.read', fn: fn.name, val });
  }

  #vector(fn: PciFunction, { write, value }: Access, q: number | 'cfg' | undefined): void {
    this.#journal.say({ kind: write ? 'virtio.vec.write' : 'virtio.vec.read', fn: fn.name, q, val: value });
    if (write) this.#msix.releases(fn);
    // A vector that the table does not have is refused.
    if (q === undefined) this.fires.reset(fn);
    else if (q !== 'cfg') this.fires.set(fn, q, write && value >= (fn.rows ?? 0) ? undefined : value);
  }

  /** A driver that has been found masters the bus without having asked for it (virtio_ioport_write). */
  #legacyStatus(fn: PciFunction, access: Access): void {
    if (access.write && access.value === ACKNOWLEDGED_DRIVER) this.#pci.commands(fn, undefined, 1);
    this.#status(fn, access);
  }

  #status(fn: PciFunction, { write }: Access): void {
    if (write) this.#writing.set(this.#journal.tid, { fn, device: undefined, reset: false });
  }

  #of({ addr }: Access): PciFunction | undefined {
    return this.#pci.at(addr);
  }
}
