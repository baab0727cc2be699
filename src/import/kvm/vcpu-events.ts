// Events that only the thread prints that runs a vCPU, and so a thread of the process whose VM it is (kvm_arch_vcpu_ioctl_run and what it calls):
// an injection may come from whoever signals an irqfd.

export const VCPU_EVENTS: ReadonlySet<string> = new Set(['kvm_entry', 'kvm_exit', 'kvm_mmio', 'kvm_pio', 'kvm_msr', 'kvm_apic', 'kvm_eoi', 'kvm_inj_virq']);
