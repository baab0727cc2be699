// KVM's virtual GIC on arm64: input lines, list registers filled and read back, acknowledges of SPIs, entries and exits
// (Linux arch/arm64/kvm/vgic/vgic.c, vgic-v2.c, vgic-v3.c, arch_timer.c). Of the physical GIC nothing is told: what the host
// asks of it is not yet what it does, and where its own log is there too, the two clocks are not one.

import { gsi as asGsi, intid, lr as asLr, pin as asPin, vcpu as asVcpu } from '../../ids.js';
import type { EventOf } from '../../event.js';
import { keep } from '../../keep.js';
import type { Calls } from './calls.js';
import type { Handlers } from './handlers.js';
import type { Irqfds } from './irqfds.js';
import type { Journal } from './journal.js';
import type { Machines } from './machines.js';
import type { Thread } from './thread.js';
import type { Threads } from './threads.js';
import { GicAccesses } from './gic-accesses.js';
import { HOPS, comesTo, doingOf, lookOf, stateOf, type Doing, type Hop, type Purpose, type SoftState } from './vgic-doing.js';

/** `chip` of the acknowledges: KVM numbers the vGIC 0, which on x86 is the 8259. */
const GIC = 3;
const FIRST_SPI = 32;
const MSI_ROUTE = 2;
const GSIS_KEPT = 1024;

/** Parts of the assembler that have to do with it. */
interface Beside {
  readonly handlers: Handlers;
  readonly irqfds: Irqfds;
  readonly calls: Calls;
}

export class Vgic {
  readonly #journal: Journal;
  readonly #threads: Threads;
  readonly #machines: Machines;
  readonly #handlers: Handlers;
  readonly #irqfds: Irqfds;
  readonly #calls: Calls;
  readonly accesses: GicAccesses;
  /** GSI that last changed an SPI's line. */
  readonly #gsis = new Map<number, number>();
  /** The GIC's number of a host interrupt, by Linux's. */
  readonly #hostIntids = new Map<number, number>();

  readonly #linesHidden: () => void;

  /** `linesHidden` is called when the recorder turns out not to show every injection. */
  constructor(journal: Journal, threads: Threads, machines: Machines, { handlers, irqfds, calls }: Beside, linesHidden: () => void) {
    this.#journal = journal;
    this.#threads = threads;
    this.#machines = machines;
    this.#handlers = handlers;
    this.#irqfds = irqfds;
    this.#calls = calls;
    this.#linesHidden = linesHidden;
    this.accesses = new GicAccesses(journal, threads, machines, (thread) => this.#vcpuOf(thread));
  }

  /** kvm_entry. */
  entered(): void {
    const cpu = this.#guest();
    this.#calls.enters(this.#threads.current());
    if (cpu !== undefined) this.#journal.say({ kind: 'cpu.enter', cpu });
  }

  /** kvm_exit: after the list registers have been read back. */
  exited(): void {
    const cpu = this.#guest();
    if (cpu !== undefined) this.#journal.say({ kind: 'cpu.exit', cpu });
  }

  /** A probe in the thread's run loop names the vCPU by its pointer: a thread that shows two runs them in turn. */
  runs(pointer: number): void {
    if (doingOf(this.#threads.current()).showsAnother(pointer)) this.#machines.shared();
  }

  /** kvm_timer_update_irq. The host's handler of a guest's timer runs in the thread of its vCPU, and so does each load of a vCPU (kvm_timer_vcpu_load). */
  timer(id: number, cpu: number, level: boolean): void {
    const thread = this.#threads.current();
    this.#machines.name(cpu);
    if (this.#handlers.inGuestTimer) this.#machines.claim(thread, cpu);
    else doingOf(thread).timer(cpu, !level || this.#handlers.isOutside);
    this.input(HOPS.asked, id, cpu, level);
    this.#calls.sets({ vid: intid(id), cpu: asVcpu(cpu), level: level ? 1 : 0 });
  }

  /** kvm_vgic_inject_irq. Whose PPI it is may not be fetched (NaN): then the tracepoint within it tells. */
  injected(id: number, cpu: number, level: boolean): void {
    if (id >= FIRST_SPI || !Number.isNaN(cpu)) this.input(HOPS.probed, id, cpu, level);
  }

  /** A line changes, or is set again; `cpu` counts for SGIs and PPIs only. */
  input(hop: Hop, id: number, cpu: number, level: boolean): void {
    const j = this.#journal;
    const thread = this.#threads.current();
    const doing = doingOf(thread);
    const line = { id, cpu: id < FIRST_SPI ? cpu : undefined, level };
    if (hop > HOPS.asked) this.#calls.told(thread, { vid: intid(id), cpu: asVcpu(cpu), level: level ? 1 : 0 });
    this.#learnGsi(thread, doing, id);
    if (thread.atomic !== undefined && id >= FIRST_SPI) thread.atomic.sent = true;
    thread.settle(j);
    doing.write = undefined;
    const { latest, outer } = doing;
    const same = comesTo(latest, line, hop) ?? comesTo(outer, line, hop);
    if (same !== undefined) {
      same.hop = hop;
      return;
    }
    // It was asked for and never seen to pass: what nobody asks for by one of these two, an irqfd, is not seen at all.
    if (outer !== undefined && outer.hop <= HOPS.asked) this.#linesHidden();
    doing.setting = doing.setting?.id === id ? undefined : line;
    doing.outer = latest;
    doing.latest = { line, hop };
    j.say({ kind: 'gic.in', id: intid(id), level: level ? 1 : 0, cpu: line.cpu === undefined ? undefined : asVcpu(line.cpu), user: hop === HOPS.called ? 1 : undefined });
  }

  /**
   * vgic_queue_irq_unlock: an interrupt that may have to be delivered. A line that is so already is not queued when it is set, and what user space
   * writes of a machine's state (KVM_DEV_ARM_VGIC_GRP_LEVEL_INFO) has no trace but this: only a thread that runs a vCPU does nothing of that kind.
   */
  queued(state: SoftState): void {
    const thread = this.#threads.current();
    const doing = doingOf(thread);
    const latest = thread.guest ? doing.latest?.line : undefined;
    const set = thread.guest && doing.setting?.id === state.id ? doing.setting : undefined;
    doing.setting = undefined;
    this.#machines.arch = 'arm64';
    this.accesses.queued(thread, doing, state.id);
    this.#state(state, latest?.id === state.id ? latest.cpu : undefined, { set });
  }

  /** vgic_v2_populate_lr, vgic_v3_populate_lr: what a list register is made from; `hwintid` is the physical INTID behind it. */
  populated(lr: number, state: SoftState, hwintid: number): void {
    const j = this.#journal;
    const cpu = this.#guest();
    const pid = state.hw && hwintid >= 0 ? intid(hwintid) : undefined;
    if (state.hw && cpu !== undefined) this.#sayMap(state.id, cpu);
    this.#state(state, cpu, { lr, pid });
    if (cpu !== undefined) j.say({ kind: 'vgic.flush', cpu, lr: asLr(lr), vid: intid(state.id), st: stateOf(state), hw: state.hw ? 1 : 0, pid, eoi: undefined });
  }

  /** vgic_v2_fold_lr_state, vgic_v3_fold_lr_state: the list registers are read back, with values that the probe does not see. */
  folded(): void {
    const j = this.#journal;
    const cpu = this.#guest();
    if (cpu !== undefined) j.say({ kind: 'vgic.fold', cpu, lr: undefined, vid: undefined, st: undefined });
  }

  /** kvm_vgic_map_phys_irq, with Linux's number of the host interrupt: the GIC's may show later. */
  mapped(hostIrq: number, vid: number): void {
    const cpu = this.#guest();
    const { maps, loaded } = doingOf(this.#threads.current());
    keep(maps, vid, hostIrq, GSIS_KEPT);
    // Mapped before the vCPU runs first, and before it is loaded.
    this.#sayMap(vid, loaded === undefined ? cpu : undefined);
  }

  /** A map of the thread's, once its vCPU and the physical number are known: until a list register is filled by it nobody asks. */
  #sayMap(vid: number, cpu: EventOf<'cpu.enter'>['cpu'] | undefined): void {
    const { maps } = doingOf(this.#threads.current());
    const pid = this.#hostIntids.get(maps.get(vid) ?? -1);
    if (pid === undefined || (vid < FIRST_SPI && cpu === undefined)) return;
    maps.delete(vid);
    this.#journal.say({ kind: 'vgic.map', vid: intid(vid), pid: intid(pid), cpu: vid < FIRST_SPI ? cpu : undefined });
  }

  /** kvm_vgic_unmap_phys_irq. */
  unmapped(vid: number): void {
    const j = this.#journal;
    const cpu = this.#guest();
    doingOf(this.#threads.current()).maps.delete(vid);
    if (vid >= FIRST_SPI || cpu !== undefined) j.say({ kind: 'vgic.unmap', vid: intid(vid), cpu: vid < FIRST_SPI ? cpu : undefined });
  }

  /** gic_eoimode1_eoi_irq: the end of a host interrupt's handler; names its number in the GIC. */
  hostEnded(hostIrq: number, id: number): void {
    this.#handlers.left();
    keep(this.#hostIntids, hostIrq, id, GSIS_KEPT);
  }

  /** irqfd_wakeup of a probe that does not fetch the GSI. */
  woken(): void {
    doingOf(this.#threads.current()).woken = true;
  }

  /** kvm_arch_set_irq_inatomic: sets the line of an SPI at once, or sends an MSI. A type of route that is not known is NaN. */
  inatomic(gsi: number, routeType: number): void {
    const j = this.#journal;
    const doing = doingOf(this.#threads.current());
    if (doing.woken) j.say({ kind: 'efd.signal', fd: undefined, gsi: asGsi(gsi) });
    doing.woken = false;
    doing.gsi = routeType === MSI_ROUTE ? -1 : gsi;
  }

  /** kvm_ack_irq: pin n is SPI n + 32. */
  acknowledged(pin: number): void {
    const j = this.#journal;
    const thread = this.#threads.current();
    thread.leave(j);
    const gsi = this.#gsis.get(pin + FIRST_SPI);
    const doing = doingOf(thread);
    doing.acked = gsi ?? -1;
    doing.setting = undefined;
    j.say({ kind: 'kvm.ack', chip: GIC, pin: asPin(pin), gsi: gsi === undefined ? undefined : asGsi(gsi) });
  }

  /** irqfd_resampler_ack of a probe that does not fetch the GSI. */
  resamplerAcked(): void {
    const { acked } = doingOf(this.#threads.current());
    if (acked >= 0) this.#irqfds.resamplerAcked(acked);
  }

  forget(): void {
    this.#gsis.clear();
  }

  /** The vCPU of the thread at hand, once it is known. */
  #guest(): EventOf<'cpu.enter'>['cpu'] | undefined {
    this.#machines.arch = 'arm64';
    const thread = this.#threads.current();
    thread.leave(this.#journal);
    const doing = doingOf(thread);
    doing.setting = doing.write = undefined;
    const cpu = this.#vcpuOf(thread);
    return cpu < 0 ? undefined : asVcpu(cpu);
  }

  /** The vCPU that the thread has loaded, or has always run; -1 if it may be another. */
  #vcpuOf(thread: Thread): number {
    const { loaded } = doingOf(thread);
    if (loaded === undefined) return this.#machines.of(thread);
    if (loaded >= 0 && (thread.vcpu !== loaded || !thread.owner)) this.#machines.claim(thread, loaded);
    return loaded;
  }

  /** Whoever asks for a GSI changes the line of its SPI next: so the trace itself shows which belong together. */
  #learnGsi(thread: Thread, doing: Doing, id: number): void {
    const gsi = thread.bracket === 'open' ? thread.gsi : doing.gsi;
    doing.gsi = -1;
    if (gsi >= 0 && id >= FIRST_SPI) keep(this.#gsis, id, gsi, GSIS_KEPT);
  }

  #state(state: SoftState, cpu: number | undefined, purpose: Purpose): void {
    this.#journal.say(lookOf(state, cpu === undefined || state.id >= FIRST_SPI ? undefined : asVcpu(cpu), purpose));
  }
}
