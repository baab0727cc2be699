// The tracepoints worth recording, and no others: all of kvm, irq and sched made 1.5 million events a second and lost 92 % of them
// where these lost none (include/trace/events/kvm.h, arch/x86/kvm/trace.h, arch/arm64/kvm/vgic/trace.h, Linux 5.10 to 7.2).

import type { Kind } from '../kinds.js';
import type { Lifetime } from './probe.js';

export interface Tracepoint extends Lifetime {
  readonly system: 'kvm' | 'irq';
  readonly name: string;
  /** Kinds of event that the importer makes of its lines, alone or with others. */
  readonly shows: readonly Kind[];
  /** Which of them are recorded, as the event's `filter` takes it (Documentation/trace/events.rst), without blanks; all if absent. */
  readonly filter?: string;
}

/** The 8259 pair and its ELCR: a guest's other ports make more events than all the rest. */
const PIC_PORTS = [0x20, 0x21, 0xa0, 0xa1, 0x4d0, 0x4d1];

const kvm = (name: string, ...shows: readonly Kind[]): Tracepoint => ({ system: 'kvm', name, shows });

export const X86_TRACEPOINTS: readonly Tracepoint[] = [
  kvm('kvm_set_irq', 'kvm.set_irq'),
  kvm('kvm_msi_set_irq', 'kvm.msi'),
  kvm('kvm_ioapic_set_irq', 'ioapic.in', 'ioapic.deliver', 'ioapic.rte'),
  kvm('kvm_ioapic_delayed_eoi_inj', 'ioapic.delay'),
  kvm('kvm_pic_set_irq', 'pic.in'),
  {
    ...kvm('kvm_pio', 'pic.init', 'pic.mode', 'pic.imr', 'pic.elcr', 'pic.eoi', 'pic.eoi.void', 'pic.poll', 'pic.read'),
    filter: PIC_PORTS.map((port) => `port==0x${port.toString(16)}`).join('||'),
  },
  kvm('kvm_ack_irq', 'kvm.ack', 'ioapic.eoi'),
  kvm('kvm_apic_accept_irq', 'apic.accept', 'ioapic.deliver'),
  kvm('kvm_apic_ipi', 'kvm.ipi'),
  kvm('kvm_inj_virq', 'cpu.inject'),
  kvm('kvm_eoi', 'apic.eoi'),
  kvm('kvm_pv_eoi', 'apic.eoi'),
  kvm('kvm_apic', 'apic.tpr', 'apic.svr', 'apic.eoi.void'),
  { ...kvm('kvm_cr', 'apic.tpr'), filter: 'cr==8&&rw==1' },
  kvm('kvm_mmio', 'ioapic.rte', 'ioapic.rte.read', 'ioapic.dst.read', 'ioapic.eoi', 'apic.tpr', 'apic.svr'),
  // What tells that hardware delivers without a trace from here on.
  kvm('kvm_apicv_accept_irq'),
  { ...kvm('kvm_apicv_update_request'), until: [5, 18] },
  { ...kvm('kvm_apicv_inhibit_changed'), since: [5, 18] },
  kvm('kvm_avic_incomplete_ipi'),
  kvm('kvm_avic_unaccelerated_access'),
  kvm('kvm_avic_ga_log'),
  kvm('kvm_pi_irte_update'),
  // Few lines, and none without Hyper-V's SynIC.
  kvm('kvm_hv_synic_set_msr', 'apic.autoeoi'),
];

export const ARM64_TRACEPOINTS: readonly Tracepoint[] = [
  kvm('vgic_update_irq_pending', 'gic.in'),
  kvm('kvm_irq_line', 'gic.in'),
  kvm('kvm_timer_update_irq', 'gic.in', 'vgic.void'),
  kvm('kvm_set_irq', 'kvm.set_irq'),
  kvm('kvm_ack_irq', 'kvm.ack'),
  kvm('kvm_entry', 'cpu.enter'),
  // The guest's GIC; a read that has not been served yet says nothing (KVM_TRACE_MMIO_READ_UNSATISFIED).
  { ...kvm('kvm_mmio', 'gic.en', 'gic.pend', 'gic.act', 'gic.prio', 'gic.cfg', 'gic.group', 'gic.route', 'gic.read', 'gic.dist', 'vgic.lpis'), filter: 'type!=0' },
];

/** Which function's interrupt a host handler is for. */
export const HANDLER_TRACEPOINTS: readonly Tracepoint[] = [
  { system: 'irq', name: 'irq_handler_entry', shows: ['vfio.irq'] },
  { system: 'irq', name: 'irq_handler_exit', shows: ['vfio.irq'] },
];
