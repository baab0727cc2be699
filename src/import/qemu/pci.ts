// Configuration accesses and BAR mappings become events of the functions: Command, Status, MSI and MSI-X control, resets.
// PCI Local Bus 3.0 6.2.2, 6.2.3; PCI Express Base 6.6.2 (function-level reset), 7.5.1.3.13 (secondary bus reset); QEMU hw/pci/pci.c, hw/pci/msix.c.
// A write is logged before its effects, a read with its value. A reset has no line: it is told by what orders it, or by BARs that go without an order.

import type { Kind } from '../../kinds.js';
import type { Journal } from '../kvm/journal.js';
import { COMMAND, FUNCTION_RESET, INTX_DISABLE, bit, ConfigWrites, ordersUnmapping, type ConfigWrite } from './config-write.js';
import type { MachineResets } from './machine-resets.js';
import { MsiCapabilities } from './msi-capability.js';
import { ControlLines } from './msix-control.js';
import { CAPABILITY, PciFunction } from './pci-function.js';

/** Bus, slot and function as one number, and the device model's name. */
export interface Address {
  readonly device: string;
  readonly bus: number;
  readonly slot: number;
  readonly fn: number;
}

/** Why a BAR went: the guest's order, a reset of the function, a reset of the machine. */
type Unmapping = 'guest' | 'function' | 'machine';

const STATUS = 0x06;
const BUS_NUMBERS = 0x18;
const BRIDGE_CONTROL = 0x3e;
const INTERRUPT_STATUS = 0x8;
const MSIX_ENABLE = 0x8000;
const FUNCTION_MASK = 0x4000;
const BUS_RESET = 0x40;
/** Offset of Device Control in its capability. */
const DEVICE_CONTROL = 8;
const WORD = 0x1_0000;

const hex = (value: number): string => value.toString(16).padStart(2, '0');

export class PciSpace {
  readonly config: ConfigWrites;
  readonly #journal: Journal;
  readonly #functions = new Map<number, PciFunction>();
  /** The configuration write that each thread still works on. */
  readonly #writes = new Map<number, ConfigWrite>();
  readonly #controls: ControlLines;
  readonly #msi: MsiCapabilities;
  #declared = false;
  #told = false;
  readonly #resets: MachineResets;
  readonly #released: (fn: PciFunction) => void;

  /** `released`: the function's INTx wire is low from now on. */
  constructor(journal: Journal, resets: MachineResets, released: (fn: PciFunction) => void) {
    this.#journal = journal;
    this.#resets = resets;
    this.#released = released;
    this.#controls = new ControlLines(journal);
    this.#msi = new MsiCapabilities(journal);
    this.config = new ConfigWrites(journal);
  }

  of({ device, bus, slot, fn }: Address): PciFunction {
    const key = (bus << 8) | (slot << 3) | fn;
    const known = this.#functions.get(key);
    if (known?.device === device) return known;
    const made = new PciFunction(`0000:${hex(bus)}:${hex(slot)}.${fn}`, device, bus);
    this.#functions.set(key, made);
    if (this.#told && this.#resets.isFresh) this.reset(made);
    return made;
  }

  all(): Iterable<PciFunction> {
    return this.#functions.values();
  }

  /** The functions of device models that the log has shown. */
  shown(...devices: readonly string[]): PciFunction[] {
    return [...this.#functions.values()].filter((fn) => devices.includes(fn.device));
  }

  /** The function of these device models, if no other of them can be in use. */
  only(...devices: readonly string[]): PciFunction | undefined {
    const [fn, other] = this.#resets.seen ? this.shown(...devices) : [];
    return other === undefined ? fn : undefined;
  }

  /** The one function that has this address in a BAR. */
  at(addr: number): PciFunction | undefined {
    let found: PciFunction | undefined;
    for (const fn of this.#functions.values()) {
      if (!fn.holds(addr)) continue;
      if (found !== undefined) return undefined;
      found = fn;
    }
    return found;
  }

  /** The thread at hand does something else. */
  turn(): void {
    const { tid } = this.#journal;
    const write = this.#writes.size === 0 ? undefined : this.#writes.get(tid);
    if (write === undefined) return;
    this.#writes.delete(tid);
    if (write.of.mayControl(write.offset, write.value)) this.#controls.missed(write.of);
  }

  lost(): void {
    this.#writes.clear();
    for (const fn of this.#functions.values()) fn.msixEnabled = fn.intxDisabled = undefined;
  }

  read(address: Address, offset: number, value: number): void {
    this.turn();
    const fn = this.of(address);
    const { rows } = fn;
    fn.learn(offset, value);
    if (fn.rows !== rows) this.#journal.say({ kind: 'meta.cfg', fn: fn.name, msix_n: fn.rows });
    const control = fn.controlIn(offset, value);
    // Without its writes, what it reads is soon out of date.
    if (control !== undefined && this.#told && fn.msixEnabled === undefined) this.#control(fn, bit(control, MSIX_ENABLE), bit(control, FUNCTION_MASK));
    // A byte alone does not show it.
    else if (control !== undefined && control > 0xff) this.#journal.say({ kind: 'msix.ctrl.read', fn: fn.name, enable: bit(control, MSIX_ENABLE), fmask: bit(control, FUNCTION_MASK) });
    this.#msi.read(fn, offset, value, this.#told);
    if (offset === COMMAND) this.#command(fn, value);
    else if (offset === STATUS) this.#status(fn, value);
    else if (offset === BRIDGE_CONTROL) fn.bridgeControl = value;
  }

  write(address: Address, offset: number, value: number): void {
    this.turn();
    this.#tell();
    const fn = this.of(address);
    this.#writes.set(this.#journal.tid, { of: fn, offset, value });
    const command = this.config.command(offset, value);
    if (command !== undefined) this.commands(fn, command.disable, command.master);
    else if (offset === BUS_NUMBERS && value > 0xff) fn.route(value);
    else if (offset === BRIDGE_CONTROL) this.#resetBehind(fn, value);
    else this.#capability(fn, offset, value);
  }

  mapped(address: Address, bar: number, addr: number, size: number): void {
    this.#declare();
    if (!this.#writes.has(this.#journal.tid)) this.#restored();
    this.of(address).mapped(bar, { addr, size });
  }

  /** What a snapshot has put into functions shows where they are accessed. */
  #restored(): void {
    this.#resets.mapped();
    if (this.#resets.isRestored) for (const fn of this.all()) fn.msixEnabled = fn.intxDisabled = undefined;
  }

  /** BARs go when the guest moves them or switches them off. Without such a write the function was reset, without any write the machine was. */
  unmapped(address: Address, bar: number): Unmapping {
    this.#declare();
    const fn = this.of(address);
    fn.unmapped(bar);
    if (!this.#told) return 'guest';
    const write = this.#writes.get(this.#journal.tid);
    if (write === undefined) {
      this.#resets.unmapped();
      for (const each of this.#functions.values()) this.reset(each);
      return 'machine';
    }
    if (ordersUnmapping(write, fn)) return 'guest';
    this.reset(fn);
    return 'function';
  }

  /** msix_write_config: a write of Message Control that its thread still works on, with the bits it leaves. Where no writes are recorded, the only function's. */
  control(device: string, enable: 0 | 1, fmask: 0 | 1): PciFunction | undefined {
    const write = this.#writes.get(this.#journal.tid);
    const isItsOwn = write?.of.device === device;
    const fn = isItsOwn ? write.of : this.#told ? undefined : this.only(device);
    if (isItsOwn) {
      this.#writes.delete(this.#journal.tid);
      this.#controls.shown();
      write.of.found(CAPABILITY.msix, write.offset & ~3);
    }
    if (fn === undefined) for (const other of this.shown(device)) this.#controls.missed(other);
    else this.#control(fn, enable, fmask);
    return fn;
  }

  #control(fn: PciFunction, enable: 0 | 1, fmask: 0 | 1): void {
    fn.msixEnabled = enable === 1;
    if (enable === 1) this.#released(fn);
    this.#journal.say({ kind: 'msix.ctrl', fn: fn.name, enable, fmask });
  }

  reset(fn: PciFunction): void {
    fn.msixEnabled = fn.intxDisabled = false;
    this.#released(fn);
    this.#journal.say({ kind: 'pci.reset', fn: fn.name });
  }

  /** Software, or the device model by itself, sets the bits that are given. */
  commands(fn: PciFunction, disable: 0 | 1 | undefined, master: 0 | 1 | undefined): void {
    if (disable !== undefined) fn.intxDisabled = disable === 1;
    const held = fn.intxDisabled === undefined ? undefined : fn.intxDisabled ? 1 : 0;
    this.#journal.say({ kind: 'pci.cmd', fn: fn.name, intx_disable: held, master });
  }

  /** A function that has BARs does not lose them in a reset without a line, the machine's among them; what the guest orders must be shown, too. */
  #declare(): void {
    if (this.#declared || !this.#told) return;
    this.#declared = true;
    this.#cover('pci.reset');
  }

  /** Software sets up functions by writes of their configuration spaces alone. */
  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    this.#cover('pci.cmd', 'msi.ctrl', 'msi.mask', 'msix.ctrl');
    if (!this.#resets.isFresh) return;
    // Nothing can have set a function up since the machine was reset.
    this.#declare();
    for (const fn of this.all()) this.reset(fn);
  }

  #cover(...kinds: readonly Kind[]): void {
    for (const chan of kinds) this.#journal.say({ kind: 'meta.chan', chan, cover: 'full' });
  }

  /** A byte alone does not show it; of a function of the host's it may be QEMU's, or the function's own. */
  #command(fn: PciFunction, command: number): void {
    if (!fn.isAssigned && command > 0xff) this.#journal.say({ kind: 'pci.cmd.read', fn: fn.name, intx_disable: bit(command, INTX_DISABLE) });
    if (command >= WORD) this.#status(fn, command >>> 16);
  }

  /** That of a function of the host's tells of its own wire, not of what QEMU makes of it. */
  #status({ name, isAssigned }: PciFunction, status: number): void {
    if (isAssigned) return;
    this.#journal.say({ kind: 'pci.status.read', fn: name, int_status: bit(status, INTERRUPT_STATUS) });
  }

  #capability(fn: PciFunction, offset: number, value: number): void {
    if (this.#msi.written(fn, offset, value, this.config.size)) this.#released(fn);
    const express = fn.capability(CAPABILITY.express);
    if (express !== undefined && offset === express + DEVICE_CONTROL && bit(value, FUNCTION_RESET) === 1 && fn.resettable) this.reset(fn);
  }

  /** Secondary Bus Reset resets at its rising edge. */
  #resetBehind(bridge: PciFunction, control: number): void {
    const was = bridge.bridgeControl ?? 0;
    bridge.bridgeControl = control;
    const { buses } = bridge;
    if (buses === undefined || bit(control & ~was, BUS_RESET) === 0) return;
    for (const fn of this.#functions.values()) if (fn.bus >= buses.from && fn.bus <= buses.to) this.reset(fn);
  }
}
