// Probes on KVM, eventfd and VFIO functions of x86-64: routes, irqfds and resampling have no tracepoint (virt/kvm/eventfd.c,
// virt/kvm/irqchip.c, arch/x86/kvm/irq_comm.c, drivers/vfio/pci/vfio_pci_intrs.c, Linux 5.10 to 7.2).

import type { Machine, Probe, ProbeField } from './probe.js';

/** Calling convention of the kernel; the set was recorded with on Debian's 6.1.192 and 6.12.117. */
export const X86: Machine = { registers: ['%di', '%si', '%dx', '%cx', '%r8', '%r9'], tested: ['6.1', '6.12'] };

/** `struct kvm_kernel_irqfd`: recorded with on 6.1 and 6.12, compared with the type information of 6.12 and 6.18; all without lock debugging. */
const IRQFD = ['6.1', '6.12', '6.18'];

const kvm: ProbeField = { name: 'kvm', arg: 1, type: 'x64' };
const returned: ProbeField = { name: 'ret', arg: 0, type: 's32' };
const vdev: ProbeField = { name: 'vdev', arg: 1, type: 'x64' };

export const X86_PROBES: readonly Probe[] = [
  {
    name: 'kvm_irqfd',
    on: 'kvm_irqfd',
    fields: [
      kvm,
      { name: 'fd', arg: 2, at: 0, type: 's32' },
      { name: 'gsi', arg: 2, at: 4, type: 'u32' },
      { name: 'flags', arg: 2, at: 8, type: 'x32' },
      { name: 'resamplefd', arg: 2, at: 12, type: 's32' },
    ],
    shows: ['kvm.irqfd.assign', 'kvm.irqfd.deassign'],
    needs: ['fd', 'gsi', 'flags', 'resamplefd'],
  },
  { name: 'kvm_irqfd_ret', on: 'kvm_irqfd', atReturn: true, fields: [returned], shows: ['kvm.irqfd.assign', 'kvm.irqfd.deassign'], needs: ['ret'] },
  {
    name: 'irqfd_wakeup',
    on: 'irqfd_wakeup',
    fields: [
      { name: 'kvm', arg: 1, at: -8, type: 'x64', checked: IRQFD },
      { name: 'gsi', arg: 1, at: 108, type: 's32', checked: IRQFD },
      { name: 'rt_gsi', arg: 1, at: 40, type: 'u32', checked: IRQFD },
      { name: 'rt_type', arg: 1, at: 44, type: 'u32', checked: IRQFD },
      { name: 'msi_lo', arg: 1, at: 56, type: 'x32', checked: IRQFD },
      { name: 'msi_hi', arg: 1, at: 60, type: 'x32', checked: IRQFD },
      { name: 'msi_data', arg: 1, at: 64, type: 'x32', checked: IRQFD },
      { name: 'resampler', arg: 1, at: 144, type: 'x64', checked: IRQFD },
      { name: 'eventfd', arg: 1, at: 176, type: 'x64', checked: IRQFD },
      { name: 'key', arg: 4, type: 'x32' },
    ],
    shows: ['efd.signal', 'fd.close'],
    needs: ['gsi', 'key'],
  },
  {
    name: 'irqfd_resampler_ack',
    on: 'irqfd_resampler_ack',
    fields: [
      { name: 'gsi', arg: 1, at: 16, type: 'u32' },
      { name: 'kvm', arg: 1, at: -24, type: 'x64' },
    ],
    shows: ['kvm.resample'],
    needs: ['gsi'],
  },
  {
    name: 'eventfd_signal',
    on: 'eventfd_signal',
    fields: [{ name: 'ctx', arg: 1, type: 'x64' }, { name: 'n', arg: 2, type: 'u64' }],
    shows: ['kvm.resample'],
    needs: [],
    until: [6, 8],
  },
  // What the inline eventfd_signal() of 6.8 calls; before, both would show one signal.
  { name: 'eventfd_signal_mask', on: 'eventfd_signal_mask', fields: [{ name: 'ctx', arg: 1, type: 'x64' }], shows: ['kvm.resample'], needs: [], since: [6, 8] },
  {
    name: 'kvm_set_irq_routing',
    on: 'kvm_set_irq_routing',
    fields: [kvm, { name: 'nr', arg: 3, type: 'u32' }, { name: 'flags', arg: 4, type: 'x32' }],
    shows: ['kvm.routes'],
    needs: ['nr'],
  },
  {
    name: 'kvm_set_routing_entry',
    on: 'kvm_set_routing_entry',
    fields: [
      { name: 'gsi', arg: 3, at: 0, type: 'u32' },
      { name: 'type', arg: 3, at: 4, type: 'u32' },
      { name: 'flags', arg: 3, at: 8, type: 'x32' },
      { name: 'u0', arg: 3, at: 16, type: 'x32' },
      { name: 'u1', arg: 3, at: 20, type: 'x32' },
      { name: 'u2', arg: 3, at: 24, type: 'x32' },
    ],
    shows: ['kvm.routes'],
    needs: ['gsi', 'type', 'u0', 'u1', 'u2'],
  },
  {
    name: 'kvm_request_irq_source_id_ret',
    on: 'kvm_request_irq_source_id',
    atReturn: true,
    fields: [returned],
    shows: ['kvm.src.alloc'],
    needs: ['ret'],
  },
  {
    name: 'kvm_free_irq_source_id',
    on: 'kvm_free_irq_source_id',
    fields: [kvm, { name: 'id', arg: 2, type: 's32' }],
    shows: ['kvm.src.free'],
    needs: ['id'],
  },
  {
    name: 'kvm_vm_ioctl_irq_line',
    on: 'kvm_vm_ioctl_irq_line',
    fields: [kvm, { name: 'irq', arg: 2, at: 0, type: 'u32' }, { name: 'level', arg: 2, at: 4, type: 'u32' }],
    shows: ['kvm.set_irq'],
    needs: [],
  },
  {
    name: 'kvm_set_irq_in',
    on: 'kvm_set_irq',
    fields: [
      kvm,
      { name: 'source_id', arg: 2, type: 's32' },
      { name: 'gsi', arg: 3, type: 'u32' },
      { name: 'level', arg: 4, type: 's32' },
    ],
    shows: ['kvm.set_irq'],
    needs: [],
  },
  { name: 'kvm_set_irq_ret', on: 'kvm_set_irq', atReturn: true, fields: [returned], shows: ['kvm.set_irq'], needs: ['ret'] },
  {
    name: 'kvm_arch_set_irq_inatomic',
    on: 'kvm_arch_set_irq_inatomic',
    fields: [
      { name: 'gsi', arg: 1, at: 0, type: 'u32' },
      { name: 'type', arg: 1, at: 4, type: 'u32' },
      { name: 'kvm', arg: 2, type: 'x64' },
      { name: 'source_id', arg: 3, type: 's32' },
      { name: 'level', arg: 4, type: 's32' },
    ],
    shows: ['kvm.msi'],
    needs: ['gsi'],
  },
  {
    name: 'kvm_arch_set_irq_inatomic_ret',
    on: 'kvm_arch_set_irq_inatomic',
    atReturn: true,
    fields: [returned],
    shows: ['kvm.msi'],
    needs: ['ret'],
  },
  {
    name: 'kvm_send_userspace_msi',
    on: 'kvm_send_userspace_msi',
    fields: [
      kvm,
      { name: 'addr_lo', arg: 2, at: 0, type: 'x32' },
      { name: 'addr_hi', arg: 2, at: 4, type: 'x32' },
      { name: 'data', arg: 2, at: 8, type: 'x32' },
      { name: 'flags', arg: 2, at: 12, type: 'x32' },
    ],
    shows: ['kvm.msi'],
    needs: ['addr_lo', 'addr_hi', 'data'],
  },
];

/** Interrupts of assigned devices. */
export const VFIO_PROBES: readonly Probe[] = [
  { name: 'vfio_intx_handler', on: 'vfio_intx_handler', fields: [{ name: 'irq', arg: 1, type: 's32' }], shows: ['vfio.irq'], needs: ['irq'] },
  {
    name: 'vfio_msihandler',
    on: 'vfio_msihandler',
    fields: [{ name: 'irq', arg: 1, type: 's32' }, { name: 'eventfd', arg: 2, type: 'x64' }],
    shows: ['efd.signal'],
    needs: [],
  },
  { name: 'vfio_pci_intx_mask', on: 'vfio_pci_intx_mask', fields: [vdev], shows: ['vfio.mask'], needs: ['vdev'] },
  // Since 6.9 a mask by a call goes past the function before, which calls this one too.
  { name: 'vfio_pci_intx_mask', on: '__vfio_pci_intx_mask', fields: [vdev], shows: ['vfio.mask'], needs: ['vdev'], since: [6, 9] },
  { name: 'vfio_pci_intx_unmask', on: 'vfio_pci_intx_unmask', fields: [vdev], shows: ['vfio.unmask'], needs: ['vdev'] },
  { name: 'vfio_pci_intx_unmask_handler', on: 'vfio_pci_intx_unmask_handler', fields: [vdev], shows: ['vfio.unmask'], needs: ['vdev'] },
];
