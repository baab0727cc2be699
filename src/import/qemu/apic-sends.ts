// Messages written to the local APICs' window: the delivery is what their thread prints next (hw/intc/apic.c apic_mem_write, apic_send_msi, apic_deliver_irq).

import type { Journal } from '../kvm/journal.js';
import type { Access } from './access.js';

export class ApicSends {
  readonly #journal: Journal;
  /** By thread, what it has written last, if it has done nothing else since. */
  readonly #open = new Map<number, Access>();
  /** Deliveries have lines. */
  #shown = false;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  forget(): void {
    this.#open.clear();
  }

  sent(message: Access): void {
    this.settle();
    this.#open.set(this.#journal.tid, message);
  }

  /** The message that is delivered; undefined if its write does not show. */
  delivered(): Access | undefined {
    this.#shown = true;
    return this.#taken();
  }

  /** The thread at hand does something else with a local APIC: what it has written is not delivered any more. */
  settle(): void {
    if (this.#open.size === 0) return;
    const message = this.#taken();
    if (message !== undefined && this.#shown && this.#journal.tid >= 0) this.#journal.say({ kind: 'apic.void', addr: BigInt(message.addr), data: message.value });
  }

  #taken(): Access | undefined {
    const message = this.#open.get(this.#journal.tid);
    this.#open.delete(this.#journal.tid);
    return message;
  }
}
