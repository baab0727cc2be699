// IRQ source ids and the level bits each holds per GSI. KVM irq_comm.c (kvm_set_irq, __kvm_irq_line_state, kvm_free_irq_source_id).

import type { Event, EventOf } from '../event.js';
import type { Gsi, SourceId } from '../ids.js';
import type { Channel } from './channels.js';
import type { Component, Steps } from './component.js';
import type { Context } from './context.js';
import { GsiLine, type ChipInput, type LevelBit } from './gsi-line.js';
import type { Routes } from './routes.js';
import { sameRoutes } from './routing-table.js';
import { SourceIds } from './source-ids.js';
import { F, T, U, join, not, same, type Tri } from './tri.js';

export type { LevelBit } from './gsi-line.js';
export { RESAMPLE, USERSPACE } from './source-ids.js';

export class Sources implements Component {
  readonly ids: SourceIds;
  private readonly ctx: Context;
  private readonly routes: Routes;
  private readonly lines = new Map<Gsi, GsiLine>();
  private readonly picInputs: Channel;
  private fromReset = false;
  /** The latest KVM_SET_IRQCHIP: it raises pins that nobody asked for. */
  private restored = -1;

  readonly steps: Steps = {
    'kvm.set_irq': (e) => this.set(e),
    'kvm.src.alloc': (e) => this.ids.alloc(e),
    'kvm.src.free': (e) => this.free(e),
    'ioapic.in': (e) => this.input(e),
    'pic.in': (e) => this.input(e),
    'kvm.set_irqchip': (e) => {
      this.restored = e.seq;
      this.ctx.owed.forgive('source.fall');
    },
    'kvm.irqfd.assign': (e) => this.ids.assign(e),
    'kvm.irqfd.deassign': (e) => this.ids.deassign(e),
    'kvm.eoifd.assign': (e) => this.ids.bindEoifd(e),
    'kvm.eoifd.deassign': (e) => this.ids.unbindEoifd(e),
    'fd.close': (e) => this.ids.closeFd(e),
    'fd.dup': (e) => this.ids.dup(e),
    'vm.close': () => this.ids.close(),
  };

  constructor(ctx: Context, routes: Routes) {
    this.ctx = ctx;
    this.picInputs = ctx.channels.of('pic.in');
    this.routes = routes;
    this.ids = new SourceIds(ctx);
  }

  begin(fromReset: boolean): void {
    this.lines.clear();
    this.fromReset = fromReset;
    this.ids.begin(fromReset);
  }

  lose(event: EventOf<'meta.lost'>): void {
    const survives = (...kinds: readonly ('kvm.set_irq' | 'kvm.routes' | 'kvm.src.alloc' | 'kvm.src.free')[]): boolean =>
      kinds.every((kind) => this.ctx.channels.survivesLossOf(event.stream, kind));
    if (!survives('kvm.src.alloc', 'kvm.src.free')) this.ids.begin(false);
    if (survives('kvm.set_irq', 'kvm.routes', 'kvm.src.free')) return;
    this.lines.clear();
    this.fromReset = false;
    this.ctx.owed.forgive('source.fall');
  }

  bit(gsi: Gsi, source: SourceId): LevelBit | undefined {
    return this.lineOf(gsi)?.bits.get(source);
  }

  level(gsi: Gsi, source: SourceId): Tri {
    return this.lineOf(gsi)?.bit(source) ?? this.rest(gsi);
  }

  /** The OR over all sources of a GSI: the level its pins must have. */
  line(gsi: Gsi): Tri {
    if (this.routes.sharesPins(gsi)) return U;
    return this.lineOf(gsi)?.level ?? this.rest(gsi);
  }

  /** GSIs of whose bits anything is known. */
  gsis(): Gsi[] {
    return [...this.lines.keys()];
  }

  /** The bits of a GSI of which anything is known. */
  bitsOf(gsi: Gsi): [SourceId, LevelBit][] {
    return [...(this.lineOf(gsi)?.bits ?? [])];
  }

  /** Bits known to be set on a GSI, with what set them. */
  holders(gsi: Gsi): [SourceId, LevelBit][] {
    return this.bitsOf(gsi).filter(([, bit]) => bit.level === T);
  }

  /** The GSI whose bits make the level of a chip's input; undefined if it is not certain. */
  gsiOf(e: ChipInput): Gsi | undefined {
    const gsi = this.routes.soleGsiOf(e.kind === 'pic.in' ? 'pic' : 'ioapic', e.pin);
    return e.gsi === undefined || e.gsi === gsi ? gsi : undefined;
  }

  /** Does a chip's input differ from the OR of the bits? undefined where no request of its thread led there. */
  disagrees(e: ChipInput, gsi: Gsi): Tri | undefined {
    // The kernel's texts print no level of the 8259: theirs is what was asked for.
    if (e.kind === 'pic.in' && !this.picInputs.declared) return undefined;
    const expected = this.lineOf(gsi)?.expected(e, this.restored);
    if (expected === undefined || e.level === undefined) return undefined;
    return expected === U ? U : not(same<Tri>(expected, e.level));
  }

  /** A line of which all bits still belong to the pins that the GSI has now. */
  private lineOf(gsi: Gsi): GsiLine | undefined {
    const line = this.lines.get(gsi);
    return line !== undefined && sameRoutes(line.routes, this.routes.of(gsi)) ? line : undefined;
  }

  /** The bits of a GSI that nothing was asked of. */
  private rest(gsi: Gsi): Tri {
    return this.fromReset && !this.lines.has(gsi) ? F : U;
  }

  /** KVM stores a bit only in the pins of the GSI: not for a message, and nowhere while it has no route. */
  private set(e: EventOf<'kvm.set_irq'>): void {
    this.ids.used(e.source);
    const routed = this.routes.routed(e.gsi);
    if (routed === F || this.routes.isMsi(e.gsi) === T) return;
    const line = this.writable(e.gsi);
    const level = e.level === 0 ? F : T;
    line.set(e.source, routed === U && this.routes.by !== undefined ? join(line.bit(e.source), level) : level, e);
  }

  private writable(gsi: Gsi): GsiLine {
    const routes = this.routes.of(gsi);
    let line = this.lines.get(gsi);
    if (line === undefined) this.lines.set(gsi, (line = new GsiLine(this.ctx, routes, this.rest(gsi))));
    else if (!sameRoutes(line.routes, routes)) line.move(routes);
    else line.routes = routes;
    return line;
  }

  /** The bit goes with the id on every pin (kvm_free_irq_source_id): a line held by it alone must fall. */
  private free(e: EventOf<'kvm.src.free'>): void {
    this.ids.free(e);
    for (const [gsi, line] of this.lines) {
      const bit = line.bits.get(e.id);
      if (bit === undefined) continue;
      const { level: before, by } = bit;
      line.set(e.id, F, e);
      if (before === T && line.level === F) this.ctx.owed.owe({ name: 'source.fall', key: gsi, entity: `gsi:${gsi}`, by: e, because: [by] });
    }
  }

  /** The pin's next inputs show whether a freed bit was taken away; KVM itself looks at the line again only then. */
  private input(e: ChipInput): void {
    const gsi = this.gsiOf(e);
    const line = gsi === undefined ? undefined : this.lineOf(gsi);
    if (gsi === undefined || line === undefined) return;
    const wrong = this.disagrees(e, gsi);
    if (wrong === T) {
      if (e.level === 1) this.late(gsi, e);
      line.contradicted(e);
    } else if (e.level === 0) this.ctx.owed.clear('source.fall', gsi);
    line.land(e);
  }

  private late(gsi: Gsi, proof: Event): void {
    const debt = this.ctx.owed.open('source.fall', gsi);
    if (debt !== undefined) this.ctx.owed.late('source.fall', gsi, proof);
  }
}
