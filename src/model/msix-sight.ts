// Which of the kinds of event that bear on MSI-X the recording shows; one for all functions.

import type { Channel } from './channels.js';
import type { Context } from './context.js';

/** What `meta.cfg` says of a function. */
export interface FunctionConfig {
  /** Rows of the table. */
  readonly n?: number | undefined;
  /** Does the device drop what fires on vectors it has not declared used (QEMU `msix_vector_use`)? */
  readonly tracking?: 0 | 1 | undefined;
  /** Some of its fires may not be shown. */
  readonly unseenFires?: 0 | 1 | undefined;
}

export class Sight {
  readonly ctx: Context;
  readonly writes: Channel;
  readonly controls: Channel;
  readonly fires: Channel;
  readonly messages: Channel;
  readonly kvmMessages: Channel;
  readonly reasons: Channel;
  readonly uses: Channel;
  private readonly functionResets: Channel;
  private readonly machineResets: Channel;

  constructor(ctx: Context) {
    this.ctx = ctx;
    this.writes = ctx.channels.of('msix.write');
    this.controls = ctx.channels.of('msix.ctrl');
    this.fires = ctx.channels.of('msix.fire');
    this.messages = ctx.channels.of('msix.msg');
    this.kvmMessages = ctx.channels.of('kvm.msi');
    this.reasons = ctx.channels.of('msix.reason.clear');
    this.uses = ctx.channels.of('msix.use');
    this.functionResets = ctx.channels.of('pci.reset');
    this.machineResets = ctx.channels.of('vm.reset');
  }

  /** Who declares that it shows a function's resets shows those that come with the machine's, unless it says otherwise. */
  get resets(): boolean {
    if (this.machineResets.covered) return this.functionResets.covered;
    return this.functionResets.declared && this.machineResets.missing === 0;
  }
}
