// QEMU's lines of a hypervisor's half of the GICs, as QEMU 7.2 prints them with the numbers changed. Registers: Arm IHI 0048B, chapter 5;
// IHI 0069, 12.3 and 12.4.

import { describe, expect, test } from 'vitest';
import { dist2, meaning, told } from './gic-lines.js';

describe('list registers', () => {
  const lr = (what: 'read' | 'write', n: number, value: string): string => `gicv3_ich_lr_${what} GICv3 ICH_LR${n}_EL2 ${what} cpu 0x0 value 0x${value}`;
  const status = (name: string, value: number): string => `gicv3_ich_${name.toLowerCase()}_read GICv3 ICH_${name} read cpu 0x0 value 0x${value.toString(16)}`;
  // Group 1, priority 0xa0, EOI: pending, and as the guest has left it.
  const [filled, ended] = ['50a0020000000028', '10a0020000000028'];
  const fields = { hw: 0, eoi: 1, prio: 0xa0, group: 1 };
  /** The physical GIC is told of once. */
  const said = (...lines: readonly string[]): object[] => told(...lines).slice(1);

  test('hold on to what is read of them, also what nobody has told of before', () => {
    const read = { kind: 'vgic.fold', cpu: 0, lr: 2, vid: 40, st: 'P', kept: 1, ...fields };
    expect(said(lr('read', 2, filled), lr('read', 2, filled))).toEqual([read, read]);
    expect(said(lr('write', 2, filled), lr('read', 2, ended))).toEqual([
      { kind: 'vgic.flush', cpu: 0, lr: 2, vid: 40, st: 'P', ...fields },
      { kind: 'vgic.fold', cpu: 0, lr: 2, vid: 40, st: 'I', kept: 1, ...fields },
    ]);
  });

  test('are said to be empty once, and again where that takes back an end to be told', () => {
    const empty = { kind: 'vgic.flush', cpu: 0, lr: 1, vid: 0, st: 'I', hw: 0, eoi: 0, prio: 0, group: 0 };
    expect(said(lr('write', 1, '0'), lr('write', 1, '0'), lr('read', 1, '0'))).toEqual([empty]);
    expect(said(lr('read', 1, ended), lr('write', 1, '0'), lr('write', 1, '0'))).toEqual([{ kind: 'vgic.fold', cpu: 0, lr: 1, vid: 40, st: 'I', kept: 1, ...fields }, empty]);
  });

  test('with an NMI are told without state and priority', () => {
    const nmi = '58a0000000000028';
    const rest = { cpu: 0, lr: 0, vid: 40, hw: 0, eoi: 0, group: 1 };
    expect(said(lr('write', 0, nmi), lr('read', 0, nmi), 'gicv3_icv_nmiar1_read GICv3 ICV_NMIAR1 read cpu 0x0 value 0x28')).toEqual([
      { kind: 'vgic.flush', ...rest },
      { kind: 'vgic.fold', ...rest, kept: 1 },
      { kind: 'gic.iar', cpu: 0, id: 40, group: 1 },
    ]);
  });

  test('of those in use the status tells which have become empty', () => {
    expect(said(lr('write', 0, filled), status('ELRSR', 3), status('EISR', 4), status('MISR', 1)).slice(1)).toEqual([
      { kind: 'vgic.status', cpu: 0, elrsr: 3 },
      { kind: 'vgic.fold', cpu: 0, lr: 0, vid: 40, st: 'I', kept: 1 },
      { kind: 'vgic.status', cpu: 0, eisr: 4 },
      { kind: 'vgic.status', cpu: 0, misr: 1 },
    ]);
  });

  test('come with a control register and a maintenance interrupt', () => {
    expect(said('gicv3_ich_hcr_write GICv3 ICH_HCR_EL2 write cpu 0x1 value 0x3', 'gicv3_cpuif_virt_set_maint_irq GICv3 CPU i/f 0x1 virt HPPI update: setting maintenance-irq 1')).toEqual([
      { kind: 'gic.load', cpu: 1 },
      { kind: 'vgic.hcr', cpu: 1, val: 3 },
      { kind: 'vgic.maint', cpu: 1, level: 1 },
    ]);
  });
});

describe('the guest half', () => {
  const vmcr = (what: 'read' | 'write', value: string): string => `gicv3_ich_vmcr_${what} GICv3 ICH_VMCR_EL2 ${what} cpu 0x0 value 0x${value}`;
  const icv = (name: string, what: 'read' | 'write', value: number): string => `gicv3_icv_${name.toLowerCase().replace(/\d$/, '')}_${what} GICv3 ICV_${name} ${what} cpu 0x0 value 0x${value.toString(16)}`;

  test('of GICv3: a register that was read is told where writes of it show, the guest\'s and the hypervisor\'s', () => {
    const reads = [icv('PMR', 'read', 0x80), icv('CTLR', 'read', 2), icv('IGRPEN1', 'read', 1)];
    expect(told(...reads)).toEqual([]);
    // VPMR 0xf8, VBPR0 2, VBPR1 3, EOImode, both groups.
    const written = [vmcr('write', 'f84c0203'), icv('PMR', 'write', 0xf0), icv('CTLR', 'write', 0), icv('IGRPEN1', 'write', 1), icv('BPR0', 'write', 1)];
    expect(told(...written, ...reads, vmcr('read', 'f84c0203')).slice(-4)).toEqual([
      { kind: 'gic.iface', cpu: 0, pmr: 0x80 },
      { kind: 'gic.iface', cpu: 0, eoimode: 1 },
      { kind: 'gic.iface', cpu: 0, grpen1: 1 },
      { kind: 'gic.iface', cpu: 0, pmr: 0xf8, eoimode: 1, bpr0: 2, bpr1: 3, grpen0: 1, grpen1: 1 },
    ]);
  });

  test('of GICv3: with a common binary point that of group 1 is none of its own', () => {
    expect(told(vmcr('write', '13'), icv('BPR1', 'write', 5), icv('BPR1', 'read', 3)).slice(-1)).toEqual([{ kind: 'gic.bpr', cpu: 0, group: 1 }]);
    expect(told(vmcr('write', '3'), icv('BPR1', 'write', 5), icv('BPR1', 'read', 3)).slice(-1)).toEqual([{ kind: 'gic.iface', cpu: 0, bpr1: 3 }]);
  });

  const modes = (...lines: readonly string[]): unknown[] => told(...lines).flatMap((event) => ('kind' in event && event.kind === 'gic.eoimode' ? ['val' in event ? event.val : undefined] : []));

  // ICH_VMCR_EL2.VEOIM is bit 9, ICV_CTLR_EL1.EOImode bit 1.
  test('of GICv3: machine controls whose modes differ leave it open, unless the guest\'s own writes show', () => {
    expect(modes(vmcr('write', '203'), vmcr('write', '203'), vmcr('write', '3'), vmcr('write', '203'))).toEqual([1, 1, undefined]);
    expect(modes(icv('CTLR', 'write', 0), icv('CTLR', 'write', 2), icv('CTLR', 'write', 0))).toEqual([0, undefined]);
    expect(modes(vmcr('write', '203'), icv('CTLR', 'write', 0), vmcr('write', '203'), vmcr('write', '3'))).toEqual([1, 0, 1, 0]);
  });

  const hyp = (what: 'read' | 'write', offset: number, value: number): string => `gic_hyp_${what} hyp ${what} at 0x${offset.toString(16).padStart(8, '0')}: 0x${value.toString(16).padStart(8, '0')}`;
  const gicv = (what: 'read' | 'write', offset: number, value: number): string =>
    `gic_cpu_${what} vcpu 0 iface ${what} at 0x${offset.toString(16).padStart(8, '0')}${what === 'read' ? ':' : ''} 0x${value.toString(16).padStart(8, '0')}`;
  const one = dist2('read', 4, 8);

  test('of GICv2: machine control and guest tell of mask, enables, binary point and mode', () => {
    const said = told(one, gicv('write', 4, 0xf0), hyp('write', 8, 0xf84c0207), gicv('read', 4, 0xf0), hyp('read', 8, 0x804c0001), gicv('read', 0x14, 0xff), gicv('read', 0x18, 1023));
    expect(said).toEqual([
      { kind: 'gic.physical' },
      { kind: 'gic.load', cpu: 0 },
      { kind: 'gic.eoimode', cpu: 0, val: 1 },
      { kind: 'gic.grpen', cpu: 0, val: 1, group: 0 },
      { kind: 'gic.grpen', cpu: 0, val: 1, group: 1 },
      { kind: 'gic.pmr', cpu: 0, val: 0xf8 },
      { kind: 'gic.bpr', cpu: 0, val: 2, group: 0 },
      { kind: 'gic.iface', cpu: 0, pmr: 0xf0 },
      { kind: 'gic.iface', cpu: 0, pmr: 0x80, bpr0: 2, eoimode: 0, grpen0: 1, grpen1: 0 },
      { kind: 'gic.rpr', cpu: 0, val: 0xff },
      { kind: 'gic.hppir', cpu: 0, id: 1023 },
    ]);
  });

  test('of GICv2: the mode is known with every write, until a hypervisor writes on a thread whose CPU does not show', () => {
    const two = dist2('read', 4, 0x28);
    expect(modes(one, hyp('write', 8, 0x201), gicv('write', 0, 1), hyp('write', 8, 0x201))).toEqual([1, 0, 1]);
    expect(modes(two, gicv('write', 0, 0x201), hyp('write', 8, 1), gicv('write', 0, 1), gicv('write', 0, 0x201))).toEqual([1, undefined, 0, undefined]);
  });

  test('of GICv2: a list register is told as it was written, not as it was kept', () => {
    const lines = [one, hyp('write', 8, 1), hyp('write', 0x100, 0x9d00781e), 'gic_lr_entry cpu 0: new lr entry 0: 0x1d00781e'];
    expect(told(...lines).slice(-1)).toEqual([{ kind: 'vgic.flush', cpu: 0, lr: 0, vid: 30, st: 'P', hw: 1, pid: 30, prio: 0xd0, group: 0 }]);
  });
});

describe('the maintenance interrupt of a GICv2', () => {
  const maint = (cpu: number, level: number): string => `gic_update_maintenance_irq cpu ${cpu}: maintenance = ${level}`;
  const kinds = (...lines: readonly string[]): string[] => told(...lines).map((event) => Object.values(event).join(' '));
  const EOI = 'gic_cpu_write vcpu 1 iface write at 0x00000010 0x0000001b';
  const ACKNOWLEDGE = 'gic_cpu_read vcpu 1 iface read at 0x0000000c: 0x0000001b';

  // Order of lines as arm-cut-gicv2-irqfd has it: a write, what it changes; what an acknowledge changes, the acknowledge.
  test('is of the state behind a write, and behind the acknowledge that is printed next', () => {
    expect(kinds(EOI, maint(1, 1), maint(1, 0), ACKNOWLEDGE).slice(-3)).toEqual(['gic.eoir 1 27', 'gic.iar 1 27', 'vgic.maint 1 0']);
    expect(kinds(EOI, maint(0, 0), maint(1, 1), EOI).slice(-4)).toEqual(['gic.eoir 1 27', 'vgic.maint 0 0', 'vgic.maint 1 1', 'gic.eoir 1 27']);
  });

  test('is not told where no line shows what it followed', () => {
    expect(kinds(EOI, maint(1, 1)).at(-1)).toBe('gic.eoir 1 27');
  });

  test('keeps its own line', () => {
    const line = meaning([EOI, maint(1, 1), ACKNOWLEDGE]).find(({ kind }) => kind === 'vgic.maint');
    expect(line).toMatchObject({ at: 2, name: 'gic_update_maintenance_irq' });
  });
});
