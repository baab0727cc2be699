// Trace events of QEMU (docs/devel/tracing.rst) that show interrupts, by pattern. Versions name them differently, and the program of an architecture
// lacks those of another's machines: a name that a build does not have draws a warning, a pattern with a star none. The rest of gicv3_cpuif_* and gicv3_ich_* are left out: they flood, and nothing is read from them.

import type { GicName, Kind } from '../kinds.js';

interface QemuEvents {
  readonly pattern: string;
  /** Where only one kind of machine has the chip. */
  readonly only?: 'x86' | 'arm64';
  /** Every poll of a device makes one: not recorded unless it is wanted. */
  readonly floods?: true;
  readonly shows: readonly Kind[];
}

/** Of the GIC of a guest, or of the physical one under a hypervisor. */
const gic = (...names: readonly GicName[]): Kind[] => names.flatMap((name): Kind[] => [`gic.${name}`, `pgic.${name}`]);

const REGISTERS = gic('in', 'en', 'cfg', 'pend', 'act', 'prio', 'group', 'read');

export const QEMU_EVENTS: readonly QemuEvents[] = [
  { pattern: 'msix_write_config', shows: ['msix.ctrl'] },
  {
    pattern: 'memory_region_ops_write',
    shows: ['msix.write', 'msix.pba.write', 'msix.msg', 'msix.unuse', 'virtio.vec.write', 'ioapic.deliver', 'pic.elcr', 'apic.eoi', 'apic.tpr', 'apic.svr', 'apic.lvt', 'apic.dest', 'apic.timer', 'apic.ipi'],
  },
  { pattern: 'memory_region_ops_read', floods: true, shows: ['msix.read', 'msix.pba.read', 'vfio.access', 'virtio.vec.read', 'virtio.isr.read', 'intx.deassert'] },
  { pattern: 'pci_cfg_write', shows: ['pci.cmd', 'intx.route', 'pci.reset', 'msi.ctrl', 'msi.mask', 'msix.ctrl'] },
  { pattern: 'pci_cfg_read', floods: true, shows: ['pci.status.read', 'pci.cmd.read', 'msi.ctrl.read', 'msi.mask', 'msi.pending', 'msix.ctrl', 'msix.ctrl.read'] },
  { pattern: 'pci_update_mappings_*', shows: ['msix.write', 'pci.reset'] },
  { pattern: 'resettable_phase_hold_exec', shows: ['vm.reset'] },
  { pattern: 'x86_gsi_interrupt*', only: 'x86', shows: ['intx.line', 'intx.assert', 'gsi.void'] },
  { pattern: 'ioapic_*', only: 'x86', shows: ['ioapic.in', 'ioapic.rte', 'ioapic.rte.read', 'ioapic.dst.read', 'ioapic.cleared', 'ioapic.eoi', 'ioapic.delay'] },
  { pattern: 'pic_*', only: 'x86', shows: ['pic.in', 'pic.init', 'pic.mode', 'pic.imr', 'pic.inta', 'pic.eoi', 'pic.poll', 'pic.read', 'pic.request'] },
  { pattern: 'apic_deliver_irq', only: 'x86', shows: ['apic.msg', 'apic.void'] },
  { pattern: 'apic_local_deliver', only: 'x86', shows: ['apic.local'] },
  { pattern: '*_report_irq_delivered', only: 'x86', shows: ['apic.request'] },
  { pattern: '*_reset_irq_delivered', only: 'x86', shows: ['apic.request'] },
  { pattern: 'apic_mem_*', only: 'x86', shows: ['apic.eoi', 'apic.tpr', 'apic.svr', 'apic.lvt', 'apic.dest', 'apic.timer', 'apic.ipi', 'apic.read'] },
  { pattern: 'apic_register_*', only: 'x86', shows: ['apic.eoi', 'apic.tpr', 'apic.svr', 'apic.lvt', 'apic.dest', 'apic.timer', 'apic.ipi', 'apic.read'] },
  { pattern: 'cpu_*_apic_base', only: 'x86', shows: ['apic.dest'] },
  { pattern: 'virtio_notify*', shows: ['virtio.notify'] },
  { pattern: 'virtio_queue_notify', shows: ['virtio.notify'] },
  { pattern: 'virtio_set_status', shows: ['virtio.reset', 'intx.deassert', 'msix.unuse'] },
  { pattern: 'e1000e_irq_msix_*', shows: ['msix.fire', 'msix.reason.clear'] },
  { pattern: 'e1000e_irq_legacy_notify', shows: ['intx.assert', 'intx.deassert'] },
  { pattern: 'e1000e_irq_icr_write*', shows: ['msix.reason.clear'] },
  { pattern: 'e1000e_irq_write_ics', shows: ['msix.reason.clear'] },
  { pattern: 'e1000e_irq_set*', shows: ['msix.reason.clear'] },
  { pattern: 'e1000e_irq_clear*', shows: ['msix.reason.clear'] },
  { pattern: 'pci_nvme_irq_*', shows: ['msix.fire', 'msix.unuse'] },
  { pattern: 'vfio_intx_*', shows: ['vfio.on', 'vfio.off', 'vfio.fast', 'vfio.slow', 'vfio.take', 'vfio.end', 'intx.assert', 'intx.deassert'] },
  { pattern: 'vfio_pci_intx_eoi*', shows: ['vfio.end', 'intx.deassert'] },
  { pattern: 'vfio_msi*', shows: ['vfio.on', 'vfio.off', 'vfio.use', 'vfio.release', 'vfio.msi', 'vfio.pba', 'msix.fire', 'msix.write', 'msix.unuse'] },
  { pattern: 'vfio_pci_write_config*', shows: ['vfio.on'] },
  { pattern: 'vfio_pci_reset*', shows: ['pci.reset'] },
  { pattern: 'kvm_irqchip_*', shows: ['kvm.route.add', 'kvm.route.update', 'kvm.route.release', 'kvm.route.commit'] },
  { pattern: 'gic_*', only: 'arm64', shows: [...REGISTERS, ...gic('route', 'dist', 'ctlr', 'pmr', 'bpr', 'grpen', 'eoimode', 'iar', 'eoir', 'dir', 'hppir', 'rpr', 'apr', 'iface'), 'gic.load', 'vgic.flush', 'vgic.fold', 'vgic.map', 'vgic.hcr', 'vgic.status', 'vgic.maint'] },
  { pattern: 'gicv3_dist_*', only: 'arm64', shows: [...REGISTERS, ...gic('route', 'dist', 'ctlr')] },
  { pattern: 'gicv3_redist_*', only: 'arm64', shows: REGISTERS },
  { pattern: 'gicv3_icc_*', only: 'arm64', shows: gic('pmr', 'bpr', 'grpen', 'eoimode', 'iar', 'eoir', 'dir', 'hppir', 'rpr', 'apr', 'iface', 'sgi') },
  { pattern: 'gicv3_ich_lr*', only: 'arm64', shows: ['vgic.flush', 'vgic.fold', 'vgic.map'] },
  { pattern: 'gicv3_ich_elrsr_read', only: 'arm64', shows: ['vgic.fold', 'vgic.status'] },
  { pattern: 'gicv3_ich_eisr_read', only: 'arm64', shows: ['vgic.status'] },
  { pattern: 'gicv3_ich_misr_read', only: 'arm64', shows: ['vgic.status'] },
  { pattern: 'gicv3_cpuif_virt_set_maint_irq', only: 'arm64', floods: true, shows: ['vgic.maint'] },
  { pattern: 'gicv3_ich_hcr_*', only: 'arm64', shows: ['gic.physical', 'gic.load', 'vgic.hcr'] },
  { pattern: 'gicv3_ich_ap_write', only: 'arm64', shows: ['gic.load'] },
  { pattern: 'gicv3_ich_vmcr_*', only: 'arm64', shows: ['gic.load', 'gic.eoimode', 'gic.pmr', 'gic.bpr', 'gic.grpen', 'gic.iface'] },
  { pattern: 'gicv3_ich_vtr_read', only: 'arm64', shows: ['gic.physical'] },
  { pattern: 'gicv3_icv_*', only: 'arm64', shows: ['gic.iar', 'gic.eoir', 'gic.dir', 'gic.load', 'gic.eoimode', 'gic.pmr', 'gic.bpr', 'gic.grpen', 'gic.hppir', 'gic.rpr', 'gic.iface'] },
  { pattern: 'gicv3_its_*', only: 'arm64', shows: gic('pend') },
];
