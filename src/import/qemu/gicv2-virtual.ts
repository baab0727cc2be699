// The virtual half of QEMU's GICv2 (hw/intc/arm_gic.c of 7.2): what a guest does at its CPU interface (GICV), and what a hypervisor
// writes and reads of it (GICH). Arm IHI 0048B, 5.3 and 5.5.

import { vcpu, type Vcpu } from '../../ids.js';
import type { GicTeller } from './gic-teller.js';
import { APR, APR_END, BPR, CTLR, DIR, EOIR, HPPIR, IAR, PMR, RPR, controlOf, interrupt, type InterfaceAccess } from './gicv2-interface.js';
import { ListRegisters, narrowRegister, type StatusName } from './list-registers.js';
import { ModeTeller } from './mode-teller.js';

interface HypervisorAccess {
  readonly write: boolean;
  readonly offset: number;
  readonly value: number;
}

const HCR = 0x0;
const VTR = 0x4;
const VMCR = 0x8;
const STATUS: Readonly<Record<number, StatusName>> = { 0x10: 'misr', 0x20: 'eisr', 0x30: 'elrsr' };
const HYP_APR = 0xf0;
const LIST = 0x100;
const LIST_END = 0x200;

/** GICV_CTLR as it reads. */
function controlRead(value: number): { eoimode: 0 | 1; grpen0: 0 | 1; grpen1: 0 | 1 } {
  const { eoimode, enables } = controlOf(value);
  return { eoimode, grpen0: enables[0], grpen1: enables[1] };
}

/** GICH_VMCR holds the mask, the binary point, and GICV_CTLR at its bits. */
const maskOf = (machine: number): number => (machine >>> 24) & 0xf8;
const pointOf = (machine: number): number => (machine >>> 21) & 7;

export class QemuGicv2Virtual {
  readonly #gic: GicTeller;
  readonly #lists: ListRegisters;
  readonly #modes: ModeTeller;
  /** A list register as it is being written, by thread. */
  readonly #writing = new Map<number, { readonly n: number; readonly value: number }>();
  /** CPUs whose machine control has been written, and those whose hypervisor control has. */
  readonly #known = new Set<Vcpu>();
  readonly #controlled = new Set<Vcpu>();
  /** One was written, and it could not be told whose. */
  #isMixed = false;
  /** Writes of CPU interfaces have been recorded. */
  writesShow = false;

  constructor(gic: GicTeller) {
    this.#gic = gic;
    this.#lists = new ListRegisters(gic);
    this.#modes = new ModeTeller(gic);
  }

  forget(): void {
    this.#lists.forget();
    this.#modes.forget();
    this.#writing.clear();
    this.#known.clear();
    this.#controlled.clear();
  }

  guest({ write, cpu: n, offset, value }: InterfaceAccess): void {
    const cpu = vcpu(n);
    if (write) this.#written(cpu, offset, value);
    else if (offset === IAR) this.#gic.tellGuest('iar', { cpu, ...interrupt(value) });
    else if (offset === RPR) this.#gic.tellGuest('rpr', { cpu, val: value & 0xff });
    else if (offset === HPPIR) this.#gic.tellGuest('hppir', { cpu, id: interrupt(value).id });
    else if (!this.#lasts(cpu)) return;
    else if (offset === PMR) this.#gic.tellGuest('iface', { cpu, pmr: value & 0xff });
    else if (offset === BPR) this.#gic.tellGuest('iface', { cpu, bpr0: value & 7 });
    else if (offset === CTLR) this.#gic.tellGuest('iface', { cpu, ...controlRead(value) });
  }

  #written(cpu: Vcpu, offset: number, value: number): void {
    if (offset === EOIR) this.#gic.tellGuest('eoir', { cpu, ...interrupt(value) });
    else if (offset === DIR) this.#gic.tellGuest('dir', { cpu, ...interrupt(value) });
    else if (offset >= APR && offset < APR_END) this.#gic.tellGuest('load', { cpu });
    else if (offset === BPR) this.#gic.tellGuest('bpr', { cpu, val: value & 7, group: 0 });
    else if (offset === CTLR) this.#control(cpu, value);
    else if (offset === PMR && this.#lasts(cpu)) this.#gic.tellGuest('pmr', { cpu, val: value & 0xff });
  }

  /** Does what is told of the interface hold until the next is told: guest's writes and hypervisor's are recorded, and it is known whose they are? */
  #lasts(cpu: Vcpu): boolean {
    return this.writesShow && this.#known.has(cpu) && !this.#isMixed;
  }

  #control(cpu: Vcpu, value: number): void {
    const { eoimode, enables } = controlOf(value);
    this.#modes.tell(cpu, eoimode, this.#lasts(cpu));
    if (!this.#lasts(cpu)) return;
    for (const group of [0, 1] as const) this.#gic.tellGuest('grpen', { cpu, val: enables[group], group });
  }

  /** `cpu`: whose, as far as the thread tells; a list register has a line of its own that names the CPU. */
  hypervisor({ write, offset, value }: HypervisorAccess, cpu: Vcpu | undefined): void {
    this.#gic.hypervisor();
    if (!write && offset === VTR) this.#gic.virtualType(value & 0x3f);
    if (write && offset >= LIST && offset < LIST_END) this.#writing.set(this.#gic.journal.tid, { n: (offset - LIST) >> 2, value });
    if (cpu === undefined) {
      if (write && (offset === VMCR || offset === HCR)) this.#mix();
      return;
    }
    if (write) this.#commanded(cpu, offset, value);
    else if (offset === VMCR && this.#lasts(cpu)) this.#gic.tellGuest('iface', { cpu, pmr: maskOf(value), bpr0: pointOf(value), ...controlRead(value) });
    const status = write ? undefined : STATUS[offset];
    if (status !== undefined) this.#lists.status(cpu, status, value);
    if (!write && offset >= LIST && offset < LIST_END) this.#lists.wasRead(cpu, (offset - LIST) >> 2, narrowRegister(value));
  }

  #commanded(cpu: Vcpu, offset: number, value: number): void {
    // Another guest brings its machine control: where that is not recorded, the hypervisor's own tells.
    if (offset === VMCR || offset === HYP_APR || (offset === HCR && !this.#known.has(cpu))) this.#gic.tellGuest('load', { cpu });
    if (offset === HCR && !this.#isMixed) {
      this.#controlled.add(cpu);
      this.#lists.controlled(cpu, value);
    }
    if (offset !== VMCR) return;
    this.#known.add(cpu);
    this.#control(cpu, value);
    if (!this.#lasts(cpu)) return;
    this.#gic.tellGuest('pmr', { cpu, val: maskOf(value) });
    this.#gic.tellGuest('bpr', { cpu, val: pointOf(value), group: 0 });
  }

  /** What was told of any interface may hold no more. */
  #mix(): void {
    this.#isMixed = true;
    this.#modes.doubt();
    for (const cpu of this.#known) this.#gic.tellGuest('pmr', { cpu, val: undefined });
    for (const cpu of this.#controlled) this.#lists.controlled(cpu, undefined);
    for (const cpu of [...this.#known, ...this.#controlled]) this.#gic.tellGuest('load', { cpu });
    this.#known.clear();
    this.#controlled.clear();
  }

  /** A list register holds `value`: what was written is on the thread's line before. */
  list(cpu: number, n: number, value: number): void {
    this.#gic.hypervisor();
    const { tid } = this.#gic.journal;
    const writing = this.#writing.get(tid);
    this.#writing.delete(tid);
    // Of another guest, whose machine control was written on a thread that does not tell the CPU.
    if (!this.#known.has(vcpu(cpu))) this.#gic.tellGuest('load', { cpu: vcpu(cpu) });
    this.#lists.wrote(cpu, n, narrowRegister(writing?.n === n ? writing.value : value));
  }
}
