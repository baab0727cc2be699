// QEMU's local APICs (hw/intc/apic.c): register accesses, which name no vCPU but for the thread that does them, and messages.
// An access prints one or two lines: memory_region_ops of `apic-msi`, and apic_mem_readl or _writel (to 7.2) or apic_register_read or _write, which an MSR prints alone.

import { bitOf } from '../../bit-of.js';
import { vcpu as asVcpu, vector, type Vcpu } from '../../ids.js';
import type { Journal } from '../kvm/journal.js';
import type { Access } from './access.js';
import { ApicMode, type Way } from './apic-mode.js';
import { AT, isOwn, readFrom, writeTo, type Written } from '../apic-registers.js';
import { ApicSends } from './apic-sends.js';
import { DeliveredSum } from './apic-sum.js';
import { ApicThreads } from './apic-threads.js';
import type { MachineResets } from './machine-resets.js';

const BASE = 0xfee0_0000;
const DWORD = 0x1_0000_0000;
/** Delivery mode. */
const STARTUP = 6;
/** Narrower accesses do nothing, in bytes. */
const WIDTH = 4;
/** vCPUs up to this one have their number as APIC id, whatever the topology. */
const PLAIN_IDS = 2;

/** The layers that print an access, from the outer to the inner. */
const REGION = 0;
const MEMORY = 1;
const REGISTER = 2;

interface RegisterAccess {
  readonly write: boolean;
  /** -1 where the thread is no known vCPU's. */
  readonly cpu: number;
  readonly offset: number;
  readonly val: number;
  readonly high: number;
  readonly layer: number;
}

const SHORTHANDS = ['none', 'self', 'all', 'others'] as const;
/** Shorthand `self` in its place. */
const TO_SELF = 1 << 18;

export class QemuApics {
  readonly #journal: Journal;
  readonly #threads: ApicThreads;
  readonly #mode: ApicMode;
  /** APIC id by vCPU, as read or written; bits 31:24, in x2APIC mode the whole register. */
  readonly #ids = new Map<number, number>();
  /** vCPUs whose logical destination has been told, while it is sure that none has switched to x2APIC mode, where it is another. */
  readonly #logical = new Set<Vcpu>();
  #isHidden = false;
  /** The log has the outer lines of writes. */
  #showsRegion = false;
  readonly #missed = new Set<string>();
  /** It has been told that all EOIs and IPIs show. */
  #areWritesShown = false;
  readonly #sends: ApicSends;
  /** The thread whose message, IPI or local source is the latest that was told, if no other access came since; -1 for none. */
  #senderBy = -1;
  readonly sum = new DeliveredSum();
  /** The access that the latest line of a thread told: the next line may tell it again. */
  #told = { tid: -1, offset: -1, write: false, val: -1, layer: -1, id: -1 };

  constructor(journal: Journal, vcpus: ReadonlyMap<number, number>, resets: MachineResets) {
    this.#journal = journal;
    this.#sends = new ApicSends(journal);
    this.#threads = new ApicThreads(journal, vcpus, resets);
    this.#mode = new ApicMode(resets);
  }

  forget(): void {
    this.#mode.forget();
    this.sum.forget();
    this.#told.tid = -1;
    this.#sends.forget();
    this.#senderBy = -1;
    if (this.#isHidden) this.#watch();
  }

  /** A thread runs several vCPUs in turn: of an access that names none it is not known whose it was. */
  mixed(): void {
    this.#ids.clear();
    this.forget();
  }

  /** memory_region_ops of a register. */
  region({ write, cpu, addr, value, size }: Access): void {
    if (size < WIDTH) return;
    if (write) this.#showsRegion = true;
    this.#access({ write, cpu, offset: (addr - BASE) & 0xff0, val: value, high: Number.NaN, layer: REGION });
  }

  /** apic_mem_readl, apic_mem_writel. */
  memory(write: boolean, offset: number, val: number): void {
    this.#access({ write, cpu: this.#threads.vcpu, offset: offset & 0xff0, val, high: Number.NaN, layer: MEMORY });
  }

  /** apic_register_read, apic_register_write. `high`: of a 64-bit value, else not a number. */
  register(write: boolean, offset: number, val: number, high: number): void {
    this.#access({ write, cpu: this.#threads.vcpu, offset: offset & 0xff0, val, high, layer: REGISTER });
  }

  /** The APIC whose EOI the thread at hand wrote last. */
  endedBy(): Vcpu | undefined {
    const { tid, offset, write, id } = this.#told;
    return tid === this.#journal.tid && offset === AT.eoi && write && id >= 0 ? asVcpu(id) : undefined;
  }

  /** A message was written to the APICs' window; apic_deliver_irq comes next. */
  sent(message: Access): void {
    if (message.size >= WIDTH) this.#sends.sent(message);
  }

  /** cpu_get_apic_base, cpu_set_apic_base. */
  based(low: number): void {
    if (this.#mode.based(low)) this.#watch();
  }

  /** apic_deliver_irq, which prints 8 bits of the destination: the others are in the upper half of the address. True if the write of the message shows. */
  message(dst: number, logical: 0 | 1, dm: number, vec: number, trig: 'edge' | 'level'): boolean {
    const j = this.#journal;
    const { ns, on, tid, stream, line, name } = j;
    const sent = this.#sends.delivered();
    this.#senderBy = tid;
    const addr = sent === undefined ? undefined : BigInt(sent.addr);
    const upper = sent === undefined ? 0 : Math.floor(sent.addr / DWORD);
    j.tell({ seq: 0, ns, on, tid, stream, at: line, name, kind: 'apic.msg', dst: upper + dst, logical, dm, vec: vector(vec), trig, addr, data: sent?.value });
    return sent !== undefined;
  }

  /** apic_local_deliver. */
  local(lvt: number, dm: number): void {
    this.#sends.settle();
    this.#senderBy = this.#journal.tid;
    this.#journal.say({ kind: 'apic.local', lvt, dm });
  }

  /** apic_report_irq_delivered (in 10.0 kvm_report_irq_delivered, whatever accelerator runs), once for each APIC that is asked. `isNew`: of a QEMU that has x2APIC. */
  requested(sum: number, isNew: boolean): void {
    if (isNew) this.#watch();
    const fresh = this.sum.reported(sum);
    if (this.#senderBy === this.#journal.tid) this.#journal.say({ kind: 'apic.request', fresh });
  }

  /** A write prints from the outer layer to the inner one, a read the other way round; the first line that tells the vCPU counts. */
  #access({ write, cpu, offset, val, high, layer }: RegisterAccess): void {
    const { tid } = this.#journal;
    const told = this.#told;
    const further = write ? layer > told.layer : layer < told.layer;
    const isInner = further && told.tid === tid && told.offset === offset && told.write === write && told.val === val;
    const again = told.id >= 0 && isInner;
    const way = layer !== REGISTER || isInner ? 'page' : write && this.#showsRegion && told.tid >= 0 ? 'msr' : 'either';
    if (way === 'msr') this.#mode.entered();
    if (layer === REGISTER) this.#watch();
    this.#sends.settle();
    if (write && layer !== REGION) this.#showsWrites();
    if (cpu >= 0 && offset === AT.id) this.#ids.set(cpu, val >>> 24 === 0 ? val : val >>> 24);
    const isOthers = layer !== REGION && this.#threads.mayBeOthers({ write, offset, val });
    const id = isOthers ? -1 : (this.#ids.get(cpu) ?? (cpu >= 0 && cpu <= PLAIN_IDS ? cpu : -1));
    this.#told = { tid, offset, write, val, layer, id: again ? told.id : id };
    if (write && offset === AT.icr && ((val >>> 8) & 7) === STARTUP) this.#threads.started();
    if (again) return;
    this.#senderBy = -1;
    if (write && offset === AT.selfIpi && way !== 'msr') this.#miss('apic.ipi');
    if (id < 0) {
      if (write) this.#missWrite(offset, way);
      return;
    }
    if (write) this.#wrote(asVcpu(id), offset, val, high, way);
    else if (layer !== REGION || isInner || !isOwn(offset)) this.#read(asVcpu(id), offset, val);
  }

  #wrote(cpu: Vcpu, offset: number, val: number, high: number, way: Way): void {
    const j = this.#journal;
    const { ns, on, tid, stream, line, name } = j;
    if (offset === AT.eoi) j.tell({ seq: 0, ns, on, tid, stream, at: line, name, kind: 'apic.eoi', cpu, vec: undefined });
    else if (offset === AT.tpr) j.say({ kind: 'apic.tpr', cpu, val: val & 0xff });
    else if (offset === AT.svr) j.say({ kind: 'apic.svr', cpu, enable: bitOf(val, 8), suppress_eoi: bitOf(val, 12), vec: vector(val & 0xff) });
    else if (offset === AT.ldr) this.#addressed(cpu, { ldr: val >>> 24 });
    else if (offset === AT.dfr) this.#addressed(cpu, { dfr: val >>> 28 });
    else if (offset === AT.icrHigh) this.#mode.setDestination(cpu, val >>> 24);
    else if (offset === AT.icr) this.#ipi(cpu, val, { dst: this.#mode.destination(cpu, high, way), isKept: true });
    else if (offset === AT.selfIpi && way === 'msr') this.#ipi(cpu, (val & 0xff) | TO_SELF, { dst: undefined, isKept: false });
    // QEMU's timer has no TSC-deadline mode.
    else if (offset === AT.initialCount) j.say({ kind: 'apic.timer', cpu, initial: val, divide: undefined });
    else if (offset === AT.divide) j.say({ kind: 'apic.timer', cpu, initial: undefined, divide: val & 0xb });
    else if (offset >= AT.lvt && offset < AT.lvtEnd)
      j.say({ kind: 'apic.lvt', cpu, lvt: (offset - AT.lvt) >> 4, vec: vector(val & 0xff), dm: (val >>> 8) & 7, mask: bitOf(val, 16), periodic: offset === AT.lvt ? bitOf(val, 17) : undefined });
  }

  /** Of a write by a vCPU that is not known nothing is told. Where pages are accessed, lines of their region name the vCPU. */
  #missWrite(offset: number, way: Way): void {
    const chan = writeTo(offset);
    if (chan === 'apic.ipi' || chan === 'apic.dest' || chan === 'apic.timer' || (chan !== undefined && (way !== 'page' || !this.#showsRegion))) this.#miss(chan);
  }

  /** One line prints all writes, whatever the register. */
  #showsWrites(): void {
    if (this.#areWritesShown) return;
    this.#areWritesShown = true;
    for (const chan of ['apic.eoi', 'apic.ipi'] as const) if (!this.#missed.has(chan)) this.#journal.say({ kind: 'meta.chan', chan, cover: 'full' });
  }

  #miss(chan: Written): void {
    if (this.#missed.has(chan)) return;
    this.#missed.add(chan);
    this.#journal.say({ kind: 'meta.chan', chan, cover: 'partial' });
  }

  #addressed(cpu: Vcpu, { ldr, dfr }: { readonly ldr?: number; readonly dfr?: number }): void {
    if (this.#isHidden) return;
    this.#logical.add(cpu);
    this.#journal.say({ kind: 'apic.dest', cpu, ldr, dfr });
  }

  /** At a line that only QEMUs with x2APIC print. */
  #watch(): void {
    const isHidden = this.#mode.mayBeX2apic;
    if (isHidden === this.#isHidden) return;
    this.#isHidden = isHidden;
    if (!this.#missed.has('apic.dest')) this.#journal.say({ kind: 'meta.chan', chan: 'apic.dest', cover: isHidden ? 'partial' : 'full' });
    for (const cpu of this.#logical) this.#journal.say({ kind: 'apic.dest', cpu, ldr: undefined, dfr: undefined });
    this.#logical.clear();
  }

  /** `isKept`: in the interrupt command register. */
  #ipi(cpu: Vcpu, val: number, { dst, isKept }: { readonly dst: number | undefined; readonly isKept: boolean }): void {
    const j = this.#journal;
    const trig = bitOf(val, 15) === 1 ? 'level' : 'edge';
    const shorthand = SHORTHANDS[(val >>> 18) & 3] ?? 'none';
    this.#senderBy = j.tid;
    j.say({ kind: 'apic.ipi', cpu, vec: vector(val & 0xff), dm: (val >>> 8) & 7, dst, logical: bitOf(val, 11), trig, shorthand, val: isKept ? val : undefined });
  }

  #read(cpu: Vcpu, offset: number, val: number): void {
    const register = readFrom(offset);
    const isHidden = this.#isHidden && (offset === AT.ldr || offset === AT.dfr);
    if (register !== undefined && !isHidden) this.#journal.say({ kind: 'apic.read', cpu, reg: register.reg, word: register.word, val });
  }
}
