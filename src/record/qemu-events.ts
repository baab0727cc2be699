// Trace events of QEMU (docs/devel/tracing.rst) that show interrupts, by pattern: versions name them differently, and one that a build
// does not have is no error. memory_region_ops_read, gicv3_cpuif_* and pci_cfg_read are left out: they flood, and say little more.

import type { Kind } from '../kinds.js';

interface QemuEvents {
  readonly pattern: string;
  /** Where only one kind of machine has the chip. */
  readonly only?: 'x86' | 'arm64';
  readonly shows: readonly Kind[];
}

export const QEMU_EVENTS: readonly QemuEvents[] = [
  { pattern: 'msix_write_config', shows: ['msix.ctrl'] },
  { pattern: 'memory_region_ops_write', shows: ['msix.write', 'msix.pba.write', 'msix.msg', 'virtio.vec.write', 'apic.eoi'] },
  { pattern: 'pci_cfg_write', shows: ['pci.cmd', 'msi.ctrl', 'msix.ctrl'] },
  { pattern: 'pci_update_mappings_*', shows: ['msix.write'] },
  { pattern: 'x86_gsi_interrupt', only: 'x86', shows: ['kvm.set_irq'] },
  { pattern: 'ioapic_*', only: 'x86', shows: ['ioapic.in', 'ioapic.rte', 'ioapic.rte.read', 'ioapic.dst.read', 'ioapic.deliver', 'ioapic.eoi', 'ioapic.delay'] },
  { pattern: 'pic_*', only: 'x86', shows: ['pic.in', 'pic.imr', 'pic.elcr', 'pic.inta', 'pic.eoi'] },
  { pattern: 'apic_deliver_irq', only: 'x86', shows: ['apic.accept', 'ioapic.deliver'] },
  { pattern: 'apic_local_deliver', only: 'x86', shows: ['apic.accept'] },
  { pattern: 'apic_mem_*', only: 'x86', shows: ['apic.eoi', 'apic.tpr', 'apic.svr'] },
  { pattern: 'apic_register_*', only: 'x86', shows: ['apic.eoi', 'apic.tpr', 'apic.svr'] },
  { pattern: 'virtio_notify*', shows: ['virtio.notify'] },
  { pattern: 'virtio_pci_notify', shows: ['virtio.notify', 'msix.fire'] },
  { pattern: 'virtio_set_status', shows: ['virtio.reset'] },
  { pattern: 'vfio_*intx_*', shows: ['intx.assert'] },
  { pattern: 'vfio_msi*', shows: ['msix.fire', 'msix.use', 'msix.unuse', 'msix.msg'] },
  { pattern: 'kvm_irqchip_*', shows: ['kvm.routes'] },
  { pattern: 'kvm_resample_fd_notify', shows: ['kvm.resample'] },
  { pattern: 'e1000e_irq_msix_notify_vec', shows: ['msix.fire'] },
  { pattern: 'e1000e_irq_legacy_notify', shows: ['intx.assert', 'intx.deassert'] },
  { pattern: 'pci_nvme_irq_*', shows: ['msix.fire', 'intx.assert'] },
  { pattern: 'gic_*', only: 'arm64', shows: ['pgic.in', 'pgic.en', 'pgic.iar', 'pgic.eoir', 'pgic.dir', 'vgic.flush'] },
  { pattern: 'gicv3_dist_*', only: 'arm64', shows: ['pgic.in', 'pgic.en', 'pgic.cfg', 'pgic.pend', 'pgic.act', 'pgic.prio', 'pgic.dist'] },
  { pattern: 'gicv3_redist_*', only: 'arm64', shows: ['pgic.in', 'pgic.en', 'pgic.cfg', 'pgic.pend', 'pgic.act', 'pgic.prio'] },
  { pattern: 'gicv3_icc_*', only: 'arm64', shows: ['pgic.iar', 'pgic.eoir', 'pgic.dir', 'pgic.eoimode', 'pgic.pmr'] },
  { pattern: 'gicv3_ich_lr*', only: 'arm64', shows: ['vgic.flush', 'vgic.fold'] },
  { pattern: 'gicv3_ich_hcr_*', only: 'arm64', shows: ['vgic.flush', 'vgic.fold'] },
  { pattern: 'gicv3_icv_*', only: 'arm64', shows: ['gic.iar', 'gic.eoir', 'gic.dir'] },
  { pattern: 'gicv3_its_*', only: 'arm64', shows: ['pgic.pend'] },
];
