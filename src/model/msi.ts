// MSI of all functions: how many vectors software has enabled, and the Message Data register. PCI Express Base 6.1.4.1, 7.7.1; QEMU hw/pci/msi.c.

import type { Event, EventOf } from '../event.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';

interface MsiFunction {
  /** Multiple Message Enable: log2 of the number of vectors; undefined while unknown. */
  mme: number | undefined;
  by: Event | undefined;
  /** Message Data as `meta.cfg` states it, again at each change. */
  data: number | undefined;
}

export class Msi implements Component {
  private readonly ctx: Context;
  private readonly functions = new Map<string, MsiFunction>();

  readonly steps: Steps = {
    'msi.ctrl': (e) => {
      const fn = this.touch(e.fn);
      fn.mme = e.mme;
      fn.by = e;
    },
    'meta.cfg': (e) => {
      if (e.fn !== undefined && e.msi_data !== undefined) this.touch(e.fn).data = e.msi_data;
    },
    'pci.reset': (e) => void this.functions.delete(e.fn),
  };

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  begin(): void {
    this.functions.clear();
  }

  lose({ stream }: EventOf<'meta.lost'>): void {
    if (!this.ctx.channels.survivesLossOf(stream, 'msi.ctrl')) this.functions.clear();
  }

  of(name: string): Readonly<MsiFunction> | undefined {
    return this.functions.get(name);
  }

  private touch(name: string): MsiFunction {
    let fn = this.functions.get(name);
    if (fn === undefined) this.functions.set(name, (fn = { mme: undefined, by: undefined, data: undefined }));
    return fn;
  }
}
