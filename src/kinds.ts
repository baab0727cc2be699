// Every event kind and its fields, as plain data: the schema, the litmus text and the types all derive from this table.
// A field type ending in `?` may be absent. Units: ns for times, bytes for lengths, indices as in ids.ts.

import type { FieldType, FieldTypes } from './field-types.js';
import { GIC_KINDS } from './kinds-gic.js';
import { PCI_KINDS } from './kinds-pci.js';
import { ROUTE_KINDS, VFIO_KINDS } from './kinds-vfio.js';

export type { GicName } from './kinds-gic.js';

export const KINDS = {
  'meta.start': { state: 'start', except: 'text?' },
  // `whole`: things, as findings name them, with commas: what is said holds of these alone, and of all others the stream shows some at most.
  'meta.chan': { chan: 'name', cover: 'cover', whole: 'name?' },
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
    chips: 'chips?',
    msix_n: 'int?',
    msi_data: 'int?',
    use_tracking: 'bit?',
    // 1: the function `fn` may fire unseen, although some of its fires are shown.
    unseen_fires: 'bit?',
    edgeMaskedLatch: 'bit?',
    seoib: 'name?',
    stormN: 'int?',
    spuriousMin: 'int?',
    starveN: 'int?',
    clockNs: 'int?',
    deadlineNs: 'int?',
    gicLines: 'int?',
    gicVersion: 'int?',
    gicCpus: 'int?',
    gicTies: 'bit?',
    gicViews: 'bit?',
    nrLr: 'int?',
    splitResampleUser: 'bit?',
    sync: 'bit?',
    lineEcho: 'bit?',
    // 1: threads, CPUs or single events were chosen when it was recorded, so that of every kind some may be missing.
    partial: 'bit?',
  },

  ...PCI_KINDS,

  'kvm.routes': { nr: 'int', ret: 'int?', map: 'routes' },
  ...ROUTE_KINDS,
  'kvm.src.alloc': { ret: 'int' },
  'kvm.src.free': { id: 'source' },
  'kvm.set_irq': { gsi: 'gsi', level: 'int', source: 'source', ret: 'int?' },
  // kvm_set_irq returns, or for an irqfd kvm_arch_set_irq_inatomic (`atomic` 1; below 0 a worker does the rest): `msi` 1 by a route that is a message,
  // 0 by one that is a pin; `sent` 1: that was shown before it returned; `taken`: by so many APICs.
  'kvm.routed': { gsi: 'gsi', level: 'int', ret: 'int', atomic: 'bit', msi: 'bit?', sent: 'bit?', taken: 'int?' },
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
    // For the ITS of a GIC, which takes the data for an event.
    its: 'bit?',
  },
  // A line was set, and its thread went on though KVM had not begun to, or, in QEMU, a pin wired to it was not told: `chip` 0 and 1 the 8259 pair, 2 the IOAPIC.
  'gsi.void': { gsi: 'gsi', level: 'bit', chip: 'int?', pin: 'pin?' },
  // Chips 0 and 1 are the 8259s, 2 the IOAPIC, 3 the virtual GIC: its pin n is SPI n + 32.
  'kvm.ack': { chip: 'int', pin: 'pin', gsi: 'gsi?' },
  'kvm.irqfd.assign': { fd: 'int', gsi: 'gsi', flags: 'int', resample: 'int?', key: 'int?', ret: 'int' },
  'kvm.irqfd.deassign': { fd: 'int', gsi: 'gsi', ret: 'int' },
  'fd.open': { fd: 'int', value: 'int?' },
  'fd.dup': { fd: 'int', ret: 'int' },
  'fd.close': { fd: 'int?', gsi: 'gsi?' },
  'efd.signal': { fd: 'int?', gsi: 'gsi?' },
  'efd.read': { fd: 'int' },
  // KVM saw the signal of an irqfd, and its thread went on without that KVM had begun to set the interrupt.
  'efd.void': { gsi: 'gsi?' },
  'kvm.resample': { gsi: 'gsi', fd: 'int?' },
  'kvm.eoifd.assign': { fd: 'int', key: 'int', flags: 'int', ret: 'int' },
  'kvm.eoifd.deassign': { fd: 'int', key: 'int', flags: 'int?', ret: 'int' },
  'kvm.eoifd.signal': { fd: 'int' },
  'kvm.mask': { gsi: 'gsi' },
  'kvm.unmask': { gsi: 'gsi' },
  'kvm.pending': { gsi: 'gsi', val: 'bit' },
  'kvm.inject': { gsi: 'gsi' },
  'kvm.set_irqchip': { chip: 'int?' },
  // Without a CPU it may be any. `written`: no more of it can have changed than this register, to `val`, and what that masks.
  'kvm.set_lapic': { cpu: 'vcpu?', written: 'apicreg?', val: 'int?' },
  // `state` unknown: what the interrupt chips hold is not known, but for those in `sure`, with commas; PCI functions have resets of their own. restore: from a snapshot, nothing is known.
  'vm.reset': { state: 'start?', sure: 'text?' },
  'vm.restore': {},
  'vm.close': {},

  'ioapic.rte': { pin: 'pin', vec: 'vector?', dm: 'int?', trig: 'trig?', mask: 'bit?', rirr: 'bit?', dst: 'int?', logical: 'bit?', pol: 'bit?' },
  'ioapic.rte.read': { pin: 'pin', rirr: 'bit', mask: 'bit?', trig: 'trig', vec: 'vector', dm: 'int?', logical: 'bit?', pol: 'bit?' },
  'ioapic.dst.read': { pin: 'pin', dst: 'int' },
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
  // The chip says that the EOI just broadcast, of `vec`, has cleared the pin's Remote IRR.
  'ioapic.cleared': { pin: 'pin', vec: 'vector?' },
  'ioapic.deliver': { pin: 'pin', vec: 'vector', sure: 'bit?' },
  // `cpu`: broadcast by the local APIC of this vCPU. `written`: what the guest wrote to the IOAPIC's own EOI register, whose effect this is.
  'ioapic.eoi': { vec: 'vector', cpu: 'vcpu?', written: 'vector?' },
  'ioapic.delay': { vec: 'vector' },

  'pic.in': { pin: 'pin', level: 'bit', gsi: 'gsi?', trig: 'trig?', mask: 'bit?' },
  // Without a value: OCW1, or a word of an initialization that the recording did not show from its start.
  'pic.imr': { chip: 'int', val: 'int?' },
  // Both chips, 16 bits, or one of them.
  'pic.elcr': { val: 'int', chip: 'int?' },
  'pic.inta': { pin: 'pin', vec: 'vector' },
  // A non-specific EOI goes to the master unless it names the chip.
  'pic.eoi': { pin: 'picpin', chip: 'int?', rotate: 'bit?' },
  // Such an EOI by the pin's number, and the thread of the vCPU went on without that KVM had told those who wait for it.
  'pic.eoi.void': { pin: 'pin' },
  // ICW1; `icw4`: ICW4 follows; `ltim`: it makes all pins level triggered, which QEMU heeds since 8.0.
  'pic.init': { chip: 'int', icw4: 'bit', ltim: 'bit?' },
  // What ICW2, ICW4, OCW2 and OCW3 set: vector of pin 0, modes, pin of highest priority; `poll` 1: the next read acknowledges.
  'pic.mode': { chip: 'int', base: 'int?', aeoi: 'bit?', sfnm: 'bit?', smm: 'bit?', raeoi: 'bit?', prio: 'int?', poll: 'bit?' },
  // The read after a poll command: bit 7 and the pin it acknowledged, 0 for none. Without a value: it may have been one.
  'pic.poll': { chip: 'int', val: 'int?' },
  'pic.read': { chip: 'int', reg: 'picreg', val: 'int' },
  // The chip raises its output, or holds it up; its registers as they are then.
  'pic.request': { chip: 'int', irr: 'int', imr: 'int', prio: 'int' },

  'apic.accept': { cpu: 'vcpu', vec: 'vector', trig: 'trig', dm: 'int' },
  // `sure` 0: it may be the one before once more, whose entry did not get through, or a software interrupt's.
  'cpu.inject': { cpu: 'vcpu', vec: 'vector', ext: 'bit?', sure: 'bit?' },
  // Hyper-V's SynIC sends it: `enable` 1: whatever is taken of it ends at once, without an EOI (AutoEOI of SINTx).
  'apic.autoeoi': { cpu: 'vcpu', vec: 'vector', enable: 'bit' },
  // Without a vector: the recorder does not tell which one ended.
  'apic.eoi': { cpu: 'vcpu', vec: 'vector?' },
  // Its EOI register was written, and the thread of the vCPU went on without that KVM had taken the EOI.
  'apic.eoi.void': { cpu: 'vcpu?' },
  // A register as it reads: `word` 0 to 7 of irr, isr and tmr, 32 bits each; of lvt the entry. Of icr the low word; ldr and dfr in xAPIC mode.
  'apic.read': { cpu: 'vcpu', reg: 'apicreg', word: 'int?', val: 'int' },
  // A write of an entry of the local vector table, by its index in QEMU: 0 timer, 3 LINT0, 4 LINT1; and its source at work.
  // `periodic`: the mode of the timer, where it is one of the two that count.
  'apic.lvt': { cpu: 'vcpu', lvt: 'int', vec: 'vector', dm: 'int', mask: 'bit', periodic: 'bit?' },
  'apic.local': { lvt: 'int', dm: 'int', cpu: 'vcpu?' },
  // A message on its way to the local APICs, wherever it came from; who takes it is not told. `addr`, `data`: the write that it came by.
  'apic.msg': { dst: 'int', logical: 'bit', dm: 'int', vec: 'vector', trig: 'trig', addr: 'u64?', data: 'int?' },
  // A message was written, or handed to KVM, and its thread went on without a delivery.
  'apic.void': { addr: 'u64', data: 'int' },
  // A write of the interrupt command register; `val`: its low word, where the register keeps it.
  'apic.ipi': { cpu: 'vcpu', vec: 'vector', dm: 'int', dst: 'int?', logical: 'bit?', trig: 'trig?', shorthand: 'shorthand', val: 'int?' },
  // The same in KVM, which has the IPI taken, by `apic.accept`, before its thread does anything else.
  'kvm.ipi': { cpu: 'vcpu?', vec: 'vector', dm: 'int', dst: 'int', logical: 'bit', shorthand: 'shorthand' },
  // Right after a message, an IPI or a local source, once for each APIC that takes it as a request. `fresh`: was its bit of IRR clear?
  'apic.request': { fresh: 'bit?' },
  'apic.tpr': { cpu: 'vcpu', val: 'int' },
  'apic.svr': { cpu: 'vcpu', enable: 'bit', suppress_eoi: 'bit', vec: 'vector?' },
  // Logical destination (8 bits) and its format (4 bits, 15 flat) from now on; without either: not known any more.
  'apic.dest': { cpu: 'vcpu', ldr: 'int?', dfr: 'int?' },
  // Initial count of the timer, and its divide configuration (bits 0, 1 and 3), as written; not in TSC-deadline mode, which has none. Without either: not known any more.
  'apic.timer': { cpu: 'vcpu', initial: 'int?', divide: 'int?' },
  'cpu.if': { cpu: 'vcpu', val: 'bit' },
  'cpu.enter': { cpu: 'vcpu' },
  'cpu.exit': { cpu: 'vcpu' },

  ...GIC_KINDS,
  // A hypervisor runs: what was told as `gic.*` is of the physical GIC, what follows of the guest's.
  'gic.physical': {},

  'vgic.map': { vid: 'intid', pid: 'intid', cpu: 'vcpu?' },
  'vgic.unmap': { vid: 'intid', cpu: 'vcpu?' },
  // What KVM itself knows of an interrupt: `struct vgic_irq`; `lr` while it fills that list register, `set` where the thread has just set the line so.
  'vgic.irq': { vid: 'intid', cpu: 'vcpu?', line: 'bit?', latch: 'bit?', active: 'bit?', enabled: 'bit?', hw: 'bit?', pid: 'intid?', lr: 'lr?', set: 'bit?' },
  // The same as a snapshot tells it, taken within so many ns before; `line` is KVM's own, which it lowers itself where a physical interrupt stands behind.
  'vgic.state': { vid: 'intid', cpu: 'vcpu?', line: 'bit', latch: 'bit', active: 'bit', enabled: 'bit', hw: 'bit', trig: 'trig', prio: 'int', group: 'bit?', to: 'vcpu?', within: 'int?' },
  'vgic.flush': { cpu: 'vcpu', lr: 'lr', vid: 'intid', st: 'lrstate?', hw: 'bit', pid: 'intid?', eoi: 'bit?', prio: 'int?', group: 'bit?' },
  // Without a list register: all of the vCPU have been read, with values that the recorder does not show. `kept`: the register holds on to it.
  'vgic.fold': { cpu: 'vcpu', lr: 'lr?', vid: 'intid?', st: 'lrstate?', hw: 'bit?', pid: 'intid?', eoi: 'bit?', prio: 'int?', group: 'bit?', kept: 'bit?' },
  // The guest wrote to the ITS, or to what a redistributor has for LPIs: any of them may be another one now.
  'vgic.lpis': {},
  // The timer of a vCPU set the line, and its thread entered the guest without that the virtual GIC had been told.
  'vgic.void': { vid: 'intid', cpu: 'vcpu?', level: 'bit' },
  'vgic.drop': { cpu: 'vcpu', vid: 'intid' },
  // The hypervisor's control register, and what it reads of the status of its list registers: ICH_*_EL2, GICH_*.
  'vgic.hcr': { cpu: 'vcpu', val: 'int?' },
  'vgic.status': { cpu: 'vcpu', elrsr: 'int?', eisr: 'int?', misr: 'int?' },
  'vgic.maint': { cpu: 'vcpu', level: 'bit' },
  ...VFIO_KINDS,
} as const satisfies Record<string, Record<string, FieldType | `${FieldType}?`>>;

export type Kind = keyof typeof KINDS;

type Value<T> = T extends `${infer Base extends FieldType}?` ? FieldTypes[Base] : T extends FieldType ? FieldTypes[T] : never;
type Fields<K extends Kind> = (typeof KINDS)[K];
type Optional<F> = { [P in keyof F]: F[P] extends `${string}?` ? P : never }[keyof F];

/** The fields of one kind, absent ones optional. */
export type FieldsOf<K extends Kind> = {
  [P in Exclude<keyof Fields<K>, Optional<Fields<K>>>]: Value<Fields<K>[P]>;
} & { [P in Optional<Fields<K>>]?: Value<Fields<K>[P]> | undefined };

export const isKind = (text: string): text is Kind => Object.hasOwn(KINDS, text);
