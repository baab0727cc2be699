// Every event kind and its fields, as plain data: the schema, the litmus text and the types all derive from this table.
// A field type ending in `?` may be absent. Units: ns for times, bytes for lengths, indices as in ids.ts.

import type { Entry, Gsi, Intid, Lr, Pin, SourceId, Vcpu, Vector } from './ids.js';

interface FieldTypes {
  gsi: Gsi;
  pin: Pin;
  entry: Entry;
  vector: Vector;
  intid: Intid;
  source: SourceId;
  vcpu: Vcpu;
  lr: Lr;
  /** 0 or 1. */
  bit: 0 | 1;
  /** Signed integer below 2^53. */
  int: number;
  /** Unsigned 64-bit, exact; hexadecimal text at every border. */
  u64: bigint;
  /** A name without blanks: a PCI function (`0000:00:04.0` or a nickname), a device, a line. */
  name: string;
  /** Any text; quoted in the litmus form. */
  text: string;
  /** A queue number, or `cfg` for virtio's configuration vector. */
  queue: number | 'cfg';
  trig: 'edge' | 'level';
  start: 'reset' | 'unknown';
  cover: 'full' | 'partial' | 'none';
  /** A dword of an MSI-X entry; `vc` is Vector Control, bit 0 the Mask. */
  dword: 'addr' | 'addr_hi' | 'data' | 'vc';
  irqchip: 'full' | 'split';
  /** State of a list register: pending, active, pending and active, inactive. */
  lrstate: 'P' | 'A' | 'PA' | 'I';
  /** A GSI routing table, see routing.ts. */
  routes: string;
  /** Input of an 8259 pair, 0 to 15, or `ns` for a non-specific EOI. */
  picpin: number | 'ns';
  /** Free variables of a snapshot: path to value. */
  vars: Readonly<Record<string, string>>;
}

const gicKinds = {
  in: { id: 'intid', level: 'bit', cpu: 'vcpu?' },
  cfg: { id: 'intid', trig: 'trig', cpu: 'vcpu?' },
  en: { id: 'intid', val: 'bit', cpu: 'vcpu?' },
  pend: { id: 'intid', val: 'bit', cpu: 'vcpu?', srccpu: 'vcpu?' },
  act: { id: 'intid', val: 'bit', cpu: 'vcpu?' },
  prio: { id: 'intid', val: 'int', cpu: 'vcpu?' },
  pmr: { cpu: 'vcpu', val: 'int' },
  eoimode: { cpu: 'vcpu', val: 'bit' },
  iar: { cpu: 'vcpu', id: 'intid', srccpu: 'vcpu?' },
  eoir: { cpu: 'vcpu', id: 'intid', srccpu: 'vcpu?' },
  dir: { cpu: 'vcpu', id: 'intid' },
  read: { id: 'intid', pend: 'bit?', act: 'bit?', cpu: 'vcpu?' },
  dist: { val: 'bit' },
} as const;

export const KINDS = {
  'meta.start': { state: 'start', except: 'text?' },
  'meta.chan': { chan: 'name', cover: 'cover' },
  'meta.lost': { cpu: 'int?', n: 'int?' },
  'meta.note': { text: 'text' },
  'meta.end': {},
  'meta.cfg': {
    fn: 'name?',
    dev: 'name?',
    fd: 'int?',
    maxRoutes: 'int?',
    srcBits: 'int?',
    irqchip: 'irqchip?',
    msix_n: 'int?',
    msi_data: 'int?',
    use_tracking: 'bit?',
    edgeMaskedLatch: 'bit?',
    seoib: 'name?',
    stormN: 'int?',
    spuriousMin: 'int?',
    gicLines: 'int?',
    nrLr: 'int?',
    autoEoi: 'bit?',
    splitResampleUser: 'bit?',
    sync: 'bit?',
  },
  'meta.state': { vars: 'vars' },

  // maybe: the wire may have taken this level, then or since. `by`: whose wire moved the line; `stray` 1: some function's that is not recorded.
  'intx.assert': { fn: 'name' },
  'intx.deassert': { fn: 'name' },
  'intx.maybe': { fn: 'name', level: 'bit' },
  'intx.line': { line: 'name', level: 'bit', by: 'name?', stray: 'bit?' },
  'pci.cmd': { fn: 'name', intx_disable: 'bit' },
  'pci.status.read': { fn: 'name', int_status: 'bit' },
  'pci.reset': { fn: 'name' },
  'msix.ctrl': { fn: 'name', enable: 'bit', fmask: 'bit?' },
  'msi.ctrl': { fn: 'name', enable: 'bit', mme: 'int?' },
  'msix.write': { fn: 'name', entry: 'entry', field: 'dword', val: 'u64', len: 'int?' },
  'msix.read': { fn: 'name', entry: 'entry', field: 'dword', val: 'u64' },
  'msix.fire': { fn: 'name', entry: 'entry' },
  // `sure` 0: whose message it is follows from what its thread did before, unless the contents speak against it.
  'msix.msg': { fn: 'name', entry: 'entry?', addr: 'u64', data: 'int', sure: 'bit?' },
  'msix.pba.read': { fn: 'name', base: 'int', val: 'u64' },
  'msix.pba.write': { fn: 'name' },
  'msix.reason.clear': { fn: 'name', entry: 'entry' },
  'msix.use': { fn: 'name', vec: 'entry', ret: 'int' },
  'msix.unuse': { fn: 'name', vec: 'entry' },
  'msix.unuse_all': { fn: 'name' },
  'msi.msg': { fn: 'name', addr: 'u64', data: 'int' },

  'virtio.vec.write': { fn: 'name', q: 'queue?', val: 'int' },
  'virtio.vec.read': { fn: 'name', q: 'queue?', val: 'int' },
  'virtio.notify': { fn: 'name', q: 'int?' },
  'virtio.isr.read': { fn: 'name', val: 'int' },
  'virtio.reset': { fn: 'name' },

  'kvm.routes': { nr: 'int', ret: 'int?', map: 'routes' },
  'kvm.src.alloc': { ret: 'int' },
  'kvm.src.free': { id: 'source' },
  'kvm.set_irq': { gsi: 'gsi', level: 'int', source: 'source', ret: 'int?' },
  'kvm.msi': {
    addr: 'u64?',
    data: 'int?',
    dst: 'int?',
    vec: 'vector?',
    dm: 'int?',
    logical: 'bit?',
    trig: 'trig?',
    taken: 'int?',
    gsi: 'gsi?',
  },
  'kvm.ack': { chip: 'int', pin: 'pin' },
  'kvm.irqfd.assign': { fd: 'int', gsi: 'gsi', flags: 'int', resample: 'int?', key: 'int?', ret: 'int' },
  'kvm.irqfd.deassign': { fd: 'int', gsi: 'gsi', ret: 'int' },
  'fd.open': { fd: 'int', value: 'int?' },
  'fd.dup': { fd: 'int', ret: 'int' },
  'fd.close': { fd: 'int?', gsi: 'gsi?' },
  'efd.signal': { fd: 'int?', gsi: 'gsi?' },
  'efd.read': { fd: 'int' },
  'kvm.resample': { gsi: 'gsi', fd: 'int?' },
  'kvm.eoifd.assign': { fd: 'int', key: 'int', flags: 'int', ret: 'int' },
  'kvm.eoifd.deassign': { fd: 'int', key: 'int', flags: 'int?', ret: 'int' },
  'kvm.eoifd.signal': { fd: 'int' },
  'kvm.mask': { gsi: 'gsi' },
  'kvm.unmask': { gsi: 'gsi' },
  'kvm.pending': { gsi: 'gsi', val: 'bit' },
  'kvm.inject': { gsi: 'gsi' },
  'kvm.set_irqchip': { chip: 'int?' },
  'kvm.set_lapic': { cpu: 'vcpu' },
  'vm.reset': {},
  'vm.close': {},

  'ioapic.rte': {
    pin: 'pin',
    vec: 'vector?',
    dm: 'int?',
    trig: 'trig?',
    mask: 'bit?',
    rirr: 'bit?',
    dst: 'int?',
    logical: 'bit?',
  },
  'ioapic.rte.read': { pin: 'pin', rirr: 'bit', mask: 'bit', trig: 'trig', vec: 'vector' },
  'ioapic.in': {
    pin: 'pin',
    level: 'bit?',
    vec: 'vector?',
    dm: 'int?',
    trig: 'trig?',
    mask: 'bit?',
    dst: 'int?',
    logical: 'bit?',
    gsi: 'gsi?',
  },
  'ioapic.deliver': { pin: 'pin', vec: 'vector', sure: 'bit?' },
  'ioapic.eoi': { vec: 'vector' },
  'ioapic.delay': { vec: 'vector' },

  'pic.in': { pin: 'pin', level: 'bit', gsi: 'gsi?' },
  'pic.imr': { chip: 'int', val: 'int' },
  'pic.elcr': { val: 'int' },
  'pic.inta': { pin: 'pin', vec: 'vector' },
  'pic.eoi': { pin: 'picpin' },

  'apic.accept': { cpu: 'vcpu', vec: 'vector', trig: 'trig', dm: 'int' },
  'cpu.inject': { cpu: 'vcpu', vec: 'vector', ext: 'bit?' },
  'apic.eoi': { cpu: 'vcpu', vec: 'vector' },
  'apic.tpr': { cpu: 'vcpu', val: 'int' },
  'apic.svr': { cpu: 'vcpu', enable: 'bit', suppress_eoi: 'bit' },
  'cpu.if': { cpu: 'vcpu', val: 'bit' },
  'cpu.enter': { cpu: 'vcpu' },
  'cpu.exit': { cpu: 'vcpu' },

  'gic.in': gicKinds.in,
  'gic.cfg': gicKinds.cfg,
  'gic.en': gicKinds.en,
  'gic.pend': gicKinds.pend,
  'gic.act': gicKinds.act,
  'gic.prio': gicKinds.prio,
  'gic.pmr': gicKinds.pmr,
  'gic.eoimode': gicKinds.eoimode,
  'gic.iar': gicKinds.iar,
  'gic.eoir': gicKinds.eoir,
  'gic.dir': gicKinds.dir,
  'gic.read': gicKinds.read,
  'gic.dist': gicKinds.dist,
  'pgic.in': gicKinds.in,
  'pgic.cfg': gicKinds.cfg,
  'pgic.en': gicKinds.en,
  'pgic.pend': gicKinds.pend,
  'pgic.act': gicKinds.act,
  'pgic.prio': gicKinds.prio,
  'pgic.pmr': gicKinds.pmr,
  'pgic.eoimode': gicKinds.eoimode,
  'pgic.iar': gicKinds.iar,
  'pgic.eoir': gicKinds.eoir,
  'pgic.dir': gicKinds.dir,
  'pgic.read': gicKinds.read,
  'pgic.dist': gicKinds.dist,

  'vgic.map': { vid: 'intid', pid: 'intid', cpu: 'vcpu?' },
  'vgic.unmap': { vid: 'intid', cpu: 'vcpu?' },
  'vgic.flush': { cpu: 'vcpu', lr: 'lr', vid: 'intid', st: 'lrstate', hw: 'bit', pid: 'intid?', eoi: 'bit?' },
  'vgic.fold': { cpu: 'vcpu', lr: 'lr', vid: 'intid', st: 'lrstate' },
  'vgic.drop': { cpu: 'vcpu', vid: 'intid' },
  'vgic.maint': { cpu: 'vcpu', level: 'bit' },
  'vfio.irq': { dev: 'name' },
  'vfio.mask': { dev: 'name' },
  'vfio.unmask': { dev: 'name' },
  'vfio.fwd': { dev: 'name', pid: 'intid', val: 'bit' },
} as const satisfies Record<string, Record<string, keyof FieldTypes | `${keyof FieldTypes}?`>>;

export type Kind = keyof typeof KINDS;
export type FieldType = keyof FieldTypes;

type Value<T> = T extends `${infer Base extends FieldType}?` ? FieldTypes[Base] : T extends FieldType ? FieldTypes[T] : never;
type Fields<K extends Kind> = (typeof KINDS)[K];
type Optional<F> = { [P in keyof F]: F[P] extends `${string}?` ? P : never }[keyof F];

/** The fields of one kind, absent ones optional. */
export type FieldsOf<K extends Kind> = {
  [P in Exclude<keyof Fields<K>, Optional<Fields<K>>>]: Value<Fields<K>[P]>;
} & { [P in Optional<Fields<K>>]?: Value<Fields<K>[P]> | undefined };

export const FIELD_VALUES = {
  bit: ['0', '1'],
  trig: ['edge', 'level'],
  start: ['reset', 'unknown'],
  cover: ['full', 'partial', 'none'],
  dword: ['addr', 'addr_hi', 'data', 'vc'],
  irqchip: ['full', 'split'],
  lrstate: ['P', 'A', 'PA', 'I'],
} as const satisfies Partial<Record<FieldType, readonly string[]>>;

export const isKind = (text: string): text is Kind => Object.hasOwn(KINDS, text);
