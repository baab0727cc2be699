// QEMU's count of requests that set a bit of an IRR, which each request prints (hw/intc/apic_common.c apic_irq_delivered, in 10.0 kvm_irqcount.c).

export class DeliveredSum {
  /** Since it was cleared; -1 while that is not known. */
  #sum = -1;
  /** Clearing has lines. */
  #clears = false;

  /** Was the bit of IRR clear? */
  reported(sum: number): 0 | 1 | undefined {
    const before = this.#sum;
    this.#sum = sum;
    if (before < 0) return undefined;
    if (sum === before + 1) return 1;
    return sum === before && this.#clears ? 0 : undefined;
  }

  /** apic_reset_irq_delivered, kvm_reset_irq_delivered. */
  cleared(): void {
    this.#sum = 0;
    this.#clears = true;
  }

  forget(): void {
    this.#sum = -1;
  }
}
