// Local APICs that an INIT has surely reset, and that software has not written since. The thread that runs several vCPUs in turn resets one
// before it runs it again, and the CPU runs no more until a start-up IPI. Intel SDM vol. 3, local APIC state after it receives an INIT;
// QEMU cpu_handle_interrupt (CPU_INTERRUPT_INIT), do_cpu_init, apic_init_reset.

import type { Event, EventOf } from '../event.js';
import { vcpu, type Vcpu } from '../ids.js';
import type { Component, Steps } from './component.js';
import { BROADCAST, EXTINT, FIXED, INIT, LOWEST_PRIORITY, STARTUP } from './delivery.js';
import { isDeassert } from './lapic-written.js';


type Ipi = EventOf<'apic.ipi'>;
type Read = EventOf<'apic.read'>;

interface Left {
  readonly value: number;
  /** The bits that read so. */
  readonly bits: number;
}

const NOTHING: Left = { value: 0, bits: 0xffff_ffff };
/** What INIT leaves in the registers. TPR is left out: it may be written through CR8. */
const LEFT: Readonly<Partial<Record<Read['reg'], Left>>> = {
  svr: { value: 0xff, bits: 0x11ff },
  /** Mask, delivery mode, vector. */
  lvt: { value: 0x1_0000, bits: 0x1_07ff },
  ldr: { value: 0, bits: 0xff00_0000 },
  dfr: { value: 0xf000_0000, bits: 0xf000_0000 },
  /** All but the delivery status and reserved bits. */
  icr: { value: 0, bits: 0xc_cfff },
  tmict: NOTHING,
  tmcct: NOTHING,
  tdcr: { value: 0, bits: 0xb },
  isr: NOTHING,
  irr: NOTHING,
  tmr: NOTHING,
};

interface Initialised {
  readonly by: Ipi;
  /** The start-up IPI. */
  startBy: Ipi | undefined;
  /** Nothing has been sent to any APIC since: it has no request. */
  isQuiet: boolean;
}

export class Inits implements Component {
  /** The first vCPU that each thread ran, and the threads that have run another, too. */
  private readonly first = new Map<number, Vcpu>();
  private readonly shared = new Set<number>();
  /** The thread of each vCPU that has accessed its APIC since that was known to run several. */
  private readonly threads = new Map<Vcpu, number>();
  private readonly byCpu = new Map<Vcpu, Initialised>();

  readonly steps: Steps = {
    'apic.read': (e) => {
      this.access(e);
      this.read(e);
    },
    'apic.eoi': (e) => this.write(e),
    'apic.tpr': (e) => this.write(e),
    'apic.svr': (e) => this.write(e),
    'apic.lvt': (e) => this.write(e),
    'apic.timer': (e) => this.write(e),
    'apic.dest': (e) => {
      // Without a value it is no access of the vCPU's.
      if (e.ldr === undefined && e.dfr === undefined) this.byCpu.delete(e.cpu);
      else this.write(e);
    },
    'apic.ipi': (e) => {
      this.write(e);
      this.send(e);
    },
    'apic.msg': (e) => {
      this.disturb();
      if (e.dm === INIT) this.byCpu.clear();
    },
    'apic.local': () => this.disturb(),
    'kvm.set_lapic': ({ cpu }) => {
      if (cpu === undefined) this.byCpu.clear();
      else this.byCpu.delete(cpu);
    },
  };

  begin(): void {
    this.first.clear();
    this.shared.clear();
    this.threads.clear();
    this.byCpu.clear();
  }

  lose(): void {
    this.begin();
  }

  /** What the register that is read must show, and why; undefined if it is not known. `showsSenders`: whatever sends a request is shown. */
  of({ cpu, reg, stream }: Read, showsSenders: boolean): (Left & { readonly by: Ipi; readonly startBy: Ipi }) | undefined {
    const left = LEFT[reg];
    const { by, startBy, isQuiet = false } = this.byCpu.get(cpu) ?? {};
    if (left === undefined || by === undefined || startBy === undefined || by.stream !== stream) return undefined;
    if ((reg === 'irr' || reg === 'tmr') && !(isQuiet && showsSenders)) return undefined;
    return { value: left.value, bits: left.bits, by, startBy };
  }

  /** One that reads otherwise has another past than is known. */
  private read(e: Read): void {
    const left = this.of(e, true);
    if (left !== undefined && ((left.value ^ e.val) & left.bits) !== 0) this.byCpu.delete(e.cpu);
  }

  private access({ cpu, tid }: Event & { readonly cpu: Vcpu }): void {
    if (tid <= 0) return;
    const first = this.first.get(tid);
    if (first === undefined) this.first.set(tid, cpu);
    else if (first !== cpu) this.shared.add(tid);
    if (this.shared.has(tid)) this.threads.set(cpu, tid);
  }

  private write(e: Event & { readonly cpu: Vcpu }): void {
    this.access(e);
    this.byCpu.delete(e.cpu);
  }

  private send(e: Ipi): void {
    if (e.dm === FIXED || e.dm === LOWEST_PRIORITY || e.dm === EXTINT) this.disturb();
    if (e.dm !== INIT && e.dm !== STARTUP) return;
    const target = this.target(e);
    if (e.dm === STARTUP) {
      const init = target === undefined ? undefined : this.byCpu.get(target);
      if (init !== undefined) init.startBy ??= e;
    } else if (!isDeassert(e)) {
      // Whom an INIT may have reset is not known otherwise.
      if (target === undefined) this.byCpu.clear();
      else this.byCpu.set(target, { by: e, startBy: undefined, isQuiet: true });
    }
  }

  /** The vCPU that surely takes the IPI before it does anything else: one that runs in turn with the sender. */
  private target({ cpu, dst, logical, shorthand, tid }: Ipi): Vcpu | undefined {
    if (shorthand !== 'none' || logical !== 0 || dst === undefined || dst >= BROADCAST) return undefined;
    const target = vcpu(dst);
    return target !== cpu && this.threads.get(target) === tid ? target : undefined;
  }

  private disturb(): void {
    for (const init of this.byCpu.values()) init.isQuiet = false;
  }
}
