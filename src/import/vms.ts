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

/** What a record's name tells, worked out once for each. */
class Role {
  readonly isCall: boolean;
  readonly isTimer: boolean;
  readonly isVgic: boolean;
  readonly isWakeup: boolean;
  readonly isHandler: boolean;
  readonly isSignal: boolean;

  constructor(name: string) {
    this.isCall = CALLS.has(name);
    this.isTimer = name === TIMER;
    this.isVgic = name === 'vgic_inject';
    this.isWakeup = name === 'irqfd_wakeup';
    this.isHandler = INTX_HANDLERS.has(name);
    this.isSignal = name.startsWith('eventfd_signal');
  }
}

/** What reading a stream to its end tells. */
export class VmRoster implements Vms {
  readonly only = undefined;
  readonly #roles = new Map<string, Role>();
  readonly facts: VmFacts;
  /** By CPU the interrupt of a device that has not led to an irqfd yet. */
  readonly #raised: (number | undefined)[] = [];
  /** By CPU the thread whose timer's line changed in its last record. */
  readonly #timed: (number | undefined)[] = [];

  /** Streams of one host share what they tell. */
  constructor(facts: VmFacts) {
    this.facts = facts;
  }

  /** Names of its records. */
  get names(): ReadonlySet<string> {
    return new Set(this.#roles.keys());
  }

  whose({ name, tid, tgid, on, kvm, irq, inInterrupt }: Sighting): Whose {
    const role = this.#roles.get(name) ?? this.#meet(name);
    this.facts.recorded(tid, tgid);
    this.#followIrq(role, on, kvm, irq);
    const timed = this.#timed[on];
    if (role.isTimer || timed !== undefined) this.#timed[on] = role.isTimer ? tid : undefined;
    if (Number.isNaN(kvm)) return 'own';
    this.facts.shown(kvm);
    if ((role.isCall && inInterrupt !== true) || (role.isVgic && timed === tid)) this.facts.called(tid, tgid, kvm);
    return 'own';
  }

  #meet(name: string): Role {
    const role = new Role(name);
    this.#roles.set(name, role);
    return role;
  }

  /** The handler, eventfd_signal and irqfd_wakeup in a row are one signal. */
  #followIrq(role: Role, on: number, kvm: number, irq: number): void {
    const raised = this.#raised[on];
    if (role.isHandler) this.#raised[on] = irq;
    else if (raised === undefined || role.isSignal) return;
    else {
      if (role.isWakeup && !Number.isNaN(kvm)) this.facts.interrupts(raised, kvm);
      this.#raised[on] = undefined;
    }
  }

  lost(): void {
    this.#raised.length = 0;
    this.#timed.length = 0;
  }

  runs(tid: number, vcpu: number): void {
    this.facts.runs(tid, vcpu);
  }
}
