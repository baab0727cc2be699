// The text of a GSI routing table, and which tables KVM takes: the accepted and refused ones of setup_routing_entry.

import { describe, expect, test } from 'vitest';
import { gsi, pin } from '../../src/ids.js';
import { parseRoutingTable, routeText, sameRoutes, type Route } from '../../src/model/routing-table.js';
import { conflict, illegal } from '../../src/model/table-check.js';
import { F, T, U } from '../../src/model/tri.js';

const parse = (map: string, nr = 0): ReturnType<typeof parseRoutingTable> => parseRoutingTable(map, nr);
const routesOf = (map: string, number: number): readonly Route[] => parse(map).routes.get(gsi(number)) ?? [];

describe('the text', () => {
  test('of each sort of route is read and written back', () => {
    for (const text of ['ioapic.10', 'pic.9', 'gic.40', 'msi', 'msi@0xfee01004/0x8028', '0000:00:04.0.2=0x31', 'a.0', 'other'])
      expect(routesOf(`24:${text}`, 24).map(routeText)).toEqual([text]);
  });

  test('default is 40 entries: 24 IOAPIC pins, and 16 pins of the 8259', () => {
    const table = parse('default');
    const all = [...table.routes.values()].flat();
    expect(all.filter(({ type }) => type === 'ioapic').length).toBe(24);
    expect(all.filter(({ type }) => type === 'pic').length).toBe(16);
    expect(table.end).toBe(24);
  });

  test('of more entries than are written is known to be incomplete', () => {
    expect(parse('24:msi', 1).complete).toBe(true);
    expect(parse('24:msi', 2).complete).toBe(false);
    expect(parse('24:msi,...', 1).complete).toBe(false);
    expect(parse('24:msi,nonsense', 1).complete).toBe(false);
    expect(parse('0-4000000000', 1).complete).toBe(false);
    expect(parse('', 0).complete).toBe(true);
  });

  test('gives a pin the GSI of its last row', () => {
    expect(parse('0:ioapic.2,2:ioapic.2').pins.get(pin(2))).toBe(2);
  });

  test('routes are compared by what they say', () => {
    expect(sameRoutes(routesOf('1:pic.1,1:ioapic.1', 1), routesOf('1:pic.1,1:ioapic.1', 1))).toBe(true);
    expect(sameRoutes(routesOf('1:ioapic.1', 1), routesOf('1:ioapic.2', 1))).toBe(false);
    expect(sameRoutes(routesOf('1:msi@0x0/0x1', 1), routesOf('1:msi@0x0/0x2', 1))).toBe(false);
    expect(sameRoutes(routesOf('1:pic.1', 1), routesOf('1:pic.1,1:ioapic.1', 1))).toBe(false);
  });
});

describe('KVM', () => {
  test.each([
    '',
    // SPIs 32 to 1019: 988 pins
    '0:gic.0,987:gic.987,988:msi@0x8090040/0x1',
    'default',
    '1:pic.1,1:ioapic.1,1:pic.9',
    '24:ioapic.3,25:ioapic.3',
    '4095:msi@0xfee00000/0x305',
    '24:msi@0x10000000000/0x41',
  ])('takes %j', (map) => {
    expect(illegal(parse(map))).toBe(F);
  });

  test.each([
    '0:gic.988',
    '5:gic.5,5:gic.5',
    '5:gic.5,5:msi',
    '24:msi@0xfee00000/0x41,24:msi@0xfee00000/0x42',
    '24:msi,24:ioapic.3',
    '24:ioapic.3,24:msi',
    '24:ioapic.3,24:ioapic.4',
    '8:pic.1,8:pic.2',
    '24:ioapic.24',
    '8:pic.16',
    '24:other,24:msi',
  ])('refuses %j', (map) => {
    expect(illegal(parse(map))).toBe(T);
    expect(conflict(parse(map))).toBe(Number(map.split(':')[0]));
  });

  test.each(['24:other', '24:msi,...', '24:msi@0x11fee00000/0x41'])('may do either with %j', (map) => {
    expect(illegal(parse(map))).toBe(U);
  });
});
