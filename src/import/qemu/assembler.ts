// QEMU's trace events become canonical events. The log and the simple back end both use it: per record the journal's stamp,
// then the act that the event's body means. One file per part of the machine; this one owns them and the regions' names.

import type { Event } from '../../event.js';
import { Journal } from '../kvm/journal.js';
import { PicPorts } from '../kvm/pic-ports.js';
import type { Access } from './access.js';
import { isMessage } from './apic-msi.js';
import { QemuApics } from './apic.js';
import { Devices, type Accessed } from './devices.js';
import { GicTeller } from './gic-teller.js';
import { QemuGicv2 } from './gicv2.js';
import { QemuGicv3Virtual } from './gicv3-virtual.js';
import { QemuGicv3 } from './gicv3.js';
import { GsiWires } from './gsi-wires.js';
import { QemuIoapic, type RegisterAccess } from './ioapic.js';
import { QemuIts } from './its.js';

const SEVERAL = -1;
/** Regions of interrupt remapping units. */
const REMAPPED = new Set(['vtd-ir', 'amdvi-ir']);

export class QemuAssembler {
  /** The record at hand; set before each call. */
  readonly journal: Journal;
  /** The vCPU that a thread runs, as accesses tell; -1 if it runs several in turn. */
  readonly vcpus = new Map<number, number>();
  readonly devices: Devices;
  readonly pic: PicPorts;
  readonly ioapic: QemuIoapic;
  readonly apics: QemuApics;
  readonly gicv2: QemuGicv2;
  readonly gicv3: QemuGicv3;
  readonly virtualGicv3: QemuGicv3Virtual;
  readonly its: QemuIts;
  readonly #gic: GicTeller;
  readonly wires: GsiWires;
  #chipsTold = false;
  #drivenTold = false;
  #showsAccesses = false;
  readonly #regions = new Map<string, Accessed>();

  constructor(stream: number) {
    this.journal = new Journal(stream);
    this.devices = new Devices(this.journal, () => this.ioapic.turn(), () => this.#forget());
    this.pic = new PicPorts(this.journal, { isQemus: true });
    this.apics = new QemuApics(this.journal, this.vcpus, this.devices.resets);
    const gic = (this.#gic = new GicTeller(this.journal));
    this.gicv2 = new QemuGicv2(gic);
    this.gicv3 = new QemuGicv3(gic);
    this.virtualGicv3 = new QemuGicv3Virtual(gic);
    this.its = new QemuIts(gic, this.gicv3);
    this.ioapic = new QemuIoapic(this.journal, this.apics);
    this.wires = new GsiWires(this.journal);
  }

  /** What an access of a region means to devices, and to the interrupt chips. */
  #handlerOf(region: string): Accessed {
    const device = this.devices.handlerOf(region);
    if (region === 'apic-msi') return (access) => this.#apicMsi(access, device);
    if (REMAPPED.has(region)) return (access) => {
      this.ioapic.remapped(true);
      device(access);
    };
    if (region === 'gic_dist') return (access) => {
      // The line of a read belongs to the one in front of it, that of a write to the one behind.
      if (access.write) device(access);
      this.gicv2.accessed(access);
      if (!access.write) device(access);
    };
    if (region !== 'elcr') return device;
    return (access) => {
      device(access);
      if (access.cpu < 0) this.#driven();
      if (access.write) this.pic.wrote(access.addr, access.value);
      else this.pic.wasRead(access.addr, access.value);
    };
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
    this.devices.intx.end();
  }

  accessed(access: Access): void {
    const { tid } = this.journal;
    if (access.cpu >= 0 && tid >= 0) this.#runs(tid, access.cpu);
    this.#showsAccesses = true;
    let accessed = this.#regions.get(access.region);
    if (accessed === undefined) this.#regions.set(access.region, (accessed = this.#handlerOf(access.region)));
    accessed(access);
  }

  #runs(tid: number, cpu: number): void {
    const known = this.vcpus.get(tid);
    if (known === cpu || known === SEVERAL) return;
    this.vcpus.set(tid, known === undefined ? cpu : SEVERAL);
    if (known !== undefined) this.apics.mixed();
  }

  /** One region holds the registers of the vCPU's own APIC and takes the messages for all. */
  #apicMsi(access: Access, device: Accessed): void {
    if (isMessage(access)) {
      this.apics.sent(access);
      if (!this.ioapic.message(access.value)) device(access);
      return;
    }
    device(access);
    this.apics.region(access);
  }

  /** The chips outside the CPU are QEMU's, or no line of theirs would be here. */
  withOwnChips(): this {
    if (!this.#chipsTold) {
      this.#chipsTold = true;
      this.journal.say({ kind: 'meta.cfg', chips: 'qemu' });
    }
    return this;
  }

  /** The local APICs are QEMU's, and what reaches them past an interrupt remapping unit would show. */
  takesMessages(): void {
    if (!this.#showsAccesses) return;
    this.ioapic.showsMessages();
    this.devices.msix.showsMessages();
  }

  /** A register of the IOAPIC: the first access after a reset, where those of regions are not recorded. Where no line tells its thread a guest may have done it. */
  ioapicAccessed(access: RegisterAccess): void {
    if (this.journal.tid >= 0) this.devices.resets.accessed(undefined);
    this.withOwnChips().ioapic.accessed(access);
  }

  /** A port of the 8259 pair. QEMU's main loop accesses it only where a test program takes the CPU's place. */
  picPort(): void {
    const { tid } = this.journal;
    if (tid >= 0 && tid === this.devices.resets.thread) this.#driven();
  }

  /** No CPU runs (qtest): nothing is acknowledged but by a poll. */
  #driven(): void {
    if (this.#drivenTold) return;
    this.#drivenTold = true;
    this.journal.say({ kind: 'meta.chan', chan: 'pic.inta', cover: 'full' });
  }

  virtioReset(): void {
    if (!this.#gic.wasReset()) return;
    this.journal.say({ kind: 'vm.reset', state: 'unknown' });
    this.#forget();
  }

  /** The recorder lost events, so many as far as it tells. */
  lost(n: number | undefined): void {
    this.devices.lost();
    this.wires.forget();
    this.#forget();
    this.journal.say({ kind: 'meta.lost', cpu: undefined, n });
  }

  /** What is remembered of the chips' registers is out of date. */
  #forget(): void {
    this.ioapic.forget(this.devices.resets.isFresh);
    for (const chip of [this.pic, this.apics, this.gicv2, this.gicv3, this.its, this.virtualGicv3]) chip.forget();
  }
}
