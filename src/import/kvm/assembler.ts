// KVM's trace events become canonical events. Any recorder of them can use it: a text, a trace.dat, a perf.data.
// Per record: `at(...)`, then the method of its event with typed fields. Lines that belong together are joined here.

import type { Event } from '../../event.js';
import { gsi as asGsi } from '../../ids.js';
import { Apicv } from './apicv.js';
import { Calls } from './calls.js';
import { Cpus } from './cpus.js';
import { Handlers } from './handlers.js';
import { IoapicWindow } from './ioapic-window.js';
import { Irqfds, SIGNALLED } from './irqfds.js';
import { Journal } from './journal.js';
import { LocalApics } from './local-apics.js';
import { Machines } from './machines.js';
import { Messages } from './messages.js';
import { PicPorts } from './pic-ports.js';
import { Pins } from './pins.js';
import { Synic } from './synic.js';
import { Threads } from './threads.js';
import { Vgic } from './vgic.js';

export class KvmAssembler {
  /** The record at hand; set before each call. */
  readonly journal: Journal;
  readonly pins: Pins;
  readonly messages: Messages;
  readonly cpus: Cpus;
  readonly apics: LocalApics;
  readonly apicv: Apicv;
  readonly ioapic: IoapicWindow;
  readonly synic: Synic;
  readonly pic: PicPorts;
  readonly irqfds: Irqfds;
  readonly handlers: Handlers;
  readonly machines: Machines;
  readonly vgic: Vgic;
  readonly calls: Calls;
  readonly #threads: Threads;
  readonly #partial = new Set<string>();

  constructor(stream: number) {
    const journal = new Journal(stream);
    const threads = new Threads(journal, () => this.#restored());
    this.journal = journal;
    this.#threads = threads;
    this.calls = new Calls(journal, threads);
    this.pins = new Pins(journal, threads, this.calls);
    this.messages = new Messages(journal, threads, this.calls);
    this.machines = new Machines(journal, threads, () => this.#restarted());
    this.apicv = new Apicv(journal, (kinds) => this.declarePartial(kinds));
    this.cpus = new Cpus(journal, threads, this.machines, { messages: this.messages, pins: this.pins, apicv: this.apicv, calls: this.calls });
    this.apics = new LocalApics(journal, threads, this.machines, this.calls);
    this.synic = new Synic(journal);
    this.ioapic = new IoapicWindow(journal, threads, this.pins);
    this.pic = new PicPorts(journal, { isQemus: false });
    this.handlers = new Handlers(journal, threads);
    this.irqfds = new Irqfds(journal, threads, this.pins, { handlers: this.handlers, machines: this.machines, calls: this.calls });
    this.vgic = new Vgic(journal, threads, this.machines, { handlers: this.handlers, irqfds: this.irqfds, calls: this.calls }, () => this.declarePartial(['gic.in']));
  }

  /** Events go to `out` until `pause`. */
  begin(out: Event[]): void {
    this.journal.begin(out);
  }

  /** Takes back what a later record may still settle. */
  pause(): void {
    this.journal.hold(this.#threads.open());
  }

  /** The stream has ended. */
  end(): void {
    this.#threads.end();
  }

  /** kvm_set_irq returned: its bracket is closed. */
  setIrqReturned(ret: number): void {
    this.pins.returned(ret, this.messages.returned(ret));
  }

  /** irqfd_wakeup; a GSI that is not fetched is NaN. */
  woken(gsi: number, key: number, routeType: number, resampler: boolean): void {
    const isKnown = !Number.isNaN(gsi);
    if ((key & SIGNALLED) !== 0) this.calls.ask({ kind: 'efd.void', gsi: isKnown ? asGsi(gsi) : undefined });
    if (!isKnown) return (key & SIGNALLED) === 0 ? undefined : this.vgic.woken();
    this.messages.woken(gsi, routeType);
    this.irqfds.woken(gsi, key, resampler);
  }

  /** kvm_arch_set_irq_inatomic. */
  inatomic(gsi: number, routeType: number): void {
    this.vgic.inatomic(gsi, routeType);
    this.messages.inatomic(gsi, routeType);
  }

  /** A byte went to or came from a port of the 8259 pair. */
  port(write: boolean, port: number, val: number): void {
    const thread = this.#threads.guest();
    thread.leave(this.journal);
    this.calls.goesOn(thread);
    if (!write) return this.pic.wasRead(port, val);
    this.pic.wrote(port, val);
    const ended = PicPorts.endedPin(port, val);
    if (ended !== undefined) this.calls.ask({ kind: 'pic.eoi.void', pin: ended });
  }

  /** kvm_vm_ioctl_irq_line; what the probe does not fetch is NaN. */
  irqLine(gsi: number, level: number): void {
    const thread = this.#threads.current();
    thread.leave(this.journal);
    this.calls.goesOn(thread);
    if (gsi >= 0 && level >= 0) this.calls.ask({ kind: 'gsi.void', gsi: asGsi(gsi), level: level === 0 ? 0 : 1 });
  }

  note(text: string): void {
    this.#threads.current().leave(this.journal);
    this.journal.say({ kind: 'meta.note', text });
  }

  /** From here on events of these kinds may be missing. */
  declarePartial(kinds: readonly string[]): void {
    for (const chan of kinds) {
      if (this.#partial.has(chan)) continue;
      this.#partial.add(chan);
      this.journal.say({ kind: 'meta.chan', chan, cover: 'partial' });
    }
  }

  /** The recorder lost events, of one CPU and so many as far as it tells. */
  lost(cpu: number | undefined, n: number | undefined): void {
    this.#forget();
    this.journal.say({ kind: 'meta.lost', cpu, n });
  }

  #restored(): void {
    this.ioapic.forget();
    this.pic.forget();
    this.journal.say({ kind: 'vm.reset', state: 'unknown' });
  }

  #restarted(): void {
    this.#forget();
    this.vgic.accesses.forget();
    this.journal.say({ kind: 'meta.lost', cpu: undefined, n: undefined });
  }

  #forget(): void {
    this.#threads.forgetAll();
    this.machines.forget();
    this.apics.forget();
    this.pins.forget();
    this.ioapic.forget();
    this.pic.forget();
    this.irqfds.forget();
    this.handlers.forget();
    this.vgic.forget();
    this.calls.forget();
  }
}
