// What one thread is doing with the virtual GIC: the injection under way, the acknowledge at hand, and what KVM says of an interrupt.

import type { EventOf } from '../../event.js';

/** Hops of one injection, in the order in which it passes them: who asks (kvm_irq_line, kvm_timer_update_irq), a probe on kvm_vgic_inject_irq, its tracepoint. */
export const HOPS = { asked: 0, probed: 1, traced: 2 } as const;
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

/** What is under way in one thread. */
export class Doing {
  /** The last injection, and the one that a hardirq's came in between of. */
  latest: Injection | undefined;
  outer: Injection | undefined;
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
}

/** The injection, if it is that of the line and has not been seen at this hop or a later one. */
export const comesTo = (injection: Injection | undefined, { id, cpu, level }: Line, hop: Hop): Injection | undefined =>
  injection !== undefined && injection.hop < hop && injection.line.id === id && injection.line.cpu === cpu && injection.line.level === level ? injection : undefined;

/** Only what is active or pending gets a list register; pending and active at once only if it is an edge, which is not told. */
export function stateOf({ active, latch, hw }: SoftState): 'P' | 'A' | undefined {
  if (!active) return 'P';
  return hw || !latch ? 'A' : undefined;
}
