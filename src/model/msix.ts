// MSI-X of all functions: routes every event to the rows it changes. PCI Express Base 6.1.4; QEMU hw/pci/msix.c (msix_notify,
// msix_handle_mask_update, msix_reset).

import type { EventOf, Event } from '../event.js';
import type { Entry } from '../ids.js';
import { BusMaster } from './bus-master.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import type { Irqfds } from './irqfd.js';
import { MsixBypass } from './msix-bypass.js';
import { MsixDebts } from './msix-debts.js';
import type { FunctionOrigin, MsixEntry } from './msix-entry.js';
import { MsixFunction } from './msix-function.js';
import { fire, message, readPending, withdraw, writePending } from './msix-pending.js';
import { senderOf, type Sender } from './msix-sender.js';
import { Sight, type FunctionConfig } from './msix-sight.js';
import { control, read, readControl, write } from './msix-table.js';
import type { Routes } from './routes.js';
import { F, T, U, known } from './tri.js';

export class MsixFunctions implements Component {
  readonly debts: MsixDebts;
  readonly bypass: MsixBypass;
  private readonly ctx: Context;
  private readonly sight: Sight;
  private readonly functions = new Map<string, MsixFunction>();
  private readonly configs = new Map<string, FunctionConfig>();
  /** Bus Master Enable of functions that have shown it. */
  private readonly masters = new Map<string, BusMaster>();
  private origin: FunctionOrigin = { masked: false, quiet: false, off: false, unused: false, by: undefined };
  private sender: { readonly e: Event; readonly who: Sender } | undefined;

  readonly steps: Steps = {
    'msix.ctrl': (e) => control(this.ctx, this.debts, this.touch(e), e),
    'msix.ctrl.read': (e) => readControl(this.touch(e), e),
    'msi.ctrl': (e) => {
      const fn = this.touch(e);
      fn.msi = known(e.enable);
      fn.msiBy = e;
    },
    'msix.write': (e) => write(this.ctx, this.debts, this.touch(e), e),
    'msix.read': (e) => read(this.debts, this.touch(e), e),
    'msix.fire': (e) => fire(this.debts, this.touch(e), e),
    'msix.msg': (e) => message(this.debts, this.touch(e), e, this.senderOf(e)),
    'msix.pba.read': (e) => readPending(this.debts, this.touch(e), e),
    'msix.pba.write': (e) => writePending(this.touch(e)),
    'msix.reason.clear': (e) => withdraw(this.debts, this.touch(e), e),
    'msix.use': (e) => {
      if (e.ret >= 0) this.touch(e).uses.change(e.vec, 1, e);
    },
    'msix.unuse': (e) => this.unuse(e),
    'msix.unuse_all': (e) => this.unuseAll(e),
    'pci.cmd': (e) => this.master(e),
    'pci.reset': (e) => this.reset(e),
    // A device model may keep its vectors declared used across a reset of the machine.
    'vm.reset': () => void (this.origin = { ...this.origin, unused: false }),
    'kvm.msi': (e) => this.debts.pay(e),
    'efd.signal': (e) => {
      if (this.functions.size === 0) return;
      this.debts.payBySignal(e, this.bypass.gsiOf(e));
      this.bypass.signal(e);
    },
    'kvm.routes': (e) => this.bypass.commit(e),
    'kvm.irqfd.assign': (e) => this.bypass.bind(e),
  };

  constructor(ctx: Context, routes: Routes, irqfds: Irqfds) {
    this.ctx = ctx;
    this.sight = new Sight(ctx);
    this.debts = new MsixDebts(ctx, routes);
    this.bypass = new MsixBypass(this.functions, routes, irqfds);
  }

  configure({ fn, msix_n, use_tracking, unseen_fires }: EventOf<'meta.cfg'>): void {
    if (fn === undefined || (msix_n === undefined && use_tracking === undefined && unseen_fires === undefined)) return;
    const before = this.configs.get(fn);
    const config = { n: msix_n ?? before?.n, tracking: use_tracking ?? before?.tracking, unseenFires: unseen_fires ?? before?.unseenFires };
    this.configs.set(fn, config);
    this.of(fn).config = config;
  }

  begin(fromReset: boolean): void {
    this.functions.clear();
    this.masters.clear();
    this.debts.forgive();
    this.bypass.clear();
    this.origin = { masked: fromReset, quiet: fromReset, off: fromReset, unused: fromReset, by: undefined };
  }

  lose({ stream }: EventOf<'meta.lost'>): void {
    const table = this.ctx.channels.survivesLossOf(stream, 'msix.write');
    const control = this.ctx.channels.survivesLossOf(stream, 'msix.ctrl');
    const { masked, off } = this.origin;
    this.origin = { masked: masked && table, off: off && control, quiet: false, unused: false, by: undefined };
    if (!control) this.masters.clear();
    for (const fn of this.functions.values()) fn.lose(table, control);
    this.debts.forgive();
    this.bypass.clear();
  }

  /** Functions of which anything was seen. */
  all(): Iterable<MsixFunction> {
    return this.functions.values();
  }

  of(name: string): MsixFunction {
    let fn = this.functions.get(name);
    if (fn === undefined) {
      this.functions.set(name, (fn = new MsixFunction(name, this.sight, this.origin)));
      fn.config = this.configs.get(name) ?? {};
      fn.master = this.masters.get(name) ?? fn.master;
    }
    return fn;
  }

  entry(name: string, number: Entry): MsixEntry {
    return this.of(name).peek(number);
  }

  /** Who sent the message, judged against the state before it. */
  senderOf(e: EventOf<'msix.msg'>): Sender {
    if (this.sender?.e !== e) this.sender = { e, who: senderOf(this.of(e.fn), e, this.all()) };
    return this.sender.who;
  }

  private touch(e: Event & { readonly fn: string }): MsixFunction {
    if (e.kind !== 'msix.msg') this.debts.overdue(e);
    const fn = this.of(e.fn);
    fn.resets.touch(e);
    return fn;
  }

  /** Whether a function may send at all. */
  private master(e: EventOf<'pci.cmd'>): void {
    if (e.master === undefined || (e.master === 1 && this.masters.get(e.fn)?.value === T)) return;
    const master = this.masterOf(e.fn);
    master.set(e.master === 1 ? U : F, e);
    // A later write, a loss or a reset may overtake it.
    if (e.master === 1) return this.ctx.flights.write(e, () => void (master.by === e && master.value === U && master.set(T, e)));
    const fn = this.functions.get(e.fn);
    if (fn !== undefined) this.debts.forget(fn);
  }

  private masterOf(name: string): BusMaster {
    let master = this.masters.get(name);
    if (master === undefined) this.masters.set(name, (master = this.functions.get(name)?.master ?? new BusMaster(U)));
    return master;
  }

  /** At the last unuse the device model forgets what was pending (QEMU msix_vector_unuse). */
  private unuse(e: EventOf<'msix.unuse'>): void {
    const fn = this.touch(e);
    fn.uses.change(e.vec, -1, e);
    const entry = fn.entries.get(e.vec);
    if (entry !== undefined) this.dropPending(fn, entry, e);
  }

  private unuseAll(e: EventOf<'msix.unuse_all'>): void {
    const fn = this.touch(e);
    fn.uses.unuseAll(e);
    for (const entry of fn.entries.values()) this.dropPending(fn, entry, e);
  }

  private dropPending(fn: MsixFunction, entry: MsixEntry, e: Event): void {
    const count = fn.uses.count(entry.number);
    if (count !== undefined && count > 0) return;
    this.debts.quit(entry);
    if (count === 0) entry.clearPending('unuse', e);
    else if (entry.pending === T) entry.doubtPending();
    entry.shown = false;
  }

  private reset(e: EventOf<'pci.reset'>): void {
    const fn = this.touch(e);
    this.debts.forget(fn);
    this.masters.get(e.fn)?.set(F, e);
    // A write that another thread still works on may take effect after the reset.
    const settled = ![...fn.entries.values()].some((entry) => entry.isUnderWay);
    fn.restart({ masked: settled, quiet: settled, off: fn.controlUnderWay === undefined, unused: false, by: e });
  }
}
