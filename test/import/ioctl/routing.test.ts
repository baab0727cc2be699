// KVM_SET_GSI_ROUTING as the text of a routing table.

import { describe, expect, test } from 'vitest';
import { ioctlLog } from '../../../src/import/ioctl.js';
import { bracketOf } from '../../../src/import/ioctl/bracket.js';
import { decode } from '../decode.js';
import { log, ofKind } from './log.js';

describe('KVM_SET_GSI_ROUTING', () => {
  const tables = ofKind(decode(ioctlLog, log('a08')).events, 'kvm.routes');
  const table = (line: number): unknown => tables.filter((event) => event.at === line).map(({ nr, ret, map }) => ({ nr, ret, map }));

  test('messages, pins, the slave 8259', () => {
    expect(table(27)).toEqual([{ nr: 1, ret: 0, map: '4095:msi@0xfee00000/0x41' }]);
    expect(table(43)).toEqual([{ nr: 2, ret: 0, map: '24:ioapic.3,25:ioapic.3' }]);
    expect(table(45)).toEqual([{ nr: 3, ret: 0, map: '1:pic.1,1:ioapic.1,1:pic.9' }]);
  });

  test('a table the log cut off is known to be incomplete', () => {
    const first = tables.find(({ nr }) => nr === 4096);
    expect(first?.ret).toBe(0);
    expect(first?.map).toMatch(/^0:msi@0xfee00000\/0x20,1:msi@0xfee00000\/0x21,.*,\.\.\.$/);
  });

  test('an empty table', () => {
    const empty = ofKind(decode(ioctlLog, log('a07')).events, 'kvm.routes').find(({ nr }) => nr === 0);
    expect(empty).toMatchObject({ map: '', ret: 0 });
  });

  test('what KVM refuses in an entry by itself is other, what it refuses elsewhere leaves the table open', () => {
    const refused = tables.filter(({ ret }) => (ret ?? 0) < 0).map(({ map }) => map);
    expect(refused).toEqual([
      '4096:msi@0xfee00000/0x41',
      '24:msi@0xfee00000/0x41,24:msi@0xfee00000/0x42',
      '24:msi@0xfee00000/0x41,24:ioapic.3',
      '24:ioapic.3,24:msi@0xfee00000/0x41',
      '24:ioapic.3,24:ioapic.4',
      '24:msi@0xfee00000/0x41,...', // table flags 1
      '24:other', // entry flags 2
      '3:other', // irqchip entry with flags
      '24:other', // type 9
      '24:other', // IOAPIC pin 24
      '8:other', // 8259 pin 8
      '8:other', // chip 3
      '24:other', // low byte of the high half with 32-bit destinations
    ]);
    expect(new Set(tables.filter(({ ret }) => (ret ?? 0) < 0).map(({ ret }) => ret))).toEqual(new Set([-22]));
  });

  test('a VM without an interrupt chip refuses legal tables', () => {
    const last = ofKind(decode(ioctlLog, log('a05')).events, 'kvm.routes').at(-1);
    expect(last).toMatchObject({ ret: -22, map: '24:msi@0xfee00000/0x41,...' });
  });

  test('stands at the return', () => {
    const [, first] = ofKind(decode(ioctlLog, log('a05')).events, 'kvm.routes');
    expect(first?.ns).toBe(1961180865983 - 1961171963655);
    expect(first && bracketOf(first)).toEqual({ t0: 1961180850893 - 1961171963655, t1: 1961180865983 - 1961171963655 });
  });
});
