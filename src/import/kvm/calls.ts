// What a thread asks KVM for, where KVM's first deed has a line of its own, in the same thread: a thread that goes on without it was not heard.
// A thread of a vCPU on arm64 has told the virtual GIC of its timers' lines before it enters the guest.
// arch/x86/kvm/lapic.c (kvm_lapic_reg_write, apic_set_eoi), i8259.c (pic_ioport_write, pic_clear_isr), x86.c (kvm_vm_ioctl_irq_line),
// virt/kvm/irqchip.c (kvm_send_userspace_msi, kvm_set_irq), virt/kvm/eventfd.c (irqfd_wakeup), arch/arm64/kvm/arch_timer.c (kvm_timer_update_irq).

import { stamped, type OwnFields, type Stamp } from '../stamp.js';
import type { Journal } from './journal.js';
import type { Thread } from './thread.js';
import type { Threads } from './threads.js';

/** Told of what was asked for in vain. */
type Unheard = Extract<OwnFields, { kind: 'apic.eoi.void' | 'pic.eoi.void' | 'apic.void' | 'gsi.void' | 'efd.void' | 'vgic.void' }>;
type Line = Omit<Extract<Unheard, { kind: 'vgic.void' }>, 'kind'>;

export type Sort = Unheard['kind'];

export interface Errand {
  readonly stamp: Stamp;
  readonly asked: Unheard;
}

/** In vain, and not yet sure of it. */
const MOST_DOUBTFUL = 4096;
/** Of a vCPU's timers, two of which may be told of in interrupts of each other. */
const MOST_LINES = 4;
/** Within so many ns a recorder has switched off all events, one after the other and CPU by CPU. */
const SWITCHED_OFF = 1e9;

export class Calls {
  readonly #journal: Journal;
  readonly #threads: Threads;
  /** CPUs, by the sort of errand, that have shown KVM begin with one; each thread keeps its own. */
  readonly #shown = new Map<Sort, Set<number>>();
  /** In vain, unless the lines that would show it had been switched off just before. */
  #doubtful: Errand[] = [];

  constructor(journal: Journal, threads: Threads) {
    this.#journal = journal;
    this.#threads = threads;
  }

  /** The line at hand asks for it. Of no thread without a number anything is remembered. */
  ask(asked: Unheard): void {
    const thread = this.#threads.current();
    const errand = { stamp: this.#journal.stamp(), asked };
    // Nothing interrupts the wake-up, which may itself interrupt anything else.
    if (asked.kind === 'efd.void') {
      if (thread.wakeup !== undefined) this.#void(thread, thread.wakeup);
      thread.wakeup = errand;
    } else {
      this.goesOn(thread);
      thread.errand = errand;
    }
  }

  /** KVM begins with what the thread has asked for, if it was that: a line, of this GSI. */
  begins(thread: Thread, kind: Sort, gsi?: number): void {
    const errand = kind === 'efd.void' ? thread.wakeup : thread.errand;
    if (errand?.asked.kind !== kind || (errand.asked.kind === 'gsi.void' && errand.asked.gsi !== gsi)) return;
    if (kind === 'efd.void') thread.wakeup = undefined;
    else thread.errand = undefined;
    this.#show(thread, errand);
  }

  /** The thread does something that no handler of an interrupt does. */
  goesOn(thread: Thread): void {
    const { errand, wakeup } = thread;
    thread.errand = thread.wakeup = undefined;
    if (errand !== undefined) this.#void(thread, errand);
    if (wakeup !== undefined) this.#void(thread, wakeup);
    if (this.#doubtful.length > 0) this.#settle(({ stamp }) => this.#journal.ns - stamp.ns > SWITCHED_OFF);
  }

  /** kvm_timer_update_irq. */
  sets({ vid, cpu, level }: Line): void {
    const thread = this.#threads.current();
    if (thread.lines.length < MOST_LINES) thread.lines.push({ stamp: this.#journal.stamp(), asked: { kind: 'vgic.void', vid, cpu, level } });
  }

  /** kvm_vgic_inject_irq: the virtual GIC is told of a line. */
  told(thread: Thread, { vid, cpu, level }: Line): void {
    const at = thread.lines.findIndex(({ asked }) => asked.kind === 'vgic.void' && asked.vid === vid && asked.cpu === cpu && asked.level === level);
    const [errand] = at < 0 ? [] : thread.lines.splice(at, 1);
    if (errand !== undefined) this.#show(thread, errand);
  }

  /** The thread enters its guest: on arm64 it has been in no interrupt since it has looked at its timers. */
  enters(thread: Thread): void {
    for (const errand of thread.lines.splice(0)) this.#void(thread, errand);
    this.goesOn(thread);
  }

  /** What follows may be another machine's, which has other chips in KVM. */
  forget(): void {
    this.#shown.clear();
    this.#doubtful = [];
  }

  /** Only the order of one CPU's lines is sure. Which chips are KVM's a thread shows of its own machine; what a signal does first is the same for all. */
  #void(thread: Thread, errand: Errand): void {
    const { asked: { kind }, stamp: { on } } = errand;
    const isShown = this.#shown.get(kind)?.has(on) === true && (kind === 'efd.void' || thread.heard?.has(kind) === true);
    if (isShown && on === this.#journal.on && this.#doubtful.length < MOST_DOUBTFUL) this.#doubtful.push(errand);
  }

  #show(thread: Thread, { asked: { kind }, stamp: { on } }: Errand): void {
    thread.heard ??= new Set();
    thread.heard.add(kind);
    if (on !== this.#journal.on) return;
    const cpus = this.#shown.get(kind);
    if (cpus === undefined) this.#shown.set(kind, new Set([on]));
    else cpus.add(on);
    if (this.#doubtful.length > 0) this.#settle(({ stamp, asked }) => asked.kind === kind && stamp.on === on);
  }

  #settle(isSure: (errand: Errand) => boolean): void {
    const { ns } = this.#journal;
    for (const errand of this.#doubtful) if (isSure(errand)) this.#journal.tell(stamped({ ...errand.stamp, ns }, errand.asked));
    this.#doubtful = this.#doubtful.filter((errand) => !isSure(errand));
  }
}
