// Tells events of a GIC: `gic.*` until the first access to the virtualization registers shows a hypervisor, then `pgic.*` for the
// physical GIC and `gic.*` for its guest's. What was told before is the physical one's, too: `gic.physical` says so.

import type { GicName } from '../../kinds.js';
import { gicEvent, type GicFields, type View } from '../gic-event.js';
import type { Journal } from '../kvm/journal.js';

/** What the registers of a frame tell. */
const OF_FRAMES: ReadonlySet<GicName> = new Set(['cfg', 'en', 'pend', 'act', 'prio', 'group', 'route', 'read']);

export class GicTeller {
  readonly journal: Journal;
  #view: View = 'gic';
  #version = 0;
  #lines = 0;
  #states: 1 | 2 | undefined;
  #listRegisters = Infinity;
  /** Threads that have accessed a register. */
  readonly #callers = new Set<number>();
  /** One that has reset a virtio device, and was none of them then. */
  #resetter: number | undefined;
  #resetsShow = false;

  constructor(journal: Journal) {
    this.journal = journal;
  }

  /** INTIDs below this one exist; 0 if the recording has not told. */
  get lines(): number {
    return this.#lines;
  }

  /** Whose the access of a frame at hand is in a GIC with two Security states: 1 is Secure; undefined where that is not told, or does not matter. */
  secure: 0 | 1 | undefined;

  /** Something at the physical GIC, or the only one. */
  tell<N extends GicName>(name: N, fields: GicFields<N>): void {
    // Devices drive lines and send messages from any thread.
    if (name !== 'in' && name !== 'pend') this.#called(this.journal.tid);
    this.journal.tell(gicEvent(this.journal.stamp(), this.#view, name, this.secure !== undefined && OF_FRAMES.has(name) ? { ...fields, secure: this.secure } : fields));
  }

  /** Something at the guest's CPU interface. */
  tellGuest<N extends GicName>(name: N, fields: GicFields<N>): void {
    this.hypervisor();
    this.journal.tell(gicEvent(this.journal.stamp(), 'gic', name, fields));
  }

  /** A hypervisor is at work. */
  hypervisor(): void {
    if (this.#view === 'pgic') return;
    this.journal.say({ kind: 'gic.physical' });
    this.#view = 'pgic';
  }

  /** Which GIC it is; of equal priorities QEMU's takes the lowest INTID (irqbetter, gic_get_best_irq). */
  version(version: 2 | 3): void {
    this.secure = undefined;
    if (this.#version === version) return;
    this.#version = version;
    this.journal.say({ kind: 'meta.cfg', gicVersion: version, gicTies: 1 });
  }

  #called(tid: number): void {
    if (this.#callers.has(tid)) return;
    this.#callers.add(tid);
    if (this.#resetter !== undefined && tid >= 0 && tid !== this.#resetter) this.#showResets();
  }

  /**
   * A virtio device was reset. True if that was the machine: a thread did it that has never accessed a register, and others have. It is QEMU's
   * main loop, which resets the device whenever it resets the machine (hw/virtio/virtio.c virtio_reset).
   */
  wasReset(): boolean {
    const { tid } = this.journal;
    if (tid < 0 || this.#callers.has(tid)) return false;
    this.#resetter = tid;
    if (this.#callers.size === 0) return false;
    this.#showResets();
    return true;
  }

  /** With a virtio device every reset of the machine shows. */
  #showResets(): void {
    if (this.#resetsShow) return;
    this.#resetsShow = true;
    this.journal.say({ kind: 'meta.chan', chan: 'vm.reset', cover: 'full' });
  }

  /** GICD_TYPER: so many times 32 interrupts, but for the special ones; of GICv2 the CPUs, too. */
  typer(value: number, cpus?: number): void {
    const lines = Math.min(1020, 32 * ((value & 0x1f) + 1));
    if (this.#lines === lines) return;
    this.#lines = lines;
    this.journal.say({ kind: 'meta.cfg', gicLines: lines, gicCpus: cpus });
  }

  /** ListRegs of ICH_VTR_EL2 or GICH_VTR: one less than there are. Where CPUs differ only the fewest are sure to be free. */
  virtualType(listRegs: number): void {
    if (listRegs + 1 >= this.#listRegisters) return;
    this.#listRegisters = listRegs + 1;
    this.journal.say({ kind: 'meta.cfg', nrLr: listRegs + 1 });
  }

  /** How many Security states use it, as was shown last. */
  securityStates(states: 1 | 2): void {
    if (this.#states === states) return;
    this.#states = states;
    this.journal.say({ kind: 'meta.cfg', gicViews: states === 2 ? 1 : 0 });
  }
}
