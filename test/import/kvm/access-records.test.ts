// Binary records of accesses to registers and of exits mean what their text means: the same events, from fields laid out as Linux 6.1 describes them.

import { expect, test } from 'vitest';
import { tell, thread } from '../ftrace/text.js';
import { tellRecords, type Sample } from './tell-records.js';

const ended: Sample = { name: 'kvm_eoi', fields: [['apicid', 4, 0], ['vector', -4, 81]] };
const ENDED = 'kvm_eoi: apicid 0 vector 81';
const mmio = (type: number, gpa: number, val: number): Sample => ({ name: 'kvm_mmio', fields: [['type', 4, type], ['len', 4, 4], ['gpa', 8, gpa], ['val', 8, val]] });
const msr = (ecx: number, data: number, exception: number): Sample => ({ name: 'kvm_msr', fields: [['write', 4, 1], ['ecx', 4, ecx], ['data', 8, data], ['exception', 1, exception]] });
const exit = (isa: number, reason: number): Sample => ({ name: 'kvm_exit', fields: [['exit_reason', 4, reason], ['guest_rip', 8, 0], ['isa', 4, isa], ['vcpu_id', 4, 0]] });

test.each<[string, readonly Sample[], readonly string[]]>([
  ['an EOI in memory', [mmio(2, 0xfee0_00b0, 0), ended], ['kvm_mmio: mmio write len 4 gpa 0xfee000b0 val 0x0', ENDED]],
  ['an EOI register that is read', [mmio(1, 0xfee0_00b0, 0), ended], ['kvm_mmio: mmio read len 4 gpa 0xfee000b0 val 0x0', ENDED]],
  ['an EOI as an MSR', [msr(0x80b, 0, 0), ended], ['kvm_msr: msr_write 80b = 0x0', ENDED]],
  ['an EOI as an MSR that faults', [msr(0x80b, 1, 1), ended], ['kvm_msr: msr_write 80b = 0x1 (#GP)', ENDED]],
  ['SVR in memory', [ended, mmio(2, 0xfee0_00f0, 0x1ff)], [ENDED, 'kvm_mmio: mmio write len 4 gpa 0xfee000f0 val 0x1ff']],
  ['TPR as an MSR', [ended, msr(0x808, 0x20, 0)], [ENDED, 'kvm_msr: msr_write 808 = 0x20']],
  ['EOI induced', [exit(1, 45), ended], ['kvm_exit: vcpu 0 reason EOI_INDUCED rip 0x0', ENDED]],
  ['APIC write', [exit(1, 56), ended], ['kvm_exit: vcpu 0 reason APIC_WRITE rip 0x0', ENDED]],
  ['AVIC incomplete IPI', [exit(2, 0x401), ended], ['kvm_exit: vcpu 0 reason avic_incomplete_ipi rip 0x0', ENDED]],
  ['AVIC no acceleration', [exit(2, 0x402), ended], ['kvm_exit: vcpu 0 reason avic_unaccelerated_access rip 0x0', ENDED]],
  ['an exit of any host', [exit(2, 0x400), ended], ['kvm_exit: vcpu 0 reason npf rip 0x0', ENDED]],
])('%s', (_what, samples, lines) => {
  const events = tellRecords(...samples);
  expect(events).toEqual(tell(thread(...lines)));
  expect(events.length).toBeGreaterThan(0);
});
