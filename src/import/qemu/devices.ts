// The device side of QEMU's log: configuration spaces, MSI-X tables, messages, INTx lines, device models. Owns the parts and says which region is whose.

import type { Journal } from '../kvm/journal.js';
import type { Access } from './access.js';
import { MESSAGE_REGIONS, Messages, isMessage } from './apic-msi.js';
import { E1000e } from './e1000e.js';
import { IntxLines } from './intx.js';
import { MachineResets } from './machine-resets.js';
import { MsixRegions } from './msix.js';
import { Nvme } from './nvme.js';
import type { PciFunction } from './pci-function.js';
import { PirqRegisters } from './pirq-registers.js';
import { PciSpace, type Address } from './pci.js';
import { VfioFunctions } from './vfio.js';
import { VirtioFunctions } from './virtio.js';

export type Accessed = (access: Access) => void;

/** Interrupt routing registers of PIIX3 and ICH9. */
const ROUTERS = /^(?:PIIX|ICH9-LPC)/;
/** Of host bridges: what is accessed through them are configuration spaces. */
const CONFIG_REGIONS: ReadonlySet<string> = new Set(['pci-conf-data', 'pcie-mmcfg-mmio']);
/** A BAR of a function of the host's (hw/vfio/common.c vfio_region_setup). */
const ASSIGNED_BAR = /^\S+ BAR \d$/;
const ICH9 = 'ICH9-LPC';
const COMMAND = 0x04;
const STATUS = 0x06;
const BRIDGE_CONTROL = 0x3e;

export class Devices {
  readonly messages: Messages;
  readonly resets: MachineResets;
  readonly pci: PciSpace;
  readonly msix: MsixRegions;
  readonly intx: IntxLines;
  readonly virtio: VirtioFunctions;
  readonly vfio: VfioFunctions;
  readonly e1000e: E1000e;
  readonly nvme: Nvme;
  readonly #pirqs: PirqRegisters;
  readonly #regions: ReadonlyMap<string, Accessed>;

  /** `turned`: the thread at hand sends no more; `reset`: the machine was. */
  constructor(journal: Journal, turned: () => void, reset: () => void) {
    this.messages = new Messages(journal, turned);
    this.resets = new MachineResets(journal, reset);
    this.pci = new PciSpace(journal, this.resets, (fn) => this.intx.releases(fn));
    this.msix = new MsixRegions(journal, this.pci, this.messages);
    this.intx = new IntxLines(journal);
    this.virtio = new VirtioFunctions(journal, this);
    this.vfio = new VfioFunctions(journal, this);
    this.e1000e = new E1000e(journal, this);
    this.nvme = new Nvme(this);
    this.#pirqs = new PirqRegisters(journal);
    this.#regions = new Map<string, Accessed>([
      ['msix-table', (access) => this.#table(access)],
      ['msix-pba', (access) => this.msix.pba(access)],
      ...['e1000e-mmio', 'igb-mmio', 'igbvf-mmio'].map((name): [string, Accessed] => [name, (access) => this.e1000e.accessed(access)]),
      ...['e1000e-io', 'igb-io'].map((name): [string, Accessed] => [name, (access) => this.e1000e.portAccessed(access)]),
      ['nvme', (access) => this.nvme.accessed(access)],
      ['virtio-pci', (access) => this.virtio.legacy(access)],
      ['virtio-pci-common', (access) => this.virtio.common(access)],
      ['virtio-pci-isr', (access) => this.virtio.isr(access)],
    ]);
  }

  /** What an access of a region means; regions that do not concern devices' interrupts only end what their thread did before. */
  handlerOf(region: string): Accessed {
    if (MESSAGE_REGIONS.has(region)) return (access) => (isMessage(access) ? this.#messaged(access) : this.turn());
    const isConfig = CONFIG_REGIONS.has(region);
    const accessed = ASSIGNED_BAR.test(region) ? (access: Access) => this.vfio.accessed(access) : (this.#regions.get(region) ?? this.#regions.get(region.replace(/-virtio-.*$/, '')));
    return (access) => {
      this.messages.expectNone();
      this.pci.turn();
      this.virtio.turn();
      this.vfio.turn();
      this.pci.config.sized(isConfig && access.write ? access.size : undefined);
      this.#accessed(access.cpu, accessed === undefined || access.write ? undefined : this.pci.at(access.addr));
      accessed?.(access);
      this.intx.turn();
    };
  }

  /** The thread at hand turns to something that neither writes a configuration space nor sends messages. */
  turn(): void {
    this.pci.turn();
    this.messages.expectNone();
    this.intx.turn();
    this.virtio.turn();
    this.vfio.turn();
  }

  /** x86_gsi_interrupt of a thread. */
  line(gsi: number, level: 0 | 1, tid: number): void {
    this.resets.line(gsi, level, tid);
    this.intx.line(gsi, level);
  }

  #table(access: Access): void {
    const fn = this.msix.table(access);
    if (access.write) this.vfio.accesses(fn);
  }

  #messaged(access: Access): void {
    this.virtio.fires.messaged();
    this.messages.accessed(access);
  }

  #accessed(cpu: number | undefined, reader?: PciFunction): void {
    // A vCPU's thread does not run the main loop, though it may do some of its work while it waits (blk_drain).
    if (!this.resets.accessed(cpu)) return;
    this.intx.served(reader);
    this.virtio.fires.served();
  }

  configRead(address: Address, offset: number, value: number): void {
    this.turn();
    this.#accessed(undefined);
    this.intx.chipset.names(address.device);
    if (offset === COMMAND || offset === STATUS) this.intx.mayHide(this.pci.of(address));
    this.pci.read(address, offset, value);
  }

  configWritten(address: Address, offset: number, value: number): void {
    this.turn();
    this.#accessed(undefined);
    this.intx.chipset.names(address.device);
    const fn = this.pci.of(address);
    const command = offset === COMMAND || offset === COMMAND + 1;
    if (command) this.intx.mayHide(fn);
    const routes = offset >= 0x60 && offset < 0x6c && ROUTERS.test(address.device);
    if (routes && address.device === ICH9) this.intx.rerouted();
    else if (routes && this.intx.chipset.moves()) this.intx.lost();
    this.virtio.fires.cancel(fn);
    this.vfio.accesses(fn);
    const was = fn.intxDisabled;
    this.pci.write(address, offset, value);
    if (routes && address.device === ICH9) this.#pirqs.written(offset, value);
    const same = command && was !== undefined && was === fn.intxDisabled;
    if (!same && (command || offset >= BRIDGE_CONTROL)) this.intx.configures();
  }

  /** msix_write_config: switching MSI-X off moves no wire. */
  control(device: string, enable: 0 | 1, fmask: 0 | 1): void {
    this.msix.control(device, enable, fmask);
    if (enable === 0) this.intx.turn();
  }

  unmapped(address: Address, bar: number, addr: number, size: number): void {
    const why = this.pci.unmapped(address, bar);
    if (why !== 'guest') this.msix.resetStrays(why === 'machine' ? undefined : { addr, size });
  }

  lost(): void {
    for (const part of [this.resets, this.pci, this.messages, this.intx, this.virtio, this.vfio]) part.lost();
  }
}
