// Bits of configuration spaces that a reset has cleared and nothing has set since: Interrupt Disable and MSI Enable. PCI Local Bus 3.0 6.2.2, 6.8.1.3 (both are 0
// after a reset); QEMU pci_do_device_reset, msi_reset.

import type { Event, EventOf } from '../event.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';

/** Resets by function. */
type Cleared = Map<string, Event>;

export class ResetBits implements Component {
  readonly intxDisable: ReadonlyMap<string, Event>;
  readonly msiEnable: ReadonlyMap<string, Event>;
  private readonly ctx: Context;
  private readonly disable: Cleared = new Map();
  private readonly enable: Cleared = new Map();

  readonly steps: Steps = {
    'pci.reset': (e) => {
      this.disable.set(e.fn, e);
      this.enable.set(e.fn, e);
    },
    // A byte written to the register may have left the other one alone: what sets the bit is forgotten at the next reset alone.
    'pci.cmd': (e) => void (e.intx_disable !== 0 && this.disable.delete(e.fn)),
    'msi.ctrl': (e) => void (e.enable === 1 && this.enable.delete(e.fn)),
    // One finding: what it reads is what is there.
    'pci.cmd.read': (e) => void (e.intx_disable === 1 && this.disable.delete(e.fn)),
    'msi.ctrl.read': (e) => void (e.enable === 1 && this.enable.delete(e.fn)),
  };

  constructor(ctx: Context) {
    this.ctx = ctx;
    this.intxDisable = this.disable;
    this.msiEnable = this.enable;
  }

  begin(): void {
    this.disable.clear();
    this.enable.clear();
  }

  lose({ stream }: EventOf<'meta.lost'>): void {
    if (!this.ctx.channels.survivesLossOf(stream, 'pci.cmd')) this.disable.clear();
    if (!this.ctx.channels.survivesLossOf(stream, 'msi.ctrl')) this.enable.clear();
  }
}
