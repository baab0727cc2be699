// A guest's accesses to its GIC's frames, as kvm_mmio shows them: a write before KVM does it, a read with what it returned. Linux
// arch/arm64/kvm/mmio.c (io_mem_abort), vgic/vgic-mmio.c, vgic-mmio-v2.c, vgic-mmio-v3.c.

import { bitOf } from '../../bit-of.js';
import { intid, vcpu, type Vcpu } from '../../ids.js';
import type { GicName } from '../../kinds.js';
import { gicEvent, type GicFields } from '../gic-event.js';
import { tellRegister, type RegisterAccess } from '../gic-registers.js';
import { GicFrames, type Frame } from './gic-frames.js';
import type { Journal } from './journal.js';
import type { Machines } from './machines.js';
import type { Thread } from './thread.js';
import type { Threads } from './threads.js';
import { doingOf, type Doing, type GuestAccess } from './vgic-doing.js';

const FIRST_SPI = 32;
const LAST_SPI = 1019;
const CTLR = 0x0;
const ENABLES = 0x100;
const PENDING = 0x200;
const CLEAR_PENDING = 0x280;
const ACTIVE_END = 0x400;
const PRIORITY = 0x400;
const TARGETS = 0x800;
const CONFIG = 0xc00;
const VERSION2_END = 0x1000;
const SGIR = 0xf00;
const ROUTER = 0x6000;
const ROUTER_END = 0x8000;
/** VGIC_PRI_BITS: five bits of each priority are kept. */
const KEPT_PRIORITY = 0xf8f8_f8f8;
/** Of a redistributor: GICR_CTLR, GICR_SETLPIR to GICR_INVALLR. Of the ITS: GITS_CTLR, GITS_CWRITER. What either does to LPIs is not followed. */
const LPI_OFFSETS = new Set([0x0, 0x40, 0x48, 0xa0, 0xb0, 0x88, 0x8c]);

export class GicAccesses {
  readonly #journal: Journal;
  readonly #threads: Threads;
  readonly #machines: Machines;
  readonly #vcpuOf: (thread: Thread) => number;
  readonly #frames: GicFrames;
  #lines = 0;

  /** `vcpuOf` tells which vCPU a thread runs, -1 if that is not known. */
  constructor(journal: Journal, threads: Threads, machines: Machines, vcpuOf: (thread: Thread) => number) {
    this.#vcpuOf = vcpuOf;
    this.#journal = journal;
    this.#threads = threads;
    this.#machines = machines;
    this.#frames = new GicFrames({
      vcpu: (cpu) => machines.name(cpu),
      lines: (lines) => this.#count(lines),
      version: (gicVersion) => journal.say({ kind: 'meta.cfg', gicVersion }),
    });
  }

  /** kvm_mmio of a write, or of a read with what it returned. */
  access(access: GuestAccess): void {
    if (this.#machines.arch !== 'arm64') return;
    const thread = this.#threads.guest();
    thread.leave(this.#journal);
    const doing = doingOf(thread);
    const { write, gpa, len, value, high } = access;
    if (!write) this.#frames.answered(gpa, len, value, high);
    doing.write = undefined;
    const frame = this.#frames.at(gpa);
    if (frame !== undefined) this.#at(frame, access, thread);
    else if (write && LPI_OFFSETS.has(this.#frames.offset(gpa))) this.#journal.say({ kind: 'vgic.lpis' });
    if (write && isOpen(frame)) doing.write = access;
  }

  /** vgic_queue_irq_unlock, and no injection before it: the thread's latest write may be what called for it. */
  queued(thread: Thread, doing: Doing, id: number): void {
    const access = doing.write;
    if (access === undefined || !named(access, this.#frames.offset(access.gpa), id)) return;
    if (!this.#frames.queued(access.gpa, id)) return;
    doing.write = undefined;
    const frame = this.#frames.at(access.gpa);
    if (frame !== undefined) this.#at(frame, access, thread);
  }

  /** Another machine has taken the place of the one before: its frames are elsewhere. */
  forget(): void {
    this.#lines = 0;
    this.#frames.forget();
  }

  #count(lines: number): void {
    if (this.#lines === lines) return;
    this.#lines = lines;
    this.#journal.say({ kind: 'meta.cfg', gicLines: Math.min(lines, LAST_SPI + 1) });
  }

  tell<N extends GicName>(name: N, fields: GicFields<N>): void {
    this.#journal.tell(gicEvent(this.#journal.stamp(), 'gic', name, fields));
  }

  #at(frame: Frame, access: GuestAccess, thread: Thread): void {
    const offset = this.#frames.offset(access.gpa);
    if (frame.is === 'dist') this.#distributor(frame.version, offset, access, thread);
    else if (frame.is === 'private') this.#registers(access, offset, { cpu: vcpu(frame.cpu), from: 0, to: FIRST_SPI - 1, fixedSgis: false });
    else if (access.write && LPI_OFFSETS.has(offset)) this.#journal.say({ kind: 'vgic.lpis' });
  }

  #distributor(version: 2 | 3 | undefined, offset: number, access: GuestAccess, thread: Thread): void {
    if (offset === CTLR && access.write) return this.tell('dist', { val: version === undefined ? undefined : bitOf(access.value, version - 2), group: undefined });
    if (version !== 2 && offset >= ROUTER && offset < ROUTER_END) return this.#route(access, offset, version === 3);
    if (offset >= VERSION2_END) return;
    if (version !== 3 && offset >= TARGETS && offset < CONFIG) return this.#targets(access, offset, version === 2);
    const cpu = version === 2 ? this.#vcpuOf(thread) : -1;
    if (version === 2 && offset === SGIR) return this.#sends(access, cpu);
    this.#registers(access, offset, { cpu: cpu < 0 ? undefined : vcpu(cpu), from: version === 3 ? FIRST_SPI : 0, to: LAST_SPI, fixedSgis: version === 2 });
  }

  /** The registers of each interrupt, of the size that KVM lets a guest use. What reads as pending or active lacks what the list registers hold; triggers of SGIs and PPIs are fixed. */
  #registers({ write, value, len }: GuestAccess, offset: number, whose: Pick<RegisterAccess, 'cpu' | 'from' | 'to' | 'fixedSgis'>): void {
    const isPriority = offset >= PRIORITY && offset < TARGETS;
    if (len !== 4 && !(isPriority && len === 1)) return;
    if (!write && offset >= PENDING && offset < ACTIVE_END) return;
    if (offset >= CONFIG && whose.to < FIRST_SPI) return;
    const from = offset >= CONFIG ? FIRST_SPI : whose.from;
    tellRegister(this, { write, offset, size: len, value: isPriority ? value & KEPT_PRIORITY : value, ...whose, from });
  }

  /** GICD_SGIR: an SGI for the vCPUs of a list; those that are not there take none. */
  #sends({ write, value, len }: GuestAccess, cpu: number): void {
    const toList = ((value >>> 24) & 3) === 0;
    if (!write || len !== 4 || cpu < 0 || !toList) return;
    for (const target of this.#frames.vcpus) if (bitOf(value, 16 + target) === 1) this.tell('pend', { id: intid(value & 0xf), val: 1, cpu: vcpu(target), srccpu: vcpu(cpu) });
  }

  /** GICD_IROUTER: the upper half is not kept, and bit 31 neither. An affinity of no vCPU that is known is none that can be named; unless it is `sure` that there is such a register any may be. */
  #route({ write, len, value }: GuestAccess, offset: number, sure: boolean): void {
    const id = (offset - ROUTER) >> 3;
    if (id < FIRST_SPI || id > LAST_SPI || (offset & 7) !== 0 || (len !== 4 && len !== 8)) return;
    const cpu = sure ? this.#frames.ofAffinity(value & 0xff_ffff) : undefined;
    if (write) this.tell('route', { id: intid(id), cpu: cpu === undefined ? undefined : vcpu(cpu), targets: undefined });
    else if (cpu !== undefined) this.tell('read', { id: intid(id), to: vcpu(cpu) });
  }

  /** GICD_ITARGETSR: KVM takes the lowest. */
  #targets({ write, len, value }: GuestAccess, offset: number, sure: boolean): void {
    if (!write || (len !== 4 && len !== 1)) return;
    for (let at = 0; at < len; at++) {
      const id = offset - TARGETS + at;
      const mask = (value >>> (8 * at)) & 0xff;
      const lowest: Vcpu | undefined = mask === 0 || !sure ? undefined : vcpu(31 - Math.clz32(mask & -mask));
      if (id >= FIRST_SPI && id <= LAST_SPI) this.tell('route', { id: intid(id), cpu: lowest, targets: undefined });
    }
  }
}

/** May a write still tell something of the frame? */
const isOpen = (frame: Frame | undefined): boolean => frame === undefined || (frame.is === 'dist' && frame.version === undefined);

/** Does a write set the enable, or change the pending bit, of the interrupt? */
function named({ len, value }: GuestAccess, offset: number, id: number): boolean {
  const [start, end] = offset >= PENDING ? [PENDING, CLEAR_PENDING] : [ENABLES, ENABLES + 0x80];
  const place = id - (offset - start) * 8;
  return len === 4 && offset >= start && offset < end && place >= 0 && place < 32 && bitOf(value, place) === 1;
}
