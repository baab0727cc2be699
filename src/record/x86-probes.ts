// Probes on KVM's functions of x86-64 (virt/kvm/irqchip.c, arch/x86/kvm/irq_comm.c, Linux 5.10 to 7.2).

import { KVM_POINTER, KVM_PROBES, RETURNED, setIrqInatomic } from './kvm-probes.js';
import type { Machine, Probe } from './probe.js';

/** Calling convention of the kernel; the set was recorded with on Debian's 5.10.223, 6.1.192, 6.12.117 and 7.2.13. */
export const X86: Machine = { registers: ['%di', '%si', '%dx', '%cx', '%r8', '%r9'], tested: ['6.1', '6.12'], tried: ['5.10', '7.2'] };

export const X86_PROBES: readonly Probe[] = [
  ...KVM_PROBES,
  ...setIrqInatomic(['kvm.msi']),
  {
    name: 'kvm_request_irq_source_id_ret',
    on: 'kvm_request_irq_source_id',
    atReturn: true,
    fields: [RETURNED],
    shows: ['kvm.src.alloc'],
    needs: ['ret'],
    // The PIT's source ID is a constant since.
    until: [6, 17],
  },
  {
    name: 'kvm_free_irq_source_id',
    on: 'kvm_free_irq_source_id',
    fields: [KVM_POINTER, { name: 'id', arg: 2, type: 's32' }],
    shows: ['kvm.src.free'],
    needs: ['id'],
    until: [6, 17],
  },
  {
    name: 'kvm_send_userspace_msi',
    on: 'kvm_send_userspace_msi',
    fields: [
      KVM_POINTER,
      { name: 'addr_lo', arg: 2, at: 0, type: 'x32' },
      { name: 'addr_hi', arg: 2, at: 4, type: 'x32' },
      { name: 'data', arg: 2, at: 8, type: 'x32' },
      { name: 'flags', arg: 2, at: 12, type: 'x32' },
    ],
    shows: ['kvm.msi', 'apic.void'],
    needs: ['addr_lo', 'addr_hi', 'data'],
  },
];
