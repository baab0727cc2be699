// The calls of an ioctl log as events. Documentation/virt/kvm/api.rst.

import type { Event, EventOf } from '../../event.js';
import { gsi, intid, sourceId, vcpu, vector } from '../../ids.js';
import { Devices } from './devices.js';
import { decodeMessage } from './message.js';
import { routingMap, type VmFacts } from './routing.js';
import { intOf, type Row } from './row.js';
import { NOTHING, type Op, type Stamp } from './stamp.js';
import { LiveVms } from './vms.js';
import { stamped } from '../stamp.js';

const DEASSIGN = 1;
const RESAMPLE = 2;
const IOAPIC = 2;
/** Rows of KVM's default table: 16 GSIs to 8259 and IOAPIC, 8 to the IOAPIC alone (irq_comm.c default_routing). */
const DEFAULT_ROUTES = 40;
const SVR_ENABLE = 1 << 8;
const SVR_SUPPRESS_EOI = 1 << 12;
const FIRST_SPI = 32;
const LAST_SPI = 1019;
/** KVM_X2APIC_API_USE_32BIT_IDS. */
const USE_32BIT_IDS = 1;

/** KVM_ARM_IRQ_TYPE_SPI and _PPI (arch/arm64/include/uapi/asm/kvm.h). */
const SPI = 1;
const PPI = 2;

/** KVM_MSI_VALID_DEVID: from the device of a requester ID, which an ITS needs. x86 accepts it, too, for the addresses of its local APICs. */
const MSI_VALID_DEVID = 1;
const APICS = 0xfeen;

/** Of an arm64 machine KVM_IRQ_LINE names a line of the GIC, by its kind, vCPU and INTID: numbers far above any GSI's. */
function gicLine(irq: number): Pick<EventOf<'gic.in'>, 'id' | 'cpu'> | undefined {
  const type = (irq >>> 24) & 0xf;
  const id = irq & 0xffff;
  if ((type !== SPI && type !== PPI) || (type === SPI) !== id >= FIRST_SPI || id > LAST_SPI) return undefined;
  return { id: intid(id), cpu: type === SPI ? undefined : vcpu(((irq >>> 16) & 0xff) + 256 * (irq >>> 28)) };
}

export class Calls {
  readonly #stamp: Stamp;
  readonly #devices: Devices;
  readonly #vms = new LiveVms();
  #facts: VmFacts = { irqchip: undefined, x2apicIds: undefined };

  constructor(stamp: Stamp) {
    this.#stamp = stamp;
    this.#devices = new Devices(stamp);
  }

  /** Undefined for an op that says nothing about interrupts. */
  of(row: Row): readonly Event[] | undefined {
    const vmCall = this.#vmCalls.get(row.op);
    if (vmCall !== undefined) this.#vms.used();
    return (vmCall ?? this.#otherCalls.get(row.op) ?? this.#devices.ops.get(row.op))?.(row);
  }

  /** Calls on a VM or one of its vCPUs. */
  readonly #vmCalls: ReadonlyMap<string, Op> = new Map<string, Op>([
    ['KVM_CREATE_IRQCHIP', (row) => this.#createIrqchip(row)],
    ['KVM_ENABLE_CAP', (row) => this.#enableCap(row)],
    ['KVM_SET_GSI_ROUTING', (row) => this.#setRouting(row)],
    ['KVM_IRQFD', (row) => this.#irqfd(row)],
    ['KVM_IRQ_LINE', (row) => this.#irqLine(row, undefined)],
    ['KVM_IRQ_LINE_STATUS', (row) => this.#irqLine(row, row.int('status'))],
    ['KVM_SIGNAL_MSI', (row) => this.#signalMsi(row)],
    ['KVM_SET_LAPIC', (row) => this.#setLapic(row)],
    ['KVM_SET_IRQCHIP', (row) => this.#stamp.done(row, stamped(this.#stamp.at(row, row.t0), { kind: 'kvm.set_irqchip', chip: chipOf(row) }))],
    ['guest_irq', (row) => this.#acknowledge(row)],
  ]);

  readonly #otherCalls: ReadonlyMap<string, Op> = new Map<string, Op>([
    ['KVM_CREATE_VM', (row) => this.#createVm(row)],
    ['KVM_CHECK_EXTENSION', (row) => this.#checkExtension(row)],
    ['vm_close', (row) => this.#closeVm(row, undefined)],
    ['close', (row) => this.#close(row)],
    ['note', (row) => [stamped(this.#stamp.at(row, row.t0), { kind: 'meta.note', text: row.text('text') })]],
    ['scenario', (row) => [stamped(this.#stamp.at(row, row.t0), { kind: 'meta.note', text: row.text('text') })]],
  ]);

  #createVm(row: Row): readonly Event[] {
    if (row.ret < 0) return NOTHING;
    const common = this.#stamp.at(row, row.t1);
    const several = this.#vms.created(row.ret);
    this.#facts = { irqchip: false, x2apicIds: false };
    const except = this.#devices.older.size > 0 ? [...this.#devices.older].join(',') : undefined;
    const start: Event = stamped(common, { kind: 'meta.start', state: 'reset', except });
    // Rows do not say which VM they are about: with two alive nothing can be told apart.
    return several ? [start, stamped(common, { kind: 'meta.chan', chan: 'vm', cover: 'none' })] : [start];
  }

  /** `fd` of the VM, where the row names it. */
  #closeVm(row: Row, fd: number | undefined): readonly Event[] {
    this.#vms.closed(fd);
    this.#facts = { irqchip: undefined, x2apicIds: undefined };
    return [stamped(this.#stamp.at(row, row.t1), { kind: 'vm.close' })];
  }

  #createIrqchip(row: Row): readonly Event[] {
    if (row.ret < 0) return NOTHING;
    this.#facts = { ...this.#facts, irqchip: true };
    const common = this.#stamp.at(row, row.t1);
    return [
      stamped(common, { kind: 'meta.cfg', irqchip: 'full' }),
      stamped(common, { kind: 'kvm.routes', nr: DEFAULT_ROUTES, ret: 0, map: 'default' }),
    ];
  }

  #enableCap(row: Row): readonly Event[] {
    const cap = row.text('cap');
    if (row.ret < 0) return NOTHING;
    if (cap === 'KVM_CAP_X2APIC_API') this.#facts = { ...this.#facts, x2apicIds: usesWideIds(row) };
    if (cap !== 'KVM_CAP_SPLIT_IRQCHIP') return NOTHING;
    this.#facts = { ...this.#facts, irqchip: true };
    const common = this.#stamp.at(row, row.t1);
    return [
      stamped(common, { kind: 'meta.cfg', irqchip: 'split' }),
      stamped(common, { kind: 'kvm.routes', nr: 0, ret: 0, map: '' }),
    ];
  }

  #checkExtension(row: Row): readonly Event[] {
    if (row.text('cap') !== 'KVM_CAP_IRQ_ROUTING' || row.ret <= 0) return NOTHING;
    return [stamped(this.#stamp.at(row, row.t1), { kind: 'meta.cfg', maxRoutes: row.ret })];
  }

  #setRouting(row: Row): readonly Event[] {
    const { ret } = row;
    const { nr, map } = routingMap(row, this.#facts);
    if (ret >= 0) this.#facts = { ...this.#facts, irqchip: true };
    return this.#stamp.during(row, stamped(this.#stamp.at(row, row.t1), { kind: 'kvm.routes', nr, ret, map }));
  }

  /** An irqfd may inject before the call returns: a worker takes up what the eventfd already holds (kvm_irqfd_assign). */
  #irqfd(row: Row): readonly Event[] {
    this.#devices.older.add('irqfd');
    const { ret } = row;
    const fd = row.int('fd');
    const number = gsi(row.int('gsi'));
    const flags = row.int('flags');
    if ((flags & DEASSIGN) !== 0) return this.#stamp.during(row, stamped(this.#stamp.at(row, row.t1), { kind: 'kvm.irqfd.deassign', fd, gsi: number, ret }));
    const resample = (flags & RESAMPLE) === 0 ? undefined : row.int('resamplefd');
    return this.#stamp.during(row, stamped(this.#stamp.at(row, row.t0), { kind: 'kvm.irqfd.assign', fd, gsi: number, flags, resample, key: undefined, ret }));
  }

  /** The level is signed and unchecked; the log prints it unsigned. */
  #irqLine(row: Row, status: number | undefined): readonly Event[] {
    const level = row.int('level') | 0;
    const line = gicLine(row.int('irq'));
    if (line !== undefined) return this.#stamp.done(row, stamped(this.#stamp.at(row, row.t0), { kind: 'gic.in', id: line.id, level: level === 0 ? 0 : 1, cpu: line.cpu }));
    return this.#stamp.done(row, stamped(this.#stamp.at(row, row.t0), { kind: 'kvm.set_irq', gsi: gsi(row.int('irq')), level, source: sourceId(0), ret: status }));
  }

  #signalMsi(row: Row): readonly Event[] {
    const [low, high, data] = [row.big('addr_lo'), row.big('addr_hi'), row.int('data')];
    const its = ((row.maybe('flags') ?? 0) & MSI_VALID_DEVID) !== 0 && low >> 20n !== APICS;
    const message = its ? { addr: (high << 32n) | low, data, its: 1 as const } : decodeMessage(low, high, data, this.#facts.x2apicIds);
    return this.#stamp.done(row, stamped(this.#stamp.at(row, row.t0), { kind: 'kvm.msi', taken: row.ret, gsi: undefined, ...message }));
  }

  /** All of the local APIC is replaced; of what replaces it the log may hold the spurious vector register. */
  #setLapic(row: Row): readonly Event[] {
    const common = this.#stamp.at(row, row.t0);
    const cpu = vcpu(row.int('vcpu'));
    const replaced = this.#stamp.done(row, stamped(common, { kind: 'kvm.set_lapic', cpu, written: undefined, val: undefined }));
    const svr = row.maybe('svr');
    if (svr === undefined || row.ret < 0) return replaced;
    return [...replaced, stamped(common, { kind: 'apic.svr', cpu, enable: (svr & SVR_ENABLE) === 0 ? 0 : 1, suppress_eoi: (svr & SVR_SUPPRESS_EOI) === 0 ? 0 : 1 })];
  }

  /** User space takes the vector itself, IRR to ISR through KVM_SET_LAPIC; what a guest says it took is no event. */
  #acknowledge(row: Row): readonly Event[] {
    if (row.get('manual') !== true) return NOTHING;
    const { ret } = row;
    const event: Event = stamped(this.#stamp.at(row, row.t1), { kind: 'cpu.inject', cpu: vcpu(row.int('vcpu')), vec: vector(row.int('vector')), ext: undefined, sure: undefined });
    return ret === 0 ? this.#stamp.during(row, event) : NOTHING;
  }

  #close(row: Row): readonly Event[] {
    const fd = row.int('fd');
    return (this.#vms.has(fd) ? this.#closeVm(row, fd) : this.#devices.ops.get('close')?.(row)) ?? NOTHING;
  }
}

/** The capability's first argument is its flags. */
function usesWideIds(row: Row): boolean | undefined {
  const args: unknown = row.get('args');
  const flags = Array.isArray(args) ? intOf(args[0]) : undefined;
  return flags === undefined ? undefined : (flags & USE_32BIT_IDS) !== 0;
}

function chipOf(row: Row): number | undefined {
  return row.get('chip') === 'ioapic' ? IOAPIC : row.maybe('chip');
}
