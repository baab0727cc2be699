// MSI of all functions: what software has enabled and masked, and the Message Data register. PCI Local Bus 3.0 6.8.1; PCI Express Base 6.1.4.1, 7.7.1; QEMU hw/pci/msi.c.

import type { Event, EventOf } from '../event.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { F, T, U, known, type Tri } from './tri.js';

const MESSAGES = 32;
const ALL = -1;
/** What software sets a function up by. */
const KINDS = ['msi.ctrl', 'msi.mask', 'pci.cmd'] as const;

interface MsiFunction {
  enable: Tri;
  /** Multiple Message Enable: log2 of the number of vectors; undefined while unknown. */
  mme: number | undefined;
  by: Event | undefined;
  /** Message Data as `meta.cfg` states it, again at each change. */
  data: number | undefined;
  /** Mask Bits that are surely set, and surely clear: bit n is that of message n. */
  masked: number;
  unmasked: number;
  maskBy: Event | undefined;
  master: Tri;
  masterBy: Event | undefined;
}

const fresh = (): MsiFunction => ({ enable: U, mme: undefined, by: undefined, data: undefined, masked: 0, unmasked: 0, maskBy: undefined, master: U, masterBy: undefined });

export class Msi implements Component {
  private readonly ctx: Context;
  private readonly functions = new Map<string, MsiFunction>();

  readonly steps: Steps = {
    'msi.ctrl': (e) => {
      const fn = this.touch(e.fn);
      fn.enable = known(e.enable);
      fn.mme = e.mme;
      fn.by = e;
    },
    'msi.mask': (e) => this.mask(this.touch(e.fn), e),
    'pci.cmd': (e) => {
      if (e.master === undefined) return;
      const fn = this.touch(e.fn);
      fn.master = known(e.master);
      fn.masterBy = e;
    },
    'meta.cfg': (e) => {
      if (e.fn !== undefined && e.msi_data !== undefined) this.touch(e.fn).data = e.msi_data;
    },
    'pci.reset': (e) => void this.functions.set(e.fn, { ...fresh(), enable: F, by: e, unmasked: ALL, maskBy: e, master: F, masterBy: e }),
  };

  constructor(ctx: Context) {
    this.ctx = ctx;
  }

  begin(): void {
    this.functions.clear();
  }

  lose({ stream }: EventOf<'meta.lost'>): void {
    if (!KINDS.every((kind) => this.ctx.channels.survivesLossOf(stream, kind))) this.functions.clear();
  }

  of(name: string): Readonly<MsiFunction> | undefined {
    return this.functions.get(name);
  }

  /** Is the message enabled, not masked, and free to be sent when `e` comes? */
  isLive(fn: Readonly<MsiFunction>, message: number, e: Event): Tri {
    const { enable, mme, by, unmasked, masked, maskBy, master, masterBy } = fn;
    if (enable === F || master === F || ((masked >>> message) & 1) === 1 || (mme !== undefined && message >= 2 ** mme)) return F;
    const isKnown = enable === T && mme !== undefined && master === T && ((unmasked >>> message) & 1) === 1;
    return isKnown && [by, maskBy, masterBy].every((cause) => cause !== undefined && !this.ctx.unordered(cause, e)) ? T : U;
  }

  private mask(fn: MsiFunction, e: EventOf<'msi.mask'>): void {
    const { first = 0, val, len } = e;
    const before = fn.maskBy;
    fn.maskBy = e;
    if (val === undefined) {
      fn.masked = fn.unmasked = 0;
      return;
    }
    // Which of two comes last cannot be told: what they agree on holds.
    const near = before !== undefined && this.ctx.unordered(before, e);
    const sure = bits(first, 8 * (len ?? Math.max(1, Math.ceil((MESSAGES - Math.clz32(val)) / 8))));
    const set = shifted(val, first) & sure;
    const clear = ~shifted(val, first) & sure;
    // A longer write has cleared what lies behind.
    const rest = len === undefined ? bits(first, MESSAGES) & ~sure : 0;
    fn.masked = (fn.masked & ~(sure | rest)) | (near ? set & fn.masked : set);
    fn.unmasked = (fn.unmasked & ~sure) | (near ? clear & fn.unmasked : clear);
  }

  private touch(name: string): MsiFunction {
    let fn = this.functions.get(name);
    if (fn === undefined) this.functions.set(name, (fn = fresh()));
    return fn;
  }
}

const shifted = (value: number, by: number): number => (by < MESSAGES ? value << by : 0);

/** So many bits from `first` on, as far as there are messages. */
const bits = (first: number, count: number): number => shifted(count >= MESSAGES ? ALL : 2 ** count - 1, first);
