// Which virtual machine a record is of, where a host runs several: no KVM event names one. A probe's `kvm=` does, and its
// calls tell whose the thread is that makes them; a thread's process tells of the rest. A first reading learns, a second one chooses.

import type { VmFacts } from './vm-facts.js';

/** What a record tells of where it comes from. */
export interface Sighting {
  readonly name: string;
  readonly tid: number;
  /** The thread's process, -1 where the recording does not tell. */
  readonly tgid: number;
  readonly on: number;
  /** `kvm=` of a probe, NaN for other records. */
  readonly kvm: number;
  /** Interrupt of the host that vfio_intx_handler is at, NaN for other records. */
  readonly irq: number;
  /** It was made in an interrupt of the host, which belongs to no thread; undefined where the recording does not tell. */
  readonly inInterrupt: boolean | undefined;
}

export type Whose = 'own' | 'other' | 'unknown';

/** What the readers ask of each record. */
export interface Vms {
  /** In words, where one was chosen: which, and what was left out. */
  readonly only: string | undefined;
  whose(sighting: Sighting): Whose;
  /** Events were lost: what a thread was in is not known any more. */
  lost(): void;
  /** A thread runs a vCPU. */
  runs(tid: number, vcpu: number): void;
}

/** Calls that only a thread of the VM's own process makes: ioctls of its file, and the EOI of a vCPU. */
const CALLS = new Set(['kvm_irqfd', 'kvm_set_irq_routing', 'kvm_vm_ioctl_irq_line', 'kvm_send_userspace_msi', 'irqfd_resampler_ack']);
/** VFIO's handler of a line interrupt, as the recipes name its probe. */
export const INTX_HANDLERS: ReadonlySet<string> = new Set(['vfio_intx_handler', 'vfio_intx']);

/** It is followed by the injection that the timer asks for, in the thread of the vCPU (arch/arm64/kvm/arch_timer.c kvm_timer_update_irq). */
const TIMER = 'kvm_timer_update_irq';

/** What reading a stream to its end tells. */
export class VmRoster implements Vms {
  readonly only = undefined;
  /** Names of its records. */
  readonly names = new Set<string>();
  readonly facts: VmFacts;
  /** By CPU the interrupt of a device that has not led to an irqfd yet. */
  readonly #raised: (number | undefined)[] = [];
  /** By CPU the thread whose timer's line changed in its last record. */
  readonly #timed: (number | undefined)[] = [];

  /** Streams of one host share what they tell. */
  constructor(facts: VmFacts) {
    this.facts = facts;
  }

  whose(sighting: Sighting): Whose {
    const { name, tid, tgid, on, kvm, inInterrupt } = sighting;
    this.names.add(name);
    this.facts.recorded(tid, tgid);
    this.#followIrq(sighting);
    const timed = this.#timed[on];
    this.#timed[on] = name === TIMER ? tid : undefined;
    if (Number.isNaN(kvm)) return 'own';
    this.facts.shown(kvm);
    const isCall = CALLS.has(name) && inInterrupt !== true;
    if (isCall || (name === 'vgic_inject' && timed === tid)) this.facts.called(tid, tgid, kvm);
    return 'own';
  }

  /** The handler, eventfd_signal and irqfd_wakeup in a row are one signal. */
  #followIrq({ name, on, kvm, irq }: Sighting): void {
    const raised = this.#raised[on];
    if (name === 'irqfd_wakeup' && raised !== undefined && !Number.isNaN(kvm)) this.facts.interrupts(raised, kvm);
    if (INTX_HANDLERS.has(name)) this.#raised[on] = irq;
    else if (!name.startsWith('eventfd_signal')) this.#raised[on] = undefined;
  }

  lost(): void {
    this.#raised.length = 0;
    this.#timed.length = 0;
  }

  runs(tid: number, vcpu: number): void {
    this.facts.runs(tid, vcpu);
  }
}
