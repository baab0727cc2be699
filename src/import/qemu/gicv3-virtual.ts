// The virtual half of QEMU's GICv3 (hw/intc/arm_gicv3_cpuif.c of 7.2): what a guest does at its CPU interface, and what a hypervisor
// writes and reads of it. Arm IHI 0069, 12.3 (ICV_*) and 12.4 (ICH_*).

import { intid, vcpu } from '../../ids.js';
import type { GicTeller } from './gic-teller.js';
import { bitOf, EOIMODE, groupOf, type SystemAccess } from './gicv3.js';
import { ListRegisters, wideRegister, type StatusName } from './list-registers.js';

const VIRTUAL_EOIMODE = 9;

export class QemuGicv3Virtual {
  readonly #gic: GicTeller;
  readonly #lists: ListRegisters;
  /** Guest's EOImode by CPU, as told. */
  readonly #modes = new Map<number, 0 | 1>();
  /** Registers of which writes have been recorded. A mask holds until the next is told only where guest's and hypervisor's show. */
  readonly #written = new Set<'VMCR' | 'PMR' | 'IGRPEN'>();

  constructor(gic: GicTeller) {
    this.#gic = gic;
    this.#lists = new ListRegisters(gic);
  }

  forget(): void {
    this.#lists.forget();
    this.#modes.clear();
  }

  guestAcknowledged({ register, cpu, value }: SystemAccess): void {
    this.#gic.tellGuest('iar', { cpu: vcpu(cpu), id: intid(value), group: groupOf(register) });
  }

  guestEnded({ register, cpu, value }: SystemAccess): void {
    this.#gic.tellGuest('eoir', { cpu: vcpu(cpu), id: intid(value & 0xff_ffff), group: groupOf(register) });
  }

  guestDeactivated({ cpu, value }: SystemAccess): void {
    this.#gic.tellGuest('dir', { cpu: vcpu(cpu), id: intid(value & 0xff_ffff) });
  }

  guestMask({ cpu, value }: SystemAccess): void {
    this.#written.add('PMR');
    if (this.#written.has('VMCR')) this.#gic.tellGuest('pmr', { cpu: vcpu(cpu), val: value & 0xff });
  }

  guestPoint({ register, cpu, value }: SystemAccess): void {
    this.#gic.tellGuest('bpr', { cpu: vcpu(cpu), val: value & 7, group: groupOf(register) });
  }

  guestGroupEnable({ register, cpu, value }: SystemAccess): void {
    this.#written.add('IGRPEN');
    if (this.#written.has('VMCR')) this.#gic.tellGuest('grpen', { cpu: vcpu(cpu), val: bitOf(value, 0), group: groupOf(register) });
  }

  /** ICV_CTLR_EL1 holds the choice of binary points, too. */
  guestMode({ cpu, value }: SystemAccess): void {
    this.#gic.tellGuest('load', { cpu: vcpu(cpu) });
    this.#tellMode(cpu, bitOf(value, EOIMODE));
  }

  /** ICH_VMCR_EL2 brings the guest's own CPU interface. */
  machine({ cpu, value }: SystemAccess): void {
    this.#written.add('VMCR');
    this.#gic.tellGuest('load', { cpu: vcpu(cpu) });
    this.#tellMode(cpu, bitOf(value, VIRTUAL_EOIMODE));
    if (this.#written.has('PMR')) this.#gic.tellGuest('pmr', { cpu: vcpu(cpu), val: value >>> 24 });
    if (this.#written.has('IGRPEN')) for (const group of [0, 1] as const) this.#gic.tellGuest('grpen', { cpu: vcpu(cpu), val: bitOf(value, group), group });
  }

  #tellMode(cpu: number, val: 0 | 1): void {
    if (this.#modes.get(cpu) === val) return;
    this.#modes.set(cpu, val);
    this.#gic.tellGuest('eoimode', { cpu: vcpu(cpu), val });
  }

  /** ICH_HCR_EL2. */
  control(access: SystemAccess): void {
    this.loaded(access);
    this.#lists.controlled(access.cpu, access.value);
  }

  /** ICH_MISR_EL2, ICH_EISR_EL2, ICH_ELRSR_EL2. */
  status(name: StatusName, { cpu, value }: SystemAccess): void {
    this.#gic.hypervisor();
    this.#lists.status(cpu, name, value);
  }

  /** The maintenance interrupt's line, set anew whenever anything of it may have changed. */
  maintenance(cpu: number, level: 0 | 1): void {
    this.#gic.hypervisor();
    this.#gic.journal.say({ kind: 'vgic.maint', cpu: vcpu(cpu), level });
  }

  /** A hypervisor changes what the guest's CPU interface holds, or looks at it. */
  loaded({ cpu }: SystemAccess): void {
    this.#gic.tellGuest('load', { cpu: vcpu(cpu) });
  }

  /** ICH_VTR_EL2. */
  type({ value }: SystemAccess): void {
    this.#gic.hypervisor();
    this.#gic.virtualType(value & 0x1f);
  }

  listWritten({ register, cpu, value, high }: SystemAccess): void {
    this.#gic.hypervisor();
    this.#lists.wrote(cpu, listOf(register), wideRegister(value, high));
  }

  listRead({ register, cpu, value, high }: SystemAccess): void {
    this.#gic.hypervisor();
    this.#lists.wasRead(cpu, listOf(register), wideRegister(value, high));
  }
}

/** Number of `ICH_LR12_EL2`. */
const listOf = (register: string): number => Number.parseInt(register.slice('ICH_LR'.length), 10);
