// QEMU's GICv3 (hw/intc/arm_gicv3_*.c, 7.2 to 10.0): registers of distributor and redistributors are printed behind their handlers, system
// registers inside them under the big lock, so that the order of lines is the order of effects. A CPU is its packed affinity.

import { bitOf } from '../../bit-of.js';
import { intid, vcpu, type Vcpu } from '../../ids.js';
import { GicControl } from './gic-control.js';
import { tellRegister } from '../gic-registers.js';
import type { GicTeller } from './gic-teller.js';
import type { FrameAccess, SystemAccess } from './gicv3-access.js';
import { SecurityStates } from './gicv3-states.js';
import { QemuNmis } from './nmis.js';

const CTLR = 0x0;
const TYPER = 0x4;
const SETSPI = 0x40;
const CLRSPI = 0x48;
const ROUTER = 0x6000;
const ROUTER_END = 0x8000;
const SETLPI = 0x40;
/** GICD_INMIR<n>, and GICR_INMIR0 of the SGI frame. */
const NMI = 0xf80;
const NMI_END = 0x1000;
const SGI_FRAME = 0x1_0000;
export const EOIMODE = 1;
const FIRST_SPI = 32;
const LAST_SPI = 1019;
/** ICC_IAR1_EL1 returns it where ICC_NMIAR1_EL1 has the interrupt. */
const NMI_WAITS = 1022;

const digit = (register: string, at: number): 0 | 1 => (register.charCodeAt(at) === 49 ? 1 : 0);
/** Group of ICC_IAR1 or ICV_EOIR0. */
export const groupOf = (register: string): 0 | 1 => digit(register, register.length - 1);

export class QemuGicv3 {
  readonly #gic: GicTeller;
  readonly #nmis: QemuNmis;
  readonly #states: SecurityStates;
  readonly #word: GicControl;
  /** Registers of which writes have been recorded. */
  readonly #written = new Set<string>();
  /** ICC_CTLR_EL1.CBPR by CPU: group 1 has the binary point of group 0. */
  readonly #common = new Map<number, 0 | 1>();
  /** CPUs on which group 1 had a binary point of its own when that was written. */
  readonly #points = new Set<number>();
  /** GICR_CTLR.EnableLPIs as written last: without it CLEAR and DISCARD leave pending what is. */
  lpis: 0 | 1 = 0;

  constructor(gic: GicTeller) {
    this.#gic = gic;
    this.#nmis = new QemuNmis(gic);
    this.#states = new SecurityStates(gic);
    this.#word = new GicControl(gic);
  }

  /** Lines are missing that may have written these. (GICD_CTLR.DS stays: it is set once, if at all.) */
  forget(): void {
    this.#word.forget();
    this.#common.clear();
    this.#points.clear();
    this.#nmis.forget();
    this.lpis = 0;
  }

  /** Does a value hold until the next one is told? One that was read does only where writes are recorded, too. */
  #lasts(register: string, write: boolean): boolean {
    if (write) this.#written.add(register);
    return this.#written.has(register);
  }

  line(id: number, level: 0 | 1, cpu?: number): void {
    this.#gic.version(3);
    this.#gic.tell('in', { id: intid(id), level, cpu: cpu === undefined ? undefined : vcpu(cpu) });
  }

  sgi(id: number, cpu: number): void {
    this.#gic.version(3);
    this.#gic.tell('pend', { id: intid(id), val: 1, cpu: vcpu(cpu) });
  }

  /** `to`: affinity of the first of sixteen CPUs, and which of them; undefined: all others. */
  generated(cpu: number, id: number, to: { readonly first: number; readonly targets: number } | undefined): void {
    this.#gic.version(3);
    this.#gic.tell('sgi', { cpu: vcpu(cpu), id: intid(id), ...(to === undefined ? {} : { first: vcpu(to.first), targets: to.targets }) });
  }

  distributor(access: FrameAccess): void {
    this.#gic.version(3);
    this.#states.enter(access);
    const { write, offset, value } = access;
    const lasts = this.#lasts('GICD', write);
    if (write) this.#nmis.written('shared');
    if (offset === CTLR) return this.#control(access, lasts);
    if (offset === TYPER) return write ? undefined : this.#typer(value);
    if (offset >= ROUTER && offset < ROUTER_END) return this.#route(access);
    if (offset === SETSPI || offset === CLRSPI) return write ? this.#message(value & 0x3ff) : undefined;
    if (offset >= NMI && offset < NMI_END) return this.#nonMaskable(access, offset, this.#last);
    tellRegister(this.#gic, { write, offset, size: access.size, value, cpu: undefined, from: FIRST_SPI, to: this.#last, fixedSgis: false, nmis: this.#nmis });
  }

  get #last(): number {
    return this.#gic.lines === 0 ? LAST_SPI : this.#gic.lines - 1;
  }

  #typer(value: number): void {
    this.#states.typer(value);
    this.#gic.typer(value);
  }

  #control(access: FrameAccess, lasts: boolean): void {
    const { write, value } = access;
    this.#states.control(access);
    if (write) this.#word.written(value);
    else if (!this.#states.areOne || !lasts || !this.#word.read(value)) return;
    this.#enable(value);
  }

  /** With one Security state bits 0 and 1 are groups 0 and 1; a Non-secure access with two finds group 1 at both. */
  #enable(value: number): void {
    const [low, next] = [bitOf(value, 0), bitOf(value, 1)];
    const single = this.#states.areOne;
    this.#gic.tell('dist', { group: 0, val: single ? low : undefined });
    this.#gic.tell('dist', { group: 1, val: single || low === next ? next : undefined });
  }

  #message(id: number): void {
    if (id >= FIRST_SPI) this.#gic.tell('pend', { id: intid(id) });
  }

  /** GICD_IROUTER<n>: affinity of one CPU, or with bit 31 any. */
  #route({ write, offset, value, high, size }: FrameAccess): void {
    const id = (offset - ROUTER) >> 3;
    if (id < FIRST_SPI || id > this.#last) return;
    const whole = size === 8 && bitOf(value, 31) === 0;
    const cpu = whole ? vcpu((high & 0xff) * 0x100_0000 + (value & 0xff_ffff)) : undefined;
    if (write) this.#gic.tell('route', { id: intid(id), cpu });
    else if (cpu !== undefined) this.#gic.tell('read', { id: intid(id), to: cpu });
  }

  redistributor(cpu: number, access: FrameAccess): void {
    this.#gic.version(3);
    this.#states.enter(access);
    const { write, offset, size, value } = access;
    if (offset === SETLPI && write) this.#gic.tell('pend', { id: intid(value) });
    if (offset === CTLR && write) this.lpis = bitOf(value, 0);
    if (offset < SGI_FRAME) return;
    if (write) this.#nmis.written('private');
    const at = offset - SGI_FRAME;
    if (at === NMI) return this.#nonMaskable(access, at, FIRST_SPI - 1, vcpu(cpu));
    tellRegister(this.#gic, { write, offset: at, size, value, cpu: vcpu(cpu), from: 0, to: FIRST_SPI - 1, fixedSgis: false, nmis: this.#nmis });
  }

  #nonMaskable({ value }: FrameAccess, offset: number, last: number, cpu?: Vcpu): void {
    const first = (offset - NMI) * 8;
    if (cpu !== undefined || first >= FIRST_SPI) this.#nmis.bits(value, { first, last, cpu });
  }

  acknowledged({ register, cpu, value }: SystemAccess): void {
    this.#gic.version(3);
    if (value === NMI_WAITS) this.#nmis.use();
    this.#gic.tell('iar', { cpu: vcpu(cpu), id: intid(value), group: groupOf(register) });
  }

  /** ICC_NMIAR1_EL1. That it returns none says nothing of interrupts that can be masked. */
  acknowledgedNmi({ cpu, value }: SystemAccess): void {
    this.#nmis.use();
    if (value > LAST_SPI) return;
    this.#nmis.acknowledged(intid(value), vcpu(cpu));
    this.#gic.tell('iar', { cpu: vcpu(cpu), id: intid(value), group: 1 });
  }

  highest({ register, cpu, value }: SystemAccess): void {
    this.#gic.tell('hppir', { cpu: vcpu(cpu), id: intid(value), group: groupOf(register) });
  }

  ended({ register, cpu, value }: SystemAccess): void {
    this.#gic.version(3);
    this.#gic.tell('eoir', { cpu: vcpu(cpu), id: intid(value & 0xff_ffff), group: groupOf(register) });
  }

  deactivated({ cpu, value }: SystemAccess): void {
    this.#gic.tell('dir', { cpu: vcpu(cpu), id: intid(value & 0xff_ffff) });
  }

  mask({ write, cpu, value }: SystemAccess): void {
    if (!this.#lasts('PMR', write)) return;
    const pmr = value & 0xff;
    if (!write) this.#gic.tell('iface', { cpu: vcpu(cpu), pmr });
    this.#gic.tell('pmr', { cpu: vcpu(cpu), val: pmr });
  }

  /** With a common one, or where it is not known whether there is, the binary point of group 1 is none of its own. */
  point({ register, write, cpu, value }: SystemAccess): void {
    const group = groupOf(register);
    const own = group === 0 || this.#common.get(cpu) === 0;
    if (write) {
      if (group === 1 && own) this.#points.add(cpu);
      else if (group === 1) this.#points.delete(cpu);
      this.#gic.tell('bpr', { cpu: vcpu(cpu), val: own ? value & 7 : undefined, group });
    } else if (own && (group === 0 || this.#points.has(cpu))) this.#gic.tell('iface', { cpu: vcpu(cpu), [group === 0 ? 'bpr0' : 'bpr1']: value & 7 });
  }

  mode({ write, cpu, value }: SystemAccess): void {
    if (!this.#lasts('CTLR', write)) return;
    const eoimode = bitOf(value, EOIMODE);
    const common = bitOf(value, 0);
    this.#common.set(cpu, common);
    if (!write) this.#gic.tell('iface', { cpu: vcpu(cpu), eoimode });
    this.#gic.tell('eoimode', { cpu: vcpu(cpu), val: eoimode, common });
  }

  groupEnable({ register, write, cpu, value }: SystemAccess): void {
    if (!this.#lasts('IGRPEN', write)) return;
    const group = groupOf(register);
    const val = bitOf(value, 0);
    if (!write) this.#gic.tell('iface', { cpu: vcpu(cpu), [group === 0 ? 'grpen0' : 'grpen1']: val });
    this.#gic.tell('grpen', { cpu: vcpu(cpu), val, group });
  }

  /** ICC_RPR_EL1 with bit 63 or 62: an NMI runs, whose priority its register does not tell. */
  running({ cpu, value, high }: SystemAccess): void {
    if (high !== 0) return this.#nmis.use();
    this.#gic.tell('rpr', { cpu: vcpu(cpu), val: value & 0xff });
  }

  priorities({ cpu, high }: SystemAccess): void {
    if (high !== 0) this.#nmis.use();
    this.#gic.tell('apr', { cpu: vcpu(cpu) });
  }

  /** An access of EL3. */
  monitor(): void {
    this.#states.monitor();
  }
}
