// Text and binary recordings of one run tell the same: whatever is read of the one is read of the other.

import { expect, test } from 'vitest';
import { ACCESS_RECORDS } from '../../../src/import/kvm/access-records.js';
import { APIC_RECORDS } from '../../../src/import/kvm/apic-records.js';
import { APICV_RECORDS } from '../../../src/import/kvm/apicv-records.js';
import { eventNames } from '../../../src/import/kvm/bodies.js';
import { LINE_RECORDS } from '../../../src/import/kvm/line-records.js';
import { HANDLER_RECORDS, PROBE_RECORDS } from '../../../src/import/kvm/probe-records.js';
import { Fields } from '../../../src/import/kvm/record.js';
import { recordReader } from '../../../src/import/kvm/records.js';
import { VGIC_PROBE_RECORDS, VGIC_RECORDS } from '../../../src/import/kvm/vgic-records.js';

test('every event whose text is read has a reader of its records, and the other way round', () => {
  const records = [LINE_RECORDS, APIC_RECORDS, ACCESS_RECORDS, APICV_RECORDS, HANDLER_RECORDS, PROBE_RECORDS, VGIC_RECORDS, VGIC_PROBE_RECORDS].flatMap((readers) => Object.keys(readers));
  expect(records.sort()).toEqual(eventNames().map(({ text }) => text).sort());
});

const u32 = (offset: number): { offset: number; size: number; signed: boolean; shape: 'number' } => ({ offset, size: 4, signed: false, shape: 'number' });
const EOI = { apicid: u32(8), vector: u32(12) };

test.each([
  ['a tracepoint', EOI, true],
  ['a probe of the same name', { ...EOI, __probe_ip: u32(16) }, false],
])('%s', (_what, fields, isRead) => {
  expect(recordReader('kvm_eoi', new Fields(new Map(Object.entries(fields)), '')) !== undefined).toBe(isRead);
});

test('names of every object are no events', () => {
  expect(recordReader('constructor', new Fields(new Map(), ''))).toBeUndefined();
});

test('a field that the event lacks is named, one of an odd size counts as lacking', () => {
  const fields = new Fields(new Map(Object.entries({ apicid: { ...u32(8), size: 3 }, vector: u32(12) })), '');
  recordReader('kvm_eoi', fields);
  expect([fields.missing, fields.extent]).toEqual(['apicid', 16]);
});
