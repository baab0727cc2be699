// QEMU's local APICs (hw/intc/apic.c): register accesses, which name no vCPU but for the thread that does them, and messages.
// An access prints one to three lines: memory_region_ops of `apic-msi`, apic_mem_readl or _writel (to 7.2), apic_register_read or _write.

import { vcpu as asVcpu, vector, type Vcpu } from '../../ids.js';
import type { Journal } from '../kvm/journal.js';
import type { Access } from './access.js';
import type { MachineResets } from './machine-resets.js';

const BASE = 0xfee0_0000;
const ID = 0x20;
const TPR = 0x80;
const PPR = 0xa0;
const EOI = 0xb0;
const LDR = 0xd0;
const DFR = 0xe0;
const SVR = 0xf0;
const ISR = 0x100;
const TMR = 0x180;
const IRR = 0x200;
const IRR_END = 0x280;
const ICR = 0x300;
const ICR_HIGH = 0x310;
const LVT = 0x320;
const LVT_END = 0x380;
/** In x2APIC mode only. */
const SELF_IPI = 0x3f0;
/** Delivery mode. */
const STARTUP = 6;
/** Registers that a reset leaves so; all entries of the local vector table are alike. */
const AS_RESET: ReadonlyMap<number, number> = new Map([[TPR, 0], [PPR, 0], [SVR, 0xff], [LVT, 0x1_0000]]);
/** vCPUs up to this one have their number as APIC id, whatever the topology. */
const PLAIN_IDS = 2;

const bit = (value: number, n: number): 0 | 1 => (((value >>> n) & 1) === 0 ? 0 : 1);
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

export class QemuApics {
  readonly #journal: Journal;
  readonly #vcpus: ReadonlyMap<number, number>;
  readonly #resets: MachineResets;
  /** A start-up IPI has been written. */
  #started = false;
  /** APIC id by vCPU, as read or written; bits 31:24, in x2APIC mode the whole register. */
  readonly #ids = new Map<number, number>();
  /** Destination half of the interrupt command register. */
  readonly #destinations = new Map<number, number>();
  /** vCPUs whose logical destination has been told, while it is sure that none has switched to x2APIC mode, where it is another. */
  readonly #logical = new Set<Vcpu>();
  #x2apic = false;
  readonly #missed = new Set<string>();
  /** The latest message written. */
  #sent = { tid: -1, count: -1, addr: 0, data: 0 };
  /** The thread whose message, IPI or local source is the latest that was told, if no other access came since; -1 for none. */
  #senderBy = -1;
  /** Requests that set a bit of an IRR, since the sum was cleared; -1 while that is not known. Clearing shows where it has been seen. */
  #sum = -1;
  #clears = false;
  /** The access that the latest line of a thread told: the next line may tell it again. */
  #told = { tid: -1, offset: -1, write: false, val: -1, layer: -1, id: -1 };

  constructor(journal: Journal, vcpus: ReadonlyMap<number, number>, resets: MachineResets) {
    this.#journal = journal;
    this.#vcpus = vcpus;
    this.#resets = resets;
  }

  forget(): void {
    this.#destinations.clear();
    this.#told.tid = -1;
    this.#sent.count = -1;
    this.#senderBy = this.#sum = -1;
  }

  /** A thread runs several vCPUs in turn: of an access that names none it is not known whose it was. */
  mixed(): void {
    this.#ids.clear();
    this.forget();
  }

  /** memory_region_ops of a register. */
  region({ write, cpu, addr, value }: Access): void {
    this.#access({ write, cpu, offset: (addr - BASE) & 0xff0, val: value, high: Number.NaN, layer: REGION });
  }

  /** apic_mem_readl, apic_mem_writel. */
  memory(write: boolean, offset: number, val: number): void {
    this.#access({ write, cpu: this.#vcpu(), offset: offset & 0xff0, val, high: Number.NaN, layer: MEMORY });
  }

  /** apic_register_read, apic_register_write. `high`: of a 64-bit value, else not a number. */
  register(write: boolean, offset: number, val: number, high: number): void {
    this.#mayBeX2apic();
    this.#access({ write, cpu: this.#vcpu(), offset: offset & 0xff0, val, high, layer: REGISTER });
  }

  /** The vCPU that the thread at hand runs. */
  #vcpu(): number {
    return this.#vcpus.get(this.#journal.tid) ?? -1;
  }

  /** May another vCPU have been started that runs on the same thread? Not if each has a thread of its own. */
  get #mayShare(): boolean {
    return this.#vcpus.size < 2 && (this.#started || !this.#resets.seen);
  }

  /** The APIC whose EOI the thread at hand wrote last. */
  endedBy(): Vcpu | undefined {
    const { tid, offset, write, id } = this.#told;
    return tid === this.#journal.tid && offset === EOI && write && id >= 0 ? asVcpu(id) : undefined;
  }

  /** A message was written to the APICs' window; apic_deliver_irq comes next. */
  sent({ addr, value }: Access): void {
    const { tid, count } = this.#journal;
    this.#sent = { tid, count, addr, data: value };
  }

  /** apic_deliver_irq. */
  message(dst: number, logical: 0 | 1, dm: number, vec: number, trig: 'edge' | 'level'): void {
    const j = this.#journal;
    const { ns, on, tid, stream, line, name } = j;
    const sent = this.#sent;
    this.#senderBy = tid;
    const isNext = sent.tid === tid && sent.count === j.count - 1;
    const addr = isNext ? BigInt(sent.addr) : undefined;
    j.tell({ seq: 0, ns, on, tid, stream, at: line, name, kind: 'apic.msg', dst, logical, dm, vec: vector(vec), trig, addr, data: isNext ? sent.data : undefined });
  }

  /** apic_local_deliver. */
  local(lvt: number, dm: number): void {
    this.#senderBy = this.#journal.tid;
    this.#journal.say({ kind: 'apic.local', lvt, dm });
  }

  /** apic_report_irq_delivered (in 10.0 kvm_report_irq_delivered, whatever accelerator runs), once for each APIC that is asked. `sum` grows if the bit of its IRR was clear. */
  requested(sum: number): void {
    const before = this.#sum;
    this.#sum = sum;
    const isSame = sum === before && this.#clears;
    if (this.#senderBy !== this.#journal.tid) return;
    this.#journal.say({ kind: 'apic.request', fresh: before >= 0 && sum === before + 1 ? 1 : before >= 0 && isSame ? 0 : undefined });
  }

  /** apic_reset_irq_delivered, kvm_reset_irq_delivered. */
  clearedSum(): void {
    this.#sum = 0;
    this.#clears = true;
  }

  /** A write prints from the outer layer to the inner one, a read the other way round; the first line that tells the vCPU counts. */
  #access({ write, cpu, offset, val, high, layer }: RegisterAccess): void {
    const { tid } = this.#journal;
    const told = this.#told;
    const further = write ? layer > told.layer : layer < told.layer;
    const again = told.id >= 0 && further && told.tid === tid && told.offset === offset && told.write === write && told.val === val;
    if (cpu >= 0 && offset === ID) this.#ids.set(cpu, val >>> 24 === 0 ? val & 0xff : val >>> 24);
    // A vCPU that has written nothing yet, and so been named by no line, reads what a reset leaves.
    const isOthers = !write && layer !== REGION && AS_RESET.get(offset >= LVT && offset < LVT_END ? LVT : offset) === val && this.#mayShare;
    const id = isOthers ? -1 : (this.#ids.get(cpu) ?? (cpu >= 0 && cpu <= PLAIN_IDS ? cpu : -1));
    this.#told = { tid, offset, write, val, layer, id: again ? told.id : id };
    if (write && offset === ICR && ((val >>> 8) & 7) === STARTUP) this.#started = true;
    if (again) return;
    this.#senderBy = -1;
    if (write && (offset === SELF_IPI || (offset === ICR && id < 0))) this.#miss('apic.ipi');
    if (write && id < 0 && (offset === LDR || offset === DFR)) this.#miss('apic.dest');
    if (id < 0) return;
    if (write) this.#wrote(asVcpu(id), offset, val, high);
    else this.#read(asVcpu(id), offset, val);
  }

  #wrote(cpu: Vcpu, offset: number, val: number, high: number): void {
    const j = this.#journal;
    const { ns, on, tid, stream, line, name } = j;
    if (offset === EOI) j.tell({ seq: 0, ns, on, tid, stream, at: line, name, kind: 'apic.eoi', cpu, vec: undefined });
    else if (offset === TPR) j.say({ kind: 'apic.tpr', cpu, val: val & 0xff });
    else if (offset === SVR) j.say({ kind: 'apic.svr', cpu, enable: bit(val, 8), suppress_eoi: bit(val, 12), vec: vector(val & 0xff) });
    else if (offset === LDR) this.#addressed(cpu, { ldr: val >>> 24 });
    else if (offset === DFR) this.#addressed(cpu, { dfr: val >>> 28 });
    else if (offset === ICR_HIGH) this.#destinations.set(cpu, val >>> 24);
    else if (offset === ICR) this.#ipi(cpu, val, high);
    else if (offset >= LVT && offset < LVT_END)
      j.say({ kind: 'apic.lvt', cpu, lvt: (offset - LVT) >> 4, vec: vector(val & 0xff), dm: (val >>> 8) & 7, mask: bit(val, 16) });
  }

  /** Of a write by a vCPU that is not known nothing is told. */
  #miss(chan: 'apic.ipi' | 'apic.dest'): void {
    if (this.#missed.has(chan)) return;
    this.#missed.add(chan);
    this.#journal.say({ kind: 'meta.chan', chan, cover: 'partial' });
  }

  #addressed(cpu: Vcpu, { ldr, dfr }: { readonly ldr?: number; readonly dfr?: number }): void {
    if (this.#x2apic) return;
    this.#logical.add(cpu);
    this.#journal.say({ kind: 'apic.dest', cpu, ldr, dfr });
  }

  /** apic_register lines also tell of MSRs. */
  #mayBeX2apic(): void {
    if (this.#x2apic) return;
    this.#x2apic = true;
    this.#miss('apic.dest');
    for (const cpu of this.#logical) this.#journal.say({ kind: 'apic.dest', cpu, ldr: undefined, dfr: undefined });
  }

  #ipi(cpu: Vcpu, val: number, high: number): void {
    const j = this.#journal;
    const dst = Number.isNaN(high) ? this.#destinations.get(cpu) : high;
    const trig = bit(val, 15) === 1 ? 'level' : 'edge';
    const shorthand = SHORTHANDS[(val >>> 18) & 3] ?? 'none';
    this.#senderBy = j.tid;
    j.say({ kind: 'apic.ipi', cpu, vec: vector(val & 0xff), dm: (val >>> 8) & 7, dst, logical: bit(val, 11), trig, shorthand });
  }

  #read(cpu: Vcpu, offset: number, val: number): void {
    const j = this.#journal;
    const word = (offset >> 4) & 7;
    if (offset === TPR) j.say({ kind: 'apic.read', cpu, reg: 'tpr', val });
    else if (offset === PPR) j.say({ kind: 'apic.read', cpu, reg: 'ppr', val });
    else if (offset === SVR) j.say({ kind: 'apic.read', cpu, reg: 'svr', val });
    else if (offset >= LVT && offset < LVT_END) j.say({ kind: 'apic.read', cpu, reg: 'lvt', word: (offset - LVT) >> 4, val });
    else if (offset >= ISR && offset < TMR) j.say({ kind: 'apic.read', cpu, reg: 'isr', word, val });
    else if (offset >= TMR && offset < IRR) j.say({ kind: 'apic.read', cpu, reg: 'tmr', word, val });
    else if (offset >= IRR && offset < IRR_END) j.say({ kind: 'apic.read', cpu, reg: 'irr', word, val });
  }
}
