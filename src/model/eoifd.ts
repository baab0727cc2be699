// Eoifds: eventfds that are signalled at the EOI of a level irqfd. "kvm: KVM_EOIFD, an eventfd for EOIs", version 7, 2012, never merged:
// a level irqfd has an IRQ source id, its key; an eoifd names the key; id and key live until irqfd and eoifd are both gone.

import type { Event, EventOf } from '../event.js';
import type { Gsi } from '../ids.js';
import { sourceId } from '../ids.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import type { Irqfds } from './irqfd.js';
import type { Routes } from './routes.js';
import type { Sources } from './sources.js';
import { F, T, U, type Tri } from './tri.js';

/** KVM_IRQFD_FLAG_LEVEL of those patches. */
const LEVEL = 4;
const IOAPIC = 2;

interface Eoifd {
  readonly fd: number;
  readonly key: number;
  readonly by: EventOf<'kvm.eoifd.assign'>;
}

interface LevelIrqfd {
  readonly fd: number;
  readonly gsi: Gsi;
  readonly by: EventOf<'kvm.irqfd.assign'>;
}

interface Key {
  irqfds: readonly LevelIrqfd[];
  eoifds: readonly Eoifd[];
  /** GSI of the irqfd that made it. */
  gsi: Gsi | undefined;
  /** That irqfd is recorded. */
  made: boolean;
  /** A descriptor of one of them may have a duplicate, or may have gone unseen. */
  unsure: boolean;
}

export class Eoifds implements Component {
  private readonly ctx: Context;
  private readonly routes: Routes;
  private readonly sources: Sources;
  private readonly irqfds: Irqfds;
  private readonly assigns: Channel;
  private readonly signals: Channel;
  private readonly keys = new Map<number, Key>();
  private fromReset = false;

  readonly steps: Steps = {
    'kvm.irqfd.assign': (e) => this.assignIrqfd(e),
    'kvm.irqfd.deassign': (e) => {
      if (e.ret === 0) this.gone((irqfd) => irqfd.fd === e.fd && irqfd.gsi === e.gsi, nobody);
    },
    'kvm.eoifd.assign': (e) => {
      if (e.ret !== 0) return;
      const key = this.touch(e.key);
      key.eoifds = [...key.eoifds, { fd: e.fd, key: e.key, by: e }];
    },
    'kvm.eoifd.deassign': (e) => {
      if (e.ret === 0) this.gone(nobody, (eoifd) => eoifd.fd === e.fd && eoifd.key === e.key);
    },
    'fd.close': (e) => {
      if (e.fd === undefined) this.doubt(() => true);
      else this.gone(({ fd }) => fd === e.fd, ({ fd }) => fd === e.fd);
    },
    'fd.dup': (e) => this.doubt(({ fd }) => fd === e.fd),
    'kvm.eoifd.signal': (e) => void this.ctx.owed.clear('eoifd.signal', e.fd),
    'kvm.set_irq': (e) => {
      if (this.keys.size > 0 && e.level === 0) this.ctx.owed.clear('eoifd.lower', e.source);
    },
    'kvm.ack': (e) => {
      if (this.keys.size > 0 && e.chip === IOAPIC) this.ack(e);
    },
    'kvm.routes': () => this.forgive(),
  };

  constructor(ctx: Context, routes: Routes, sources: Sources, irqfds: Irqfds) {
    this.ctx = ctx;
    this.routes = routes;
    this.sources = sources;
    this.irqfds = irqfds;
    this.assigns = ctx.channels.of('kvm.irqfd.assign');
    this.signals = ctx.channels.of('kvm.eoifd.signal');
  }

  begin(fromReset: boolean): void {
    this.keys.clear();
    this.fromReset = fromReset;
    this.forgive();
  }

  lose(event: EventOf<'meta.lost'>): void {
    const kinds = ['kvm.irqfd.assign', 'kvm.irqfd.deassign', 'kvm.eoifd.assign', 'kvm.eoifd.deassign', 'fd.close', 'fd.dup'] as const;
    if (!kinds.every((kind) => this.ctx.channels.survivesLossOf(event.stream, kind))) this.begin(false);
    this.forgive();
  }

  /** Does a level irqfd or an eoifd keep the key alive? */
  isLive(key: number): Tri {
    const known = this.keys.get(key);
    if (known === undefined) return this.fromReset && this.assigns.declared ? F : U;
    if (known.unsure || !this.irqfds.identified) return U;
    if (known.irqfds.length + known.eoifds.length > 0) return T;
    // The irqfd that made it may be older than the recording.
    return this.assigns.declared && (this.fromReset || known.made) ? F : U;
  }

  /** An eoifd of the key that is bound for sure at the call `e` of the same thread. */
  boundTo(key: number, e: Event): Eoifd | undefined {
    const known = this.keys.get(key);
    if (known === undefined || known.unsure || !this.irqfds.identified) return undefined;
    return known.eoifds.find(({ by }) => by.tid === e.tid && by.vm === e.vm);
  }

  private assignIrqfd(e: EventOf<'kvm.irqfd.assign'>): void {
    if (e.ret !== 0 || (e.flags & LEVEL) === 0 || e.key === undefined) return;
    const key = this.touch(e.key);
    key.irqfds = [...key.irqfds, { fd: e.fd, gsi: e.gsi, by: e }];
    key.gsi = e.gsi;
    key.made = true;
  }

  private touch(number: number): Key {
    let key = this.keys.get(number);
    if (key === undefined) this.keys.set(number, (key = { irqfds: [], eoifds: [], gsi: undefined, made: false, unsure: false }));
    return key;
  }

  private gone(irqfd: (one: LevelIrqfd) => boolean, eoifd: (one: Eoifd) => boolean): void {
    for (const [number, key] of this.keys) {
      const left = key.eoifds.filter(eoifd);
      if (left.length > 0) this.ctx.owed.clear('eoifd.lower', number);
      for (const { fd } of left) this.ctx.owed.clear('eoifd.signal', fd);
      key.irqfds = key.irqfds.filter((one) => !irqfd(one));
      key.eoifds = key.eoifds.filter((one) => !left.includes(one));
      if (!key.unsure && key.irqfds.length + key.eoifds.length === 0) key.gsi = undefined;
    }
  }

  private doubt(concerns: (one: { readonly fd: number }) => boolean): void {
    for (const key of this.keys.values()) key.unsure ||= [...key.irqfds, ...key.eoifds].some(concerns);
  }

  /** The acknowledge de-asserts the source and signals the eoifd, whether that source had asserted or not. */
  private ack(e: EventOf<'kvm.ack'>): void {
    const gsi = this.routes.gsiOfPin(e.pin);
    for (const [number, key] of this.keys) {
      if (gsi === undefined || key.gsi !== gsi || key.unsure || !this.irqfds.identified) continue;
      for (const eoifd of key.eoifds) this.again(number, eoifd, gsi, e);
    }
  }

  private again(key: number, eoifd: Eoifd, gsi: Gsi, e: EventOf<'kvm.ack'>): void {
    const { owed } = this.ctx;
    if (!this.late('eoifd.signal', eoifd.fd, e)) this.late('eoifd.lower', key, e);
    owed.clear('eoifd.lower', key);
    const entity = `eoifd:${eoifd.fd}`;
    if (this.signals.covered) owed.owe({ name: 'eoifd.signal', key: eoifd.fd, entity, by: e, because: [eoifd.by] });
    const bit = this.sources.bit(gsi, sourceId(key));
    if (bit?.level === T) owed.owe({ name: 'eoifd.lower', key, entity, by: e, because: [eoifd.by, bit.by] });
  }

  /** One thread acknowledges twice: what it owed at the first is late, and the rest of it goes unsaid. */
  private late(name: 'eoifd.signal' | 'eoifd.lower', key: number, e: EventOf<'kvm.ack'>): boolean {
    const debt = this.ctx.owed.open(name, key);
    if (debt === undefined || debt.by.tid !== e.tid || this.ctx.unordered(debt.by, e)) return false;
    this.ctx.owed.late(name, key, e);
    return true;
  }

  private forgive(): void {
    this.ctx.owed.forgive('eoifd.signal');
    this.ctx.owed.forgive('eoifd.lower');
  }
}

const nobody = (): boolean => false;
