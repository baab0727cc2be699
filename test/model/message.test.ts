// Messages as the Intel SDM lays them out: address bits 19:12 destination, bit 2 logical; data bits 7:0 vector, 10:8 mode, 15 level.

import { expect, test } from 'vitest';
import { parseIrq } from '../../src/import/irq.js';
import { decodeMessage, messageOf, sameMessage, type Message } from '../../src/model/message.js';
import { F, T, U } from '../../src/model/tri.js';

test('an address and a data word say destination, vector, mode and trigger', () => {
  expect(decodeMessage(0xfee0_3004n, 0x8141)).toEqual({ dst: 3, logical: 1, vec: 0x41, dm: 1, trig: 'level' });
  expect(decodeMessage(0n, 0)).toEqual({ dst: 0, logical: 0, vec: 0, dm: 0, trig: 'edge' });
  // KVM takes any address: bits 19:12 of 0x12345000 are 0x45.
  expect(decodeMessage(0x1234_5000n, 0x51).dst).toBe(0x45);
});

test('the destination is extended by address bits 63:40 and 11:5', () => {
  expect(decodeMessage(0x0000_0100_fee0_7000n, 0).dst).toBe(0x107);
  expect(decodeMessage(0xfee0_7020n, 0).dst).toBe(0x107);
  expect(decodeMessage(0xffff_ff00_feef_f000n, 0).dst).toBe(0xffff_ffff);
});

test('what is not given, or is a handle of the remapping unit, is not known', () => {
  expect(decodeMessage(undefined, 0x41)).toEqual({ vec: 0x41, dm: 0, trig: 'edge' });
  expect(decodeMessage(0xfee0_1000n, undefined)).toEqual({ dst: 1, logical: 0 });
  expect(decodeMessage(0xfee0_0418n, 0x41)).toEqual({});
});

test('a recorded message is taken decoded, or from its words', () => {
  const [decoded, raw] = parseIrq('kvm.msi dst=2 vec=0x31 dm=0 logical=0 trig=edge\nkvm.msi addr=0xfee02000 data=0x31\n', 'test').events;
  if (decoded?.kind !== 'kvm.msi' || raw?.kind !== 'kvm.msi') throw new Error('two messages were written');
  expect(messageOf(raw)).toEqual({ dst: 2, logical: 0, vec: 0x31, dm: 0, trig: 'edge' });
  expect(sameMessage(messageOf(decoded), messageOf(raw))).toBe(T);
});

test('two messages are compared by what is known of both', () => {
  const message: Message = decodeMessage(0xfee0_1000n, 0x41);
  const cases: [Message, number][] = [
    [message, T],
    [decodeMessage(0xfee0_1000n, 0x42), F],
    [decodeMessage(0xfee0_2000n, 0x41), F],
    [decodeMessage(0xfee0_1004n, 0x41), F],
    [decodeMessage(0xfee0_1000n, 0x8041), F],
    [decodeMessage(0xfee0_1000n, 0x141), F],
    [decodeMessage(undefined, 0x41), U],
    [decodeMessage(undefined, 0x42), F],
    [{}, U],
    // Without KVM_CAP_X2APIC_API the high bits are not heeded: it may be the same.
    [decodeMessage(0x0000_0100_fee0_1000n, 0x41), U],
  ];
  for (const [other, expected] of cases) expect([other, sameMessage(message, other), sameMessage(other, message)]).toEqual([other, expected, expected]);
});
