// Vectors that Hyper-V's SynIC ends as they are taken: bit 17 of SINTx.

import { expect, test } from 'vitest';
import type { Event } from '../../../src/event.js';
import { KvmAssembler } from '../../../src/import/kvm/assembler.js';
import { Fields, RawRecord } from '../../../src/import/kvm/record.js';
import { recordReader } from '../../../src/import/kvm/records.js';
import { tell, thread, told } from '../ftrace/text.js';

const write = (msr: string, data: string, cpu = 1): string => `kvm_hv_synic_set_msr: vcpu_id ${cpu} msr 0x${msr} data 0x${data} host 0`;
const says = (vec: number, enable: 0 | 1, cpu = 1): unknown => ({ kind: 'apic.autoeoi', cpu, vec, enable });

test('a source with AutoEOI', () => {
  expect(tell(thread(write('40000092', '20075'), write('40000093', '76'), write('40000092', '200d1', 0)))).toEqual([says(0x75, 1), says(0xd1, 1, 0)]);
});

test('another vector takes the place of the one before, unless another source still has it', () => {
  expect(tell(thread(write('40000092', '20075'), write('4000009f', '20075'), write('40000092', '20080'), write('40000092', '80')))).toEqual([
    says(0x75, 1), says(0x75, 1), says(0x80, 1), says(0x80, 0),
  ]);
});

test('other registers of the SynIC are none', () => {
  expect(tell(thread(write('40000080', '1'), write('40000083', '70001'), write('400000a0', '20075'), write('4000008f', '20075')))).toEqual([]);
});

test('a binary record tells the same', () => {
  const field = (offset: number, size: number): { offset: number; size: number; signed: boolean; shape: 'number' } => ({ offset, size, signed: false, shape: 'number' });
  const fields = new Fields(new Map(Object.entries({ vcpu_id: field(8, 4), msr: field(12, 4), data: field(16, 8), host: field(24, 1) })), '');
  const view = new DataView(new ArrayBuffer(32));
  view.setUint32(8, 1, true);
  view.setUint32(12, 0x4000_0092, true);
  view.setBigUint64(16, 0x2_0075n, true);
  const kvm = new KvmAssembler(0);
  const out: Event[] = [];
  kvm.begin(out);
  recordReader('kvm_hv_synic_set_msr', fields)?.(kvm, Object.assign(new RawRecord(), { view, at: 0, end: 32 }));
  expect(told(out)).toEqual([says(0x75, 1)]);
});
