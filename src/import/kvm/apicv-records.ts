// Records of the tracepoints that tell of CPUs that deliver interrupts themselves (arch/x86/kvm/trace.h, Linux 5.2 to 7.2): the twin of apicv-bodies.ts.

import type { CompileRecord } from './record.js';

const apicv: CompileRecord = () => (kvm) => kvm.apicv.active();

const apicvInhibit: CompileRecord = (fields) => {
  const reason = fields.number('reason');
  const inhibits = fields.number('inhibits');
  return (kvm, record) => kvm.apicv.inhibited(reason.of(record), inhibits.of(record));
};

const irteUpdate: CompileRecord = (fields) => {
  const set = fields.number('set');
  return (kvm, record) => {
    if (set.of(record) !== 0) kvm.apicv.posted();
  };
};

export const APICV_RECORDS: Readonly<Record<string, CompileRecord>> = {
  kvm_apicv_accept_irq: apicv,
  kvm_apicv_update_request: apicv,
  kvm_apicv_inhibit_changed: apicvInhibit,
  kvm_avic_incomplete_ipi: apicv,
  kvm_avic_unaccelerated_access: apicv,
  kvm_avic_ga_log: apicv,
  kvm_avic_kick_vcpu_slowpath: apicv,
  kvm_avic_doorbell: apicv,
  kvm_pi_irte_update: irteUpdate,
};
