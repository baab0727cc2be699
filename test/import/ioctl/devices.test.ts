// eventfds, irqfds and the MSI-X device of an ioctl log.

import { describe, expect, test } from 'vitest';
import { ioctlLog } from '../../../src/import/ioctl.js';
import type { Kind } from '../../../src/kinds.js';
import { decode } from '../decode.js';
import { access, log, ofKind, rows, said, signal } from './log.js';

describe('irqfds and eventfds', () => {
  const { events } = decode(ioctlLog, log('a05'));

  test('every assign and deassign with what it returned', () => {
    const calls = events.filter((event) => event.kind === 'kvm.irqfd.assign' || event.kind === 'kvm.irqfd.deassign');
    expect(calls.map((event) => `${event.kind.slice(10)} ${event.fd} ${event.gsi} ${event.ret}`)).toEqual([
      'assign 8 24 0', 'assign 8 24 -16', 'assign 8 25 -16', 'assign 9 24 0', 'deassign 8 25 0', 'deassign 8 24 0', 'deassign 8 24 0', 'deassign 11 24 0',
      'assign 999 24 -9', 'assign 1 24 -22', 'assign 8 24 -22', 'assign 8 24 -22', 'assign 8 77 0', 'assign 12 4095 0', 'deassign 12 4095 0', 'assign 12 4096 0',
      'assign 12 70000 -16', 'assign 12 10 -9', 'assign 12 10 -16', 'deassign 12 10 0', 'assign 11 10 0', 'deassign 11 10 0', 'assign 11 25 0', 'deassign 11 25 0',
      'assign 8 24 -22', 'assign 8 24 -22',
    ]);
  });

  test('a resamplefd only with the flag', () => {
    const assigns = ofKind(events, 'kvm.irqfd.assign');
    expect(assigns.filter(({ flags }) => flags === 2).map(({ resample }) => resample)).toEqual([999, 12, 12, 12, 11]);
    expect(assigns.filter(({ flags }) => flags !== 2).every(({ resample }) => resample === undefined)).toBe(true);
  });

  test('an assign stands where it begins, a deassign at its return', () => {
    const [assign] = ofKind(events, 'kvm.irqfd.assign');
    const [deassign] = ofKind(events, 'kvm.irqfd.deassign');
    expect(assign?.ns).toBe(1961180879543 - 1961171963655);
    expect(deassign?.ns).toBe(1961180956751 - 1961171963655);
  });

  test('open, dup, close and signal in the order of the calls', () => {
    const kinds = new Set<Kind>(['fd.open', 'fd.dup', 'fd.close', 'efd.signal', 'kvm.irqfd.assign']);
    const seen = decode(ioctlLog, log('a06')).events.filter(({ kind }) => kinds.has(kind)).slice(0, 8);
    expect(seen.map((event) => ('fd' in event ? `${event.kind} ${event.fd}` : event.kind))).toEqual([
      'fd.open 8', 'kvm.irqfd.assign 8', 'fd.dup 8', 'fd.close 8', 'efd.signal 9', 'fd.close 9', 'fd.open 8', 'kvm.irqfd.assign 8',
    ]);
    expect(ofKind(seen, 'fd.dup')).toMatchObject([{ fd: 8, ret: 9 }]);
    expect(ofKind(seen, 'fd.open')).toMatchObject([{ value: 0 }, { value: 0 }]);
  });

  test('a read leaves the counter at 0, whether it found something or not', () => {
    // Rows 14 (EAGAIN) and 17 (value 1) of the log.
    const reads = ofKind(decode(ioctlLog, log('a01')).events, 'efd.read');
    expect(reads.map(({ fd, at }) => [fd, at])).toEqual([[8, 14], [8, 17]]);
    expect(said(rows('{"t0":2000,"op":"eventfd_read","args":{"fd":8},"ret":-1,"errno":"EBADF","value":0}'))).toEqual([]);
  });

  test('a write that failed is no signal, a failed close closes nothing', () => {
    const write = '{"t0":2100,"t1":2101,"op":"eventfd_write","args":{"fd":8},"ret":-1,"errno":"EAGAIN"}';
    expect(said(rows(write, '{"t0":2200,"op":"close","args":{"fd":8},"ret":-1,"errno":"EBADF"}'))).toEqual([]);
  });

  test('a signal of another thread during the deassign counts as one after it', () => {
    const deassign = '{"t0":3000,"t1":4000,"tid":2,"op":"KVM_IRQFD","args":{"fd":8,"gsi":24,"flags":1,"resamplefd":-1},"ret":0,"errno":""}';
    const events = said(rows(signal(2000, 2500), signal(3100, 3200), deassign, signal(3900, 4100), signal(5000, 5001)));
    expect(events.map((event) => `${event.kind} ${event.at}`)).toEqual([
      'efd.signal 2', 'kvm.irqfd.deassign 4', 'efd.signal 3', 'efd.signal 5', 'efd.signal 6',
    ]);
  });
});

describe('the MSI-X table', () => {
  const { events, info } = decode(ioctlLog, log('c01'));
  const writes = ofKind(events, 'msix.write');

  test('one write per access of the guest, reads none', () => {
    expect(writes.map(({ entry, field }) => `${entry}.${field}`)).toEqual([
      '0.addr', '0.addr_hi', '0.data', '1.addr', '1.addr_hi', '1.data', '2.addr', '2.addr_hi', '2.data', '0.vc', '1.vc', '2.vc', '1.vc', '1.vc', '0.vc', '1.data', '3.vc',
    ]);
    expect(writes.map(({ val }) => val).slice(0, 3)).toEqual([0xfee00000n, 0n, 0x61n]);
    expect(info.counts.get('msix_mmio')).toBe(20);
  });

  test('enabled once, before the first of them', () => {
    expect(ofKind(events, 'msix.ctrl')).toMatchObject([{ fn: 'msix0', enable: 1, fmask: 0 }]);
    expect(events.findIndex(({ kind }) => kind === 'msix.ctrl')).toBe(events.findIndex(({ kind }) => kind === 'msix.write') - 1);
  });

  test('a fire of a masked entry', () => {
    expect(ofKind(events, 'msix.fire').map(({ entry }) => entry)).toEqual([2, 1, 1]);
  });

  test('a write to the PBA, and one that is not aligned', () => {
    expect(said(rows(access('pba', '0x800')))).toMatchObject([{ kind: 'msix.ctrl' }, { kind: 'msix.pba.write', fn: 'msix0' }]);
    expect(said(rows(access('table', '0x2')))).toMatchObject([{ kind: 'meta.lost', n: 1 }]);
  });
});
