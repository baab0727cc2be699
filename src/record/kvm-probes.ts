// Probes on the functions of KVM, eventfd and VFIO that x86-64 and arm64 have alike: routes, irqfds and resampling have no tracepoint
// (virt/kvm/eventfd.c, virt/kvm/irqchip.c, drivers/vfio/pci/vfio_pci_intrs.c, Linux 5.10 to 7.2).

import type { Kind } from '../kinds.js';
import type { Probe, ProbeField } from './probe.js';

/** `struct kvm_kernel_irqfd`: recorded with on 6.1 and 6.12, compared with the type information of 6.12, 6.18 and 7.2; all without lock debugging. */
const IRQFD = ['6.1', '6.12', '6.18'];
/** Its route has become 16 bytes longer. */
const LONG_IRQFD = ['7.2'];

/** A field of it behind the route. */
const behindRoute = (name: string, at: number, type: ProbeField['type']): readonly ProbeField[] => [
  { name, arg: 1, at, type, checked: IRQFD },
  { name, arg: 1, at: at + 16, type, checked: LONG_IRQFD },
];

export const KVM_POINTER: ProbeField = { name: 'kvm', arg: 1, type: 'x64' };
export const RETURNED: ProbeField = { name: 'ret', arg: 0, type: 's32' };
const vdev: ProbeField = { name: 'vdev', arg: 1, type: 'x64' };

export const KVM_PROBES: readonly Probe[] = [
  {
    name: 'kvm_irqfd',
    on: 'kvm_irqfd',
    fields: [
      KVM_POINTER,
      { name: 'fd', arg: 2, at: 0, type: 's32' },
      { name: 'gsi', arg: 2, at: 4, type: 'u32' },
      { name: 'flags', arg: 2, at: 8, type: 'x32' },
      { name: 'resamplefd', arg: 2, at: 12, type: 's32' },
    ],
    shows: ['kvm.irqfd.assign', 'kvm.irqfd.deassign'],
    needs: ['fd', 'gsi', 'flags', 'resamplefd'],
  },
  { name: 'kvm_irqfd_ret', on: 'kvm_irqfd', atReturn: true, fields: [RETURNED], shows: ['kvm.irqfd.assign', 'kvm.irqfd.deassign'], needs: ['ret'] },
  {
    name: 'irqfd_wakeup',
    on: 'irqfd_wakeup',
    fields: [
      // in front of the entry of the wait queue: `struct kvm_kernel_irqfd` begins with both, 5.10 to 7.2
      { name: 'kvm', arg: 1, at: -8, type: 'x64' },
      ...behindRoute('gsi', 108, 's32'),
      { name: 'rt_gsi', arg: 1, at: 40, type: 'u32', checked: [...IRQFD, ...LONG_IRQFD] },
      { name: 'rt_type', arg: 1, at: 44, type: 'u32', checked: [...IRQFD, ...LONG_IRQFD] },
      { name: 'msi_lo', arg: 1, at: 56, type: 'x32', checked: [...IRQFD, ...LONG_IRQFD] },
      { name: 'msi_hi', arg: 1, at: 60, type: 'x32', checked: [...IRQFD, ...LONG_IRQFD] },
      { name: 'msi_data', arg: 1, at: 64, type: 'x32', checked: [...IRQFD, ...LONG_IRQFD] },
      ...behindRoute('resampler', 144, 'x64'),
      ...behindRoute('eventfd', 176, 'x64'),
      { name: 'key', arg: 4, type: 'x32' },
    ],
    shows: ['efd.signal', 'efd.void', 'fd.close'],
    // whose signal it was is told by kvm_arch_set_irq_inatomic, too
    needs: ['key'],
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
    fields: [KVM_POINTER, { name: 'nr', arg: 3, type: 'u32' }, { name: 'flags', arg: 4, type: 'x32' }],
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
    name: 'kvm_vm_ioctl_irq_line',
    on: 'kvm_vm_ioctl_irq_line',
    fields: [KVM_POINTER, { name: 'irq', arg: 2, at: 0, type: 'u32' }, { name: 'level', arg: 2, at: 4, type: 'u32' }],
    shows: ['kvm.set_irq', 'gsi.void'],
    needs: [],
  },
  {
    name: 'kvm_set_irq_in',
    on: 'kvm_set_irq',
    fields: [
      KVM_POINTER,
      { name: 'source_id', arg: 2, type: 's32' },
      { name: 'gsi', arg: 3, type: 'u32' },
      { name: 'level', arg: 4, type: 's32' },
    ],
    shows: ['kvm.set_irq'],
    needs: [],
  },
  { name: 'kvm_set_irq_ret', on: 'kvm_set_irq', atReturn: true, fields: [RETURNED], shows: ['kvm.routed'], needs: ['ret'] },
];

/** An irqfd's interrupt where nothing may sleep; what its lines show differs. */
export const setIrqInatomic = (shows: readonly Kind[]): readonly Probe[] => [
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
    shows,
    needs: ['gsi'],
  },
  {
    name: 'kvm_arch_set_irq_inatomic_ret',
    on: 'kvm_arch_set_irq_inatomic',
    atReturn: true,
    fields: [RETURNED],
    shows: [...shows, 'kvm.routed'],
    needs: ['ret'],
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
