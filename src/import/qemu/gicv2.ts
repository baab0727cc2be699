// QEMU's GICv2 (hw/intc/arm_gic.c of 7.2). Lines of the distributor name no CPU: that of SGIs and PPIs is the thread's, which runs one
// vCPU or, as under -icount, all of them. The thread is trusted if the GIC has one CPU, or if several threads run one each; else
// memory_region_ops tells, if it is recorded: in front of a write and behind a read.

import { bitOf } from '../../bit-of.js';
import { intid, vcpu, type Vcpu } from '../../ids.js';
import type { Access as MemoryAccess } from './access.js';
import { DistributorAccesses, type DistributorAccess } from './gicv2-accesses.js';
import { GicControl } from './gic-control.js';
import { tellRegister } from '../gic-registers.js';
import type { GicTeller } from './gic-teller.js';
import { BankedWrites } from './gicv2-banked.js';
import { APR, APR_END, BPR, CTLR as INTERFACE_CTLR, DIR, EOIR, HPPIR, IAR, PMR, RPR, controlOf, interrupt, type InterfaceAccess } from './gicv2-interface.js';
import { MaintenanceLines } from './gicv2-maintenance.js';
import { isOfSgis, tellSent, tellSources } from './gicv2-sgis.js';
import { QemuGicv2Virtual } from './gicv2-virtual.js';

/** Distributor. */
const CTLR = 0x0;
const TYPER = 0x4;
const GROUP = 0x80;
const GROUP_END = 0x100;
const TARGETS = 0x800;
const TARGETS_END = 0xc00;
const SGIR = 0xf00;

const FIRST_SPI = 32;
const LAST_SPI = 1019;

export class QemuGicv2 {
  readonly #gic: GicTeller;
  readonly #virtual: QemuGicv2Virtual;
  readonly #maintenance: MaintenanceLines;
  /** CPU by thread, -1 for one that runs several. */
  readonly #threads = new Map<number, number>();
  /** CPUs that the GIC has. */
  #cpus: number | undefined;
  #oneState = false;
  readonly #word: GicControl;
  /** Writes have been recorded: what is read holds until the next. */
  readonly #recorded = { distributor: false, cpuInterface: false };
  /** The CPU of the access to the distributor at hand; undefined if it cannot be told. */
  #cpu: Vcpu | undefined;
  readonly #accesses = new DistributorAccesses();
  readonly #banked: BankedWrites;
  /** GICC_CTLR.AckCtl by CPU: acknowledges return group 1, too. */
  readonly #ackControl = new Map<number, 0 | 1>();
  /** The highest pending interrupt of the CPU that is about to read GICC_IAR. */
  #highest: { readonly tid: number; readonly cpu: number; readonly id: number } | undefined;

  constructor(gic: GicTeller) {
    this.#gic = gic;
    this.#word = new GicControl(gic);
    this.#banked = new BankedWrites(gic);
    this.#virtual = new QemuGicv2Virtual(gic);
    this.#maintenance = new MaintenanceLines(gic.journal);
  }

  forget(): void {
    this.#virtual.forget();
    this.#maintenance.forget();
    this.#word.forget();
    this.#highest = undefined;
    this.#ackControl.clear();
    this.#accesses.forget();
    this.#banked.forget();
  }

  /** A line of the GIC is read. */
  #begin(): void {
    this.#gic.version(2);
    this.#maintenance.settle();
  }

  /** `target`: CPUs that an edge is latched for. */
  line(id: number, level: 0 | 1, mask: number, target: number): void {
    this.#begin();
    const cpu = id < FIRST_SPI ? vcpu(31 - Math.clz32(mask)) : undefined;
    this.#gic.tell('in', { id: intid(id), level, cpu, ...(cpu === undefined ? { targets: target } : {}) });
  }

  /** memory_region_ops of the distributor. */
  accessed(access: MemoryAccess): void {
    const read = this.#accesses.named(access);
    if (read === undefined) return;
    this.#cpu = vcpu(access.cpu);
    if (isOfSgis(read.offset)) tellSources(this.#gic, read, this.#cpu);
    else this.#register(read, FIRST_SPI - 1);
  }

  distributor(access: DistributorAccess): void {
    this.#begin();
    const { write, offset, value } = access;
    this.#cpu = this.#accesses.whose(access, this.#current);
    this.#recorded.distributor ||= write;
    if (write && this.#cpu === undefined) this.#banked.note(this.#gic.journal.tid, access);
    if (offset === CTLR) return this.#control(write, value);
    if (offset === TYPER) return write ? undefined : this.#typer(value);
    if (offset >= TARGETS && offset < TARGETS_END) return this.#route(access);
    if (offset === SGIR) return write ? tellSent(this.#gic, value, this.#cpu, this.#cpus) : undefined;
    if (isOfSgis(offset)) return tellSources(this.#gic, access, this.#cpu);
    if (offset >= GROUP && offset < GROUP_END && value !== 0 && !this.#oneState) this.#gic.securityStates(2);
    this.#register(access, this.#gic.lines === 0 ? LAST_SPI : this.#gic.lines - 1);
  }

  /** What a register says of the INTIDs up to `to`. */
  #register(access: DistributorAccess, to: number): void {
    tellRegister(this.#gic, { ...access, cpu: this.#cpu, from: 0, to, fixedSgis: true });
  }

  #control(write: boolean, value: number): void {
    if (write) this.#word.written(value);
    else if (!this.#recorded.distributor || !this.#word.read(value)) return;
    this.#gic.tell('dist', { group: 0, val: bitOf(value, 0) });
    this.#gic.tell('dist', { group: 1, val: bitOf(value, 1) });
  }

  #typer(value: number): void {
    this.#cpus = ((value >>> 5) & 7) + 1;
    this.#oneState = bitOf(value, 10) === 0;
    this.#gic.securityStates(this.#oneState ? 1 : 2);
    this.#gic.typer(value, this.#cpus);
  }

  /** Of one CPU they read as zero. */
  #route({ write, offset, size, value }: DistributorAccess): void {
    for (let place = 0; place < size; place++) {
      const id = offset - TARGETS + place;
      if (id < FIRST_SPI || this.#cpus === 1) continue;
      this.#gic.tell(write ? 'route' : 'read', { id: intid(id), targets: (value >>> (8 * place)) & 0xff });
    }
  }

  /** The CPU that the thread at hand runs; undefined if it cannot be told. */
  get #current(): Vcpu | undefined {
    if (this.#cpus === 1) return vcpu(0);
    const cpu = this.#threads.get(this.#gic.journal.tid) ?? -1;
    return cpu >= 0 && this.#hasEachItsOwn ? vcpu(cpu) : undefined;
  }

  /** Several threads have shown, and each runs one CPU. */
  get #hasEachItsOwn(): boolean {
    return this.#threads.size > 1 && [...this.#threads.values()].every((cpu) => cpu >= 0);
  }

  /** A line of the thread names a CPU. */
  #learnThread(cpu: number): void {
    const { tid } = this.#gic.journal;
    if (tid < 0) return;
    const known = this.#threads.get(tid);
    if (known === undefined) {
      this.#threads.set(tid, cpu);
      if (this.#hasEachItsOwn) this.#banked.tell(this.#threads);
    } else if (known !== cpu) this.#threads.set(tid, -1);
  }

  /** gic_acknowledge_irq: printed before what GICC_IAR reads is decided, and the highest pending interrupt whatever runs. */
  acknowledges(cpu: number, id: number): void {
    this.#highest = { tid: this.#gic.journal.tid, cpu, id };
  }

  cpuInterface(access: InterfaceAccess): void {
    // A guest's acknowledge has been done when it is printed.
    if (access.write || !access.guest || access.offset !== IAR) this.#begin();
    this.#learnThread(access.cpu);
    this.#virtual.writesShow ||= access.write;
    if (access.guest) {
      this.#virtual.guest(access);
      this.#maintenance.settle();
    } else if (access.write) {
      this.#recorded.cpuInterface = true;
      this.#written(access);
    }
    else this.#read(access);
  }

  #written({ cpu: n, offset, value }: InterfaceAccess): void {
    const cpu = vcpu(n);
    if (offset === INTERFACE_CTLR) this.#interfaceControl(n, value);
    else if (offset === PMR) this.#gic.tell('pmr', { cpu, val: value & 0xff });
    else if (offset === BPR) this.#gic.tell('bpr', { cpu, val: value & 7, group: 0 });
    else if (offset === EOIR) this.#gic.tell('eoir', { cpu, ...interrupt(value) });
    else if (offset === DIR) this.#gic.tell('dir', { cpu, ...interrupt(value) });
    else if (offset >= APR && offset < APR_END) this.#gic.tell('apr', { cpu });
  }

  #read({ cpu: n, offset, value }: InterfaceAccess): void {
    const cpu = vcpu(n);
    if (this.#recorded.cpuInterface) this.#shown(n, offset, value);
    if (offset === IAR) {
      this.#tellHighest(n, value);
      this.#gic.tell('iar', { cpu, ...interrupt(value), group: this.#groupOf(n, value) });
    } else if (offset === RPR) this.#gic.tell('rpr', { cpu, val: value & 0xff });
    else if (offset === HPPIR) this.#gic.tell('hppir', { cpu, id: interrupt(value).id });
  }

  /** What GICC_HPPIR would have read before an acknowledge that returned `value`. */
  #tellHighest(n: number, value: number): void {
    const highest = this.#highest;
    this.#highest = undefined;
    if (highest?.cpu !== n || highest.tid !== this.#gic.journal.tid) return;
    if (highest.id > LAST_SPI || highest.id !== (value & 0x3ff)) this.#gic.tell('hppir', { cpu: vcpu(n), id: intid(highest.id) });
  }

  /** What an interface is set to. GICv1 has no EOImode, and without the Security Extensions no group 1. */
  #shown(n: number, offset: number, value: number): void {
    const cpu = vcpu(n);
    if (offset === INTERFACE_CTLR) {
      this.#gic.tell('iface', { cpu, grpen0: bitOf(value, 0) });
      this.#interfaceControl(n, value);
    }
    if (offset === BPR) this.#gic.tell('iface', { cpu, bpr0: value & 7 });
    if (offset !== PMR) return;
    this.#gic.tell('iface', { cpu, pmr: value & 0xff });
    this.#gic.tell('pmr', { cpu, val: value & 0xff });
  }

  /** Without AckCtl only group 0 is returned, or what a Non-secure access takes for it. */
  #groupOf(cpu: number, value: number): 0 | undefined {
    return (value & 0x3ff) <= LAST_SPI && this.#ackControl.get(cpu) === 0 ? 0 : undefined;
  }

  #interfaceControl(n: number, value: number): void {
    const cpu = vcpu(n);
    const { eoimode, ackControl, enables } = controlOf(value);
    this.#ackControl.set(n, ackControl);
    for (const group of [0, 1] as const) this.#gic.tell('grpen', { cpu, val: enables[group], group });
    this.#gic.tell('eoimode', { cpu, val: eoimode });
  }

  /** GICH: whose, the thread tells. */
  hypervisor(access: DistributorAccess): void {
    this.#begin();
    this.#virtual.hypervisor(access, this.#current);
  }

  maintenance(cpu: number, level: 0 | 1): void {
    this.#gic.hypervisor();
    this.#maintenance.told(cpu, level);
  }

  list(cpu: number, n: number, value: number): void {
    this.#begin();
    this.#learnThread(cpu);
    this.#virtual.list(cpu, n, value);
  }
}
