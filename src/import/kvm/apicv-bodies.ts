// Bodies of the tracepoints that tell of CPUs that deliver interrupts themselves, as their TP_printk prints them (arch/x86/kvm/trace.h, Linux 5.2 to 7.2).

import { NOTHING, type ReadBody } from './body.js';
import { Word } from './text.js';

const SET = new Word('set ');
const CLEARED = new Word('cleared ');
const REASON = new Word('reason=');
const INHIBITS = new Word(', inhibits=0x');
const VTD = new Word('VT-d ');
const POSTING = new Word('PI is enabled');

const apicv: ReadBody = () => (kvm) => kvm.apicv.active();

const apicvInhibit: ReadBody = (body) => {
  if (!body.skip(SET)) body.word(CLEARED);
  body.word(REASON);
  const reason = body.decimal();
  body.word(INHIBITS);
  const inhibits = body.hex();
  return body.begun((kvm) => kvm.apicv.inhibited(reason, inhibits));
};

const irteUpdate: ReadBody = (body) => {
  body.skip(VTD);
  return body.skip(POSTING) ? (kvm) => kvm.apicv.posted() : NOTHING;
};

export const APICV_BODIES: Readonly<Record<string, ReadBody>> = {
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
