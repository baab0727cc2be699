// What one thread is doing with the virtual GIC: the injection under way, the acknowledge at hand, and what KVM says of an interrupt.

import type { EventOf } from '../../event.js';
import type { FieldsOf } from '../../kinds.js';
import { intid, lr as asLr, type Vcpu } from '../../ids.js';

/** Hops of one injection, in the order in which it passes them: who asks (user space by kvm_irq_line, kvm_timer_update_irq), a probe on kvm_vgic_inject_irq, its tracepoint. */
export const HOPS = { called: 0, asked: 1, probed: 2, traced: 3 } as const;
export type Hop = (typeof HOPS)[keyof typeof HOPS];

/** A line of the guest's GIC; `cpu` of SGIs and PPIs only. */
interface Line {
  readonly id: number;
  readonly cpu: number | undefined;
  readonly level: boolean;
}

/** What KVM knows of an interrupt: `struct vgic_irq`. */
export interface SoftState {
  readonly id: number;
  readonly line: boolean;
  readonly latch: boolean;
  readonly active: boolean;
  readonly enabled: boolean;
  /** A physical interrupt stands behind it. */
  readonly hw: boolean;
}

/** What KVM is doing with an interrupt when its state is taken: it fills a list register, or sets its line. */
export interface Purpose {
  readonly lr?: number;
  readonly pid?: EventOf<'vgic.irq'>['pid'];
  readonly set?: Line | undefined;
}

/** A line that was told of, and the hop at which it was seen last. */
interface Injection { readonly line: Line; hop: Hop }

/** `gpa`: guest-physical address; `len` bytes, whose lower and upper 32 bits are `value` and `high`. */
export interface GuestAccess {
  readonly write: boolean;
  readonly gpa: number;
  readonly len: number;
  readonly value: number;
  readonly high: number;
}

/** What is under way in one thread. */
export class Doing {
  /** The last injection, and the one that a hardirq's came in between of. */
  latest: Injection | undefined;
  outer: Injection | undefined;
  /** The vCPU that the thread has loaded, -1 if it may be another by now; undefined where no load has shown. */
  loaded: number | undefined;
  /** The vCPU that a probe named last, by its pointer, and whether one has been loaded since. */
  #pointer: number | undefined;
  #isFresh = false;
  /** The latest write of its guest, which may still have to make KVM look at an interrupt. */
  write: GuestAccess | undefined;
  /** An eventfd was signalled; which GSI's is told next. */
  woken = false;
  /** GSI whose line is about to change, -1 none. */
  gsi = -1;
  /** GSI of the acknowledge at hand, -1 none. */
  acked = -1;
  /** The injection that the thread is busy with, and nothing else since; undefined where two of one interrupt may lie within each other. */
  setting: Line | undefined;
  /** Linux's numbers of the host interrupts that its vCPU's own are mapped to, as long as the GIC's are not known. */
  readonly maps = new Map<number, number>();

  /** kvm_timer_update_irq: each load of a vCPU tells of its timers. Not for `sure`: a timer of the host's may have expired, for another one, in the middle of anything. */
  timer(cpu: number, sure: boolean): void {
    if (!sure && (this.loaded === undefined || this.loaded === cpu)) return;
    this.loaded = sure ? cpu : -1;
    this.#isFresh = true;
  }

  /** True if it was another vCPU before, of a thread whose loads do not show. */
  showsAnother(pointer: number): boolean {
    const isAnother = this.#pointer !== undefined && this.#pointer !== pointer;
    if (isAnother && this.loaded !== undefined && !this.#isFresh) this.loaded = -1;
    this.#pointer = pointer;
    this.#isFresh = false;
    return isAnother && this.loaded === undefined;
  }
}

export const doingOf = (thread: { vgic: Doing | undefined }): Doing => (thread.vgic ??= new Doing());

/** The injection, if it is that of the line and has not been seen at this hop or a later one. */
export const comesTo = (injection: Injection | undefined, { id, cpu, level }: Line, hop: Hop): Injection | undefined =>
  injection !== undefined && injection.hop < hop && injection.line.id === id && injection.line.cpu === cpu && injection.line.level === level ? injection : undefined;

/** Only what is active or pending gets a list register; pending and active at once only if it is an edge, which is not told. */
export function stateOf({ active, latch, hw }: SoftState): 'P' | 'A' | undefined {
  if (!active) return 'P';
  return hw || !latch ? 'A' : undefined;
}

/** What KVM knows of an interrupt, as an event tells it. */
export function lookOf({ id, line, latch, active, enabled, hw }: SoftState, cpu: Vcpu | undefined, { lr, pid, set }: Purpose): { readonly kind: 'vgic.irq' } & FieldsOf<'vgic.irq'> {
  const bit = (value: boolean): 0 | 1 => (value ? 1 : 0);
  return {
    kind: 'vgic.irq',
    vid: intid(id),
    cpu,
    line: bit(line),
    latch: bit(latch),
    active: bit(active),
    enabled: bit(enabled),
    hw: bit(hw),
    pid,
    lr: lr === undefined ? undefined : asLr(lr),
    set: set === undefined ? undefined : bit(set.level),
  };
}
