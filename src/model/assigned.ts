// Functions of the host's that QEMU hands to the guest: how it has them interrupt, whether KVM or QEMU takes an interrupt, and which of those QEMU has taken
// itself it has not ended yet. QEMU hw/vfio/pci.c (vfio_intx_*, vfio_msi_enable, vfio_msix_vector_do_use, vfio_msix_vector_release).

import type { Event, EventOf } from '../event.js';
import { AssignedFunction, type Mode } from './assigned-function.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { maskBit, type MsixEntry } from './msix-entry.js';
import type { MsixFunction } from './msix-function.js';
import type { MsixFunctions } from './msix.js';
import { F, T, U, known, or, type Tri } from './tri.js';

/** Functions remembered. */
const MAX_FUNCTIONS = 4096;

/** What a thread has just written, and what must have come of it before it does anything else. */
interface Written {
  readonly by: EventOf<'msix.write'> | EventOf<'msix.ctrl'> | EventOf<'msi.ctrl'>;
  readonly device: AssignedFunction;
}

export class Assigned implements Component {
  private readonly ctx: Context;
  private readonly msix: MsixFunctions;
  private readonly devices = new Map<string, AssignedFunction>();
  /** By the guest's names. */
  private readonly byFunction = new Map<string, AssignedFunction>();
  private readonly written = new Map<number, Written>();
  /** Modes of which a line has told that one is on: those of the others may not be recorded. */
  private readonly shown = new Set<Mode>();
  /** A line has told that QEMU's Pending Bit Array is there, not only that it is not. */
  showsPba = false;

  readonly steps: Steps = {
    'meta.cfg': (e) => {
      if (e.dev !== undefined && e.fn !== undefined) this.name(this.of(e.dev), e.fn);
    },
    'vfio.on': (e) => {
      const device = this.of(e.dev);
      this.shown.add(e.mode);
      if (e.mode !== device.mode) this.settle(device, e);
      device.switchOn(e);
    },
    'vfio.off': (e) => {
      const device = this.of(e.dev);
      if (e.mode === device.mode) this.settle(device, e);
      device.switchOff(e);
    },
    'vfio.fast': (e) => this.of(e.dev).hand(e),
    'vfio.slow': (e) => this.of(e.dev).hand(e),
    'vfio.take': (e) => {
      const device = this.of(e.dev);
      device.taken = T;
      device.takenBy = e;
    },
    'vfio.end': (e) => this.of(e.dev).end(F),
    'vfio.use': (e) => {
      const device = this.of(e.dev);
      device.usedLast = e.entry;
      device.uses.set(e.entry, { used: true, by: e });
    },
    'vfio.release': (e) => void this.of(e.dev).uses.set(e.entry, { used: false, by: e }),
    'vfio.pba': (e) => {
      this.showsPba ||= e.val === 1;
      this.of(e.dev).pba = e.val === 1 ? T : F;
    },
    'msix.ctrl': (e) => this.writes(e),
    'msi.ctrl': (e) => this.writes(e),
    'msix.write': (e) => this.writes(e),
    'msix.read': (e) => this.goesOn(e),
    'msix.pba.read': (e) => this.goesOn(e),
    // A change of Function Mask has those that waited sent one by one.
    'msix.msg': (e) => {
      if (this.written.get(e.tid)?.by.kind === 'msix.write') this.goesOn(e);
    },
    'pci.cmd': (e) => {
      const checked = this.written.has(e.tid);
      this.goesOn(e);
      const device = this.byFunction.get(e.fn);
      if (device === undefined) return;
      if (!checked && device.mode === 'none' && device.modeBy !== undefined) this.checkMode(device, device.modeBy, e);
      // VFIO unmasks a function when its Interrupt Disable is cleared.
      device.end(U);
    },
    'pci.reset': (e) => {
      this.byFunction.get(e.fn)?.end(U);
      this.written.clear();
    },
    'vm.reset': () => this.written.clear(),
  };

  constructor(ctx: Context, msix: MsixFunctions) {
    this.ctx = ctx;
    this.msix = msix;
  }

  begin(): void {
    this.devices.clear();
    this.byFunction.clear();
    this.written.clear();
  }

  /** Which function is whose stays. */
  lose(): void {
    this.written.clear();
    for (const device of this.devices.values()) device.forget();
  }

  /** Has QEMU taken an INTx of the function, and not ended it? INTx that is switched on again has none. */
  taken(device: AssignedFunction): Tri {
    return this.shown.has('intx') ? device.taken : U;
  }

  of(name: string): AssignedFunction {
    let device = this.devices.get(name);
    if (device !== undefined) return device;
    device = new AssignedFunction(name);
    if (this.devices.size < MAX_FUNCTIONS) this.devices.set(name, device);
    return device;
  }

  /** As the guest knows it. */
  functionOf({ fn }: AssignedFunction): MsixFunction | undefined {
    return fn === undefined ? undefined : this.msix.of(fn);
  }

  /** Is the entry masked, once what its thread writes has taken effect? */
  masked(device: AssignedFunction, e: EventOf<'vfio.use'> | EventOf<'vfio.release'>): Tri {
    const fn = this.functionOf(device);
    if (fn === undefined || fn.enabledAt(e) !== T) return U;
    const entry = fn.peek(e.entry);
    const last = this.written.get(e.tid);
    if (last?.device !== device || last.by.stream !== e.stream) return fn.maskedAt(entry, e);
    if (last.by.kind === 'msix.ctrl') return or(known(last.by.fmask), entry.isUnderWay ? U : entry.mask);
    if (last.by.kind === 'msi.ctrl' || last.by.entry !== e.entry) return fn.maskedAt(entry, e);
    return or(fn.fmask, maskBit(Number(last.by.val & 1n)));
  }

  /** How the guest would have it interrupt; undefined if that is not known, or not defined. */
  private wanted(device: AssignedFunction, e: Event): Mode | undefined {
    const fn = this.functionOf(device);
    if (fn === undefined) return undefined;
    const msix = fn.enabledAt(e);
    if (msix === U || fn.msi === U || (msix === T && fn.msi === T)) return undefined;
    return msix === T ? 'msix' : fn.msi === T ? 'msi' : 'intx';
  }

  private name(device: AssignedFunction, fn: string): void {
    const before = this.byFunction.get(fn);
    if (before !== undefined && before !== device) before.fn = undefined;
    if (device.fn !== undefined) this.byFunction.delete(device.fn);
    device.fn = fn;
    this.byFunction.set(fn, device);
  }

  private writes(e: Written['by']): void {
    this.goesOn(e);
    const device = this.byFunction.get(e.fn);
    if (device === undefined || e.tid < 0) return;
    if (e.kind !== 'msix.write' || e.field === 'vc') this.written.set(e.tid, { by: e, device });
  }

  /** The thread does something else: what it had to do for the function is done. */
  private goesOn(e: Event): void {
    if (this.written.size === 0) return;
    const last = this.written.get(e.tid);
    if (last === undefined || last.by.stream !== e.stream) return;
    this.written.delete(e.tid);
    const { by, device } = last;
    if (by.kind !== 'msix.write') this.checkMode(device, by, e);
    const fn = this.functionOf(device);
    if (fn === undefined || device.mode !== 'msix' || !device.settled || by.kind === 'msi.ctrl') return;
    for (const entry of by.kind === 'msix.write' ? [fn.peek(by.entry)] : fn.entries.values()) this.checkUse(device, fn, entry, by, e);
  }

  /** It leaves a mode: if that is the one that was asked for, the write is done, and this is another matter. It is unplugged, or reset. */
  private settle(device: AssignedFunction, e: Event): void {
    if (this.written.get(e.tid)?.device === device && this.wanted(device, e) === device.mode) this.written.delete(e.tid);
  }

  private checkMode(device: AssignedFunction, by: Event, e: Event): void {
    const wanted = this.wanted(device, e);
    const { mode } = device;
    if (wanted === undefined) device.confused = true;
    else if (!this.shown.has(wanted)) return;
    if (wanted === undefined || mode === undefined || mode === wanted || (mode === 'none' && !device.hasPin)) {
      if (wanted === 'intx') device.confused = false;
      return;
    }
    if (device.confused) return;
    device.found = { mode, wanted };
    this.late('vfio.mode', device.name, device.entity, by, [device.modeBy], e);
  }

  private checkUse(device: AssignedFunction, fn: MsixFunction, entry: MsixEntry, by: Event, e: Event): void {
    const masked = fn.maskedAt(entry, e);
    const used = device.used(entry.number);
    if (masked === U || used === U || (masked === T) !== (used === T)) return;
    this.late('vfio.use', `${device.name}/${entry.number}`, entry.entity, by, [device.modeBy, device.uses.get(entry.number)?.by], e);
  }

  private late(name: 'vfio.mode' | 'vfio.use', key: string, entity: string, by: Event, because: readonly (Event | undefined)[], proof: Event): void {
    this.ctx.owed.owe({ name, key, entity, by, because: because.filter((event) => event !== undefined) });
    this.ctx.owed.late(name, key, proof);
  }
}
