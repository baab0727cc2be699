// A machine that is reset or gets the state of a snapshot: KVM_SET_LAPIC and KVM_SET_IRQCHIP have no tracepoint. But while the vCPUs stand still one
// thread of user space takes down the lines of several devices, of which it raised none meanwhile, or, for an IOAPIC of its own, sends all routes anew, or
// has functions of the host's that it resets give up their irqfds (QEMU qemu_system_reset, load_snapshot, ioapic_update_kvm_routes, vfio_pci_pre_reset).

import type { Thread } from './thread.js';

/** A running device may lower its line, or two their lines, when no vCPU asked for it. */
const LINES_OF_RESET = 3;

export class Lulls {
  /** Counts the times that no vCPU did anything. */
  #now = 0;
  /** The thread that looked like it, if one did. */
  #by: Thread | undefined;

  /** A thread that runs a vCPU does something: true if the chips may have got another state before. */
  end(): boolean {
    this.#now++;
    const by = this.#by;
    this.#by = undefined;
    return by !== undefined && !by.guest;
  }

  /** The thread has lowered lines in this lull: it is not one that runs a vCPU. */
  isQuiet(thread: Thread): boolean {
    return thread.lull === this.#now;
  }

  /** kvm_set_irq. */
  set(thread: Thread, gsi: number, level: number): void {
    if (thread.guest) return;
    if (thread.lull !== this.#now) thread.lowered.clear();
    thread.lull = this.#now;
    if (level !== 0) thread.lowered.clear();
    else if (thread.lowered.add(gsi).size >= LINES_OF_RESET) this.#by = thread;
  }

  /** KVM_SET_GSI_ROUTING, where the IOAPIC is not KVM's; KVM_IRQFD. */
  called(thread: Thread): void {
    if (!thread.guest) this.#by = thread;
  }
}
