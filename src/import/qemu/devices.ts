// The device side of QEMU's log: configuration spaces, MSI-X tables, messages, device models. Owns the parts and says which region is whose.

import type { Journal } from '../kvm/journal.js';
import type { Access } from './access.js';
import { MESSAGE_REGIONS, Messages } from './apic-msi.js';
import { Models } from './models.js';
import { MsixRegions } from './msix.js';
import { PciSpace, type Address } from './pci.js';

export type Accessed = (access: Access) => void;

export class Devices {
  readonly messages: Messages;
  readonly pci: PciSpace;
  readonly msix: MsixRegions;
  readonly models: Models;
  readonly regions: ReadonlyMap<string, Accessed>;

  constructor(journal: Journal) {
    this.messages = new Messages(journal);
    this.pci = new PciSpace(journal);
    this.msix = new MsixRegions(journal, this.pci, this.messages);
    this.models = new Models(journal, this.msix);
    this.regions = new Map<string, Accessed>([
      ['msix-table', this.#own((access) => this.msix.table(access))],
      ['msix-pba', this.#own((access) => this.msix.pba(access))],
      ...MESSAGE_REGIONS.map((name): [string, Accessed] => [name, (access) => this.messages.accessed(access)]),
    ]);
  }

  /** The thread at hand turns to something that neither writes a configuration space nor sends messages. */
  turn(): void {
    this.pci.turn();
    this.messages.expectNone();
  }

  configRead(address: Address, offset: number, value: number): void {
    this.turn();
    this.pci.read(address, offset, value);
  }

  configWritten(address: Address, offset: number, value: number): void {
    this.turn();
    this.pci.write(address, offset, value);
  }

  unmapped(address: Address, bar: number, addr: number, size: number): void {
    const why = this.pci.unmapped(address, bar);
    if (why !== 'guest') this.msix.resetStrays(why === 'machine' ? undefined : { addr, size });
  }

  lost(): void {
    this.pci.lost();
    this.messages.lost();
  }

  #own(accessed: Accessed): Accessed {
    return (access) => {
      this.turn();
      accessed(access);
    };
  }
}
