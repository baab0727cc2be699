// Probes on KVM's functions of arm64, where the virtual GIC has one tracepoint (arch/arm64/kvm/vgic/, Linux 5.10 to 7.2).

import { KVM_POINTER, KVM_PROBES, VFIO_PROBES, setIrqInatomic } from './kvm-probes.js';
import type { Machine, Probe, ProbeField } from './probe.js';

/** Calling convention of the kernel; the set was recorded with on Debian's 5.10.223, 6.1.192, 6.12.118 and 7.2.13, whose kernel refuses vgic_queue_irq. */
export const ARM64: Machine = { registers: ['%x0', '%x1', '%x2', '%x3', '%x4', '%x5'], tested: ['6.1', '6.12'], tried: ['5.10', '7.2'] };

const VGIC_IRQ = ['6.1', '6.12'];
const vcpu: ProbeField = { name: 'vcpu', arg: 1, type: 'x64' };

/** `struct vgic_irq`, the function's second argument. */
const SOFT_STATE: readonly ProbeField[] = [
  { name: 'intid', arg: 2, at: 56, type: 'u32', checked: VGIC_IRQ, typed: 'irq->intid' },
  { name: 'line', arg: 2, at: 60, type: 'flag', checked: VGIC_IRQ, typed: 'irq->line_level' },
  { name: 'latch', arg: 2, at: 61, type: 'flag', checked: VGIC_IRQ, typed: 'irq->pending_latch' },
  { name: 'active', arg: 2, at: 62, type: 'flag', checked: VGIC_IRQ, typed: 'irq->active' },
  { name: 'enabled', arg: 2, at: 63, type: 'flag', checked: VGIC_IRQ, typed: 'irq->enabled' },
  { name: 'hw', arg: 2, at: 64, type: 'flag', checked: VGIC_IRQ, typed: 'irq->hw' },
];
const SOFT_NAMES = SOFT_STATE.map(({ name }) => name);

/** The same for both versions of the GIC: a host has one, and the other's functions are never called. */
const ofBoth = (v3: string, v2: string, probe: Omit<Probe, 'on'>): Probe[] => [{ ...probe, on: v3 }, { ...probe, on: v2 }];

export const ARM64_PROBES: readonly Probe[] = [
  {
    name: 'vgic_map_phys',
    on: 'kvm_vgic_map_phys_irq',
    fields: [vcpu, { name: 'host_irq', arg: 2, type: 'u32' }, { name: 'vintid', arg: 3, type: 'u32' }],
    shows: ['vgic.map'],
    needs: ['host_irq', 'vintid'],
  },
  {
    name: 'vgic_unmap_phys',
    on: 'kvm_vgic_unmap_phys_irq',
    fields: [vcpu, { name: 'vintid', arg: 2, type: 'u32' }],
    shows: ['vgic.unmap'],
    needs: ['vintid'],
  },
  {
    name: 'vgic_inject',
    on: 'kvm_vgic_inject_irq',
    // Not the vCPU: its number until some kernel between 6.1 and 6.12, then a pointer; the tracepoint within tells it.
    fields: [KVM_POINTER, { name: 'intid', arg: 3, type: 'u32' }, { name: 'level', arg: 4, type: 'u8' }],
    shows: ['gic.in'],
    needs: ['intid', 'level'],
  },
  { name: 'vgic_queue_irq', on: 'vgic_queue_irq_unlock', fields: [KVM_POINTER, ...SOFT_STATE], shows: ['vgic.irq'], needs: SOFT_NAMES },
  ...ofBoth('vgic_v3_populate_lr', 'vgic_v2_populate_lr', {
    name: 'vgic_populate_lr',
    fields: [vcpu, { name: 'lr', arg: 3, type: 's32' }, ...SOFT_STATE, { name: 'hwintid', arg: 2, at: 72, type: 'u32', checked: VGIC_IRQ, typed: 'irq->hwintid' }],
    shows: ['vgic.irq', 'vgic.flush'],
    needs: ['lr', ...SOFT_NAMES],
  }),
  ...ofBoth('vgic_v3_fold_lr_state', 'vgic_v2_fold_lr_state', { name: 'vgic_fold_lr', fields: [vcpu], shows: ['vgic.fold'], needs: [] }),
  ...KVM_PROBES,
  ...setIrqInatomic(['efd.signal']),
  ...VFIO_PROBES,
];
