// The virtual half of QEMU's GICv3 (hw/intc/arm_gicv3_cpuif.c, 7.2 to 10.0): what a guest does at its CPU interface, and what a hypervisor
// writes and reads of it. Arm IHI 0069, 12.3 (ICV_*) and 12.4 (ICH_*).

import { bitOf } from '../../bit-of.js';
import { intid, vcpu } from '../../ids.js';
import type { GicTeller } from './gic-teller.js';
import { EOIMODE, groupOf } from './gicv3.js';
import type { SystemAccess } from './gicv3-access.js';
import { ListRegisters, wideRegister, type StatusName } from './list-registers.js';
import { ModeTeller } from './mode-teller.js';

const COMMON_POINT = 4;
const VIRTUAL_EOIMODE = 9;
const NONE = 1023;

/** Registers of the guest's interface. */
type Written = 'PMR' | 'IGRPEN' | 'BPR' | 'CTLR';

interface MachineControl {
  readonly pmr: number;
  readonly eoimode: 0 | 1;
  readonly points: readonly [number, number];
  readonly enables: readonly [0 | 1, 0 | 1];
}

/** ICH_VMCR_EL2. */
const machineControl = (value: number): MachineControl => ({
  pmr: value >>> 24,
  eoimode: bitOf(value, VIRTUAL_EOIMODE),
  points: [(value >>> 21) & 7, (value >>> 18) & 7],
  enables: [bitOf(value, 0), bitOf(value, 1)],
});

/** ICV_PMR_EL1, ICV_CTLR_EL1, ICV_BPR<n>_EL1 or ICV_IGRPEN<n>_EL1, whichever it is. */
const ownRegister = (value: number): MachineControl => ({
  pmr: value & 0xff,
  eoimode: bitOf(value, EOIMODE),
  points: [value & 7, value & 7],
  enables: [bitOf(value, 0), bitOf(value, 0)],
});

export class QemuGicv3Virtual {
  readonly #gic: GicTeller;
  readonly #lists: ListRegisters;
  readonly #modes: ModeTeller;
  /** Registers of which writes have been recorded. A mask holds until the next is told only where guest's and hypervisor's show. */
  readonly #written = new Set<'VMCR' | Written>();
  /** ICV_CTLR_EL1.CBPR by CPU: group 1 has the binary point of group 0. */
  readonly #common = new Map<number, 0 | 1>();

  constructor(gic: GicTeller) {
    this.#gic = gic;
    this.#lists = new ListRegisters(gic);
    this.#modes = new ModeTeller(gic);
  }

  forget(): void {
    this.#lists.forget();
    this.#common.clear();
    this.#modes.forget();
  }

  guestAcknowledged({ register, cpu, value }: SystemAccess): void {
    this.#gic.tellGuest('iar', { cpu: vcpu(cpu), id: intid(value), group: groupOf(register) });
  }

  /** ICV_NMIAR1_EL1. That it returns none says nothing of interrupts that can be masked. */
  guestAcknowledgedNmi(access: SystemAccess): void {
    if (access.value !== NONE) this.guestAcknowledged(access);
  }

  guestEnded({ register, cpu, value }: SystemAccess): void {
    this.#gic.tellGuest('eoir', { cpu: vcpu(cpu), id: intid(value & 0xff_ffff), group: groupOf(register) });
  }

  guestDeactivated({ cpu, value }: SystemAccess): void {
    this.#gic.tellGuest('dir', { cpu: vcpu(cpu), id: intid(value & 0xff_ffff) });
  }

  guestRunning({ cpu, value }: SystemAccess): void {
    this.#gic.tellGuest('rpr', { cpu: vcpu(cpu), val: value & 0xff });
  }

  guestHighest({ register, cpu, value }: SystemAccess): void {
    this.#gic.tellGuest('hppir', { cpu: vcpu(cpu), id: intid(value), group: groupOf(register) });
  }

  guestMask({ cpu, value }: SystemAccess): void {
    this.#written.add('PMR');
    if (this.#written.has('VMCR')) this.#gic.tellGuest('pmr', { cpu: vcpu(cpu), val: value & 0xff });
  }

  guestPoint({ register, cpu, value }: SystemAccess): void {
    this.#written.add('BPR');
    const group = groupOf(register);
    this.#gic.tellGuest('bpr', { cpu: vcpu(cpu), val: this.#hasOwnPoint(cpu, group) ? value & 7 : undefined, group });
  }

  #hasOwnPoint(cpu: number, group: 0 | 1): boolean {
    return group === 0 || this.#common.get(cpu) === 0;
  }

  guestGroupEnable({ register, cpu, value }: SystemAccess): void {
    this.#written.add('IGRPEN');
    if (this.#written.has('VMCR')) this.#gic.tellGuest('grpen', { cpu: vcpu(cpu), val: bitOf(value, 0), group: groupOf(register) });
  }

  /** ICV_CTLR_EL1 holds the choice of binary points, too. */
  guestMode({ cpu, value }: SystemAccess): void {
    this.#written.add('CTLR');
    this.#common.set(cpu, bitOf(value, 0));
    this.#gic.tellGuest('load', { cpu: vcpu(cpu) });
    this.#modes.tell(vcpu(cpu), bitOf(value, EOIMODE), this.#written.has('VMCR'));
  }

  /** ICH_VMCR_EL2 brings the guest's own CPU interface. */
  machine({ cpu, value }: SystemAccess): void {
    this.#written.add('VMCR');
    this.#gic.tellGuest('load', { cpu: vcpu(cpu) });
    this.#common.set(cpu, bitOf(value, COMMON_POINT));
    const { pmr, eoimode, points, enables } = machineControl(value);
    this.#modes.tell(vcpu(cpu), eoimode, this.#written.has('CTLR'));
    if (this.#written.has('PMR')) this.#gic.tellGuest('pmr', { cpu: vcpu(cpu), val: pmr });
    for (const group of [0, 1] as const) {
      if (this.#written.has('IGRPEN')) this.#gic.tellGuest('grpen', { cpu: vcpu(cpu), val: enables[group], group });
      if (this.#written.has('BPR')) this.#gic.tellGuest('bpr', { cpu: vcpu(cpu), val: points[group], group });
    }
  }

  /** A register of the guest's interface was read: ICV_PMR_EL1, ICV_BPR0_EL1, ICV_IGRPEN1_EL1, ICV_CTLR_EL1, or ICH_VMCR_EL2 with all of them. */
  guestRead({ register, cpu, value }: SystemAccess): void {
    const whole = register.includes('VMCR');
    const { pmr, eoimode, points, enables } = whole ? machineControl(value) : ownRegister(value);
    const is = (name: Written, group?: 0 | 1): boolean => this.#written.has(name) && (whole || (register.includes(name) && (group === undefined || groupOf(register) === group)));
    const read = {
      pmr: is('PMR') ? pmr : undefined,
      eoimode: is('CTLR') ? eoimode : undefined,
      bpr0: is('BPR', 0) ? points[0] : undefined,
      bpr1: is('BPR', 1) && this.#hasOwnPoint(cpu, 1) ? points[1] : undefined,
      grpen0: is('IGRPEN', 0) ? enables[0] : undefined,
      grpen1: is('IGRPEN', 1) ? enables[1] : undefined,
    };
    if (this.#written.has('VMCR') && Object.values(read).some((field) => field !== undefined)) this.#gic.tellGuest('iface', { cpu: vcpu(cpu), ...read });
  }

  /** ICH_HCR_EL2. */
  control(access: SystemAccess): void {
    this.#gic.hypervisor();
    // Another guest brings its machine control: where that is not recorded, this tells.
    if (!this.#written.has('VMCR')) this.loaded(access);
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
