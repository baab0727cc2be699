// The one loop: events -> rules (against the state before) -> machine -> obligations gone late -> findings.

import type { Event, EventOf } from './event.js';
import type { Finding, FoldedFinding, RuleVerdict } from './finding.js';
import { KINDS, isKind, type Kind } from './kinds.js';
import type { Channel } from './model/channels.js';
import type { Step } from './model/component.js';
import { Machine } from './model/machine.js';
import type { DebtName, Lapse } from './model/owed.js';
import { Docket, type Held } from './rules/docket.js';
import { kindsOf } from './rules/needs.js';
import type { Handler, Rule } from './rules/rule.js';

interface Judge {
  readonly judge: Handler<Event>;
  readonly docket: Docket;
}

/** What the loop does at events of one kind, looked up once per event; made at the first. */
interface Slot {
  readonly channel: Channel;
  readonly judges: readonly Judge[];
  readonly step: Step<Event> | undefined;
  count: number;
}

interface ReplayOptions {
  readonly rules: readonly Rule[];
  /** Told of every breach, before folding. */
  readonly onFinding?: (finding: Finding) => void;
  /** Told that those at events numbered above `since` fall: a loss that came to light may have been their excuse. */
  readonly onRetract?: (since: number) => void;
  /** A machine that has replayed events already, and how many; a new one otherwise. */
  readonly from?: { readonly machine: Machine; readonly events: number };
}

/** Replays events through the reference machine and judges them. Feed it batches in replay order. */
export class Replay {
  readonly machine: Machine;
  readonly #dockets: Docket[];
  readonly #onRetract: ReplayOptions['onRetract'];
  readonly #judges = new Map<Kind, Judge[]>();
  readonly #slots = new Map<Kind, Slot>();
  readonly #late = new Map<DebtName, { judge: Handler<Lapse>; docket: Docket }[]>();
  #waiting: Held[] = [];
  /** By stream and recording CPU (-1 first) the number of its latest event. */
  readonly #latest: number[][] = [];
  #current: Event | undefined;
  #seq: number;
  #firstNs = Number.NaN;
  #lastNs = Number.NaN;

  constructor({ rules, onFinding, onRetract, from = { machine: new Machine(), events: 0 } }: ReplayOptions) {
    this.machine = from.machine;
    this.#seq = from.events;
    this.#onRetract = onRetract;
    const at = (): Event => this.#now();
    const covers = (kind: Kind, entity: string): boolean => this.machine.ctx.channels.of(kind).coversFor(entity);
    const isSkewed = (evidence: readonly Event[]): boolean => this.#isSkewed(evidence);
    const hold = (held: Held): void => void this.#waiting.push(held);
    this.#dockets = rules.map((rule) => new Docket({ rule, at, covers, isSkewed, hold, onFinding }));
    for (const docket of this.#dockets) this.#listen(docket);
  }

  feed(events: readonly Event[]): void {
    for (const event of events) this.#take(event);
    this.#noteTime(events);
  }

  /** No more events come. */
  end(): void {
    if (this.#current === undefined || this.machine.ctx.channels.severalMachines) return;
    for (const docket of this.#dockets) docket.rule.atEnd?.(this.machine, docket);
  }

  get events(): number {
    return this.#seq;
  }

  /** ns from the first to the last event; 0 without times. */
  get span(): number {
    return Number.isNaN(this.#firstNs) ? 0 : this.#lastNs - this.#firstNs;
  }

  /** How often each kind was seen, for kinds that were. */
  counts(): Map<Kind, number> {
    const kinds = Object.keys(KINDS).filter(isKind);
    return new Map(kinds.flatMap((kind) => {
      const slot = this.#slots.get(kind);
      return slot === undefined ? [] : [[kind, slot.count]];
    }));
  }

  /** Findings so far, in order of their first place; none if several VMs turned out to be mixed. */
  findings(): FoldedFinding[] {
    if (this.machine.ctx.channels.severalMachines) return [];
    return this.#dockets.flatMap((docket) => docket.findings).sort((a, b) => a.at.seq - b.at.seq);
  }

  verdicts(): RuleVerdict[] {
    return this.#dockets.map((docket) => this.#verdict(docket));
  }

  // A function of its own: V8 compiles a loop that it finds hot once more for each place where it stands in it.
  #take(event: Event): void {
    const { machine } = this;
    const { channels, flights, owed } = machine.ctx;
    const { kind, stream } = event;
    const slot = this.#slots.get(kind) ?? this.#open(kind);
    const seq = this.#seq++;
    event.seq = seq;
    this.#current = event;
    slot.count++;
    slot.channel.seen |= 1 << (stream & 31);
    if (this.#waiting.length > 0) this.#excuse(event);
    if (event.kind === 'meta.lost') this.#retract(event);
    (this.#latest[stream] ??= [])[event.on + 1] = seq;
    if (flights.any) flights.advance(event);
    if (!channels.severalMachines) for (const { judge, docket } of slot.judges) judge(event, machine, docket);
    slot.step?.(event);
    if (owed.anyLapsed) this.#judgeLapses();
  }

  #open(kind: Kind): Slot {
    const slot = { channel: this.machine.ctx.channels.of(kind), judges: this.#judges.get(kind) ?? [], step: this.machine.stepOf(kind), count: 0 };
    this.#slots.set(kind, slot);
    return slot;
  }

  #listen(docket: Docket): void {
    const { on = {}, late = {} } = docket.rule;
    for (const kind of Object.keys(on).filter(isKind)) {
      const judge: Handler<Event> | undefined = on[kind];
      if (judge === undefined) continue;
      const judges = this.#judges.get(kind);
      if (judges === undefined) this.#judges.set(kind, [{ judge, docket }]);
      else judges.push({ judge, docket });
    }
    for (const name of this.machine.ctx.owed.names) {
      const judge = late[name];
      if (judge !== undefined) this.#late.set(name, [...(this.#late.get(name) ?? []), { judge, docket }]);
    }
  }

  #judgeLapses(): void {
    const { ctx } = this.machine;
    for (const lapse of ctx.owed.takeLapsed())
      for (const { judge, docket } of this.#late.get(lapse.debt.name) ?? []) {
        if (ctx.inTime(lapse)) docket.undecided('deadline window');
        else judge(lapse, this.machine, docket);
      }
  }

  #now(): Event {
    if (this.#current === undefined) throw new Error('a rule judged before the first event');
    return this.#current;
  }

  #isSkewed(events: readonly Event[]): boolean {
    const { ctx } = this.machine;
    return ctx.uncertainties.length > 0 && events.some((a, i) => events.slice(i + 1).some((b) => ctx.skewed(a, b)));
  }

  /** A breach stands once the clocks' uncertainty has passed and no event of another CPU has excused it. */
  #excuse(event: Event): void {
    // What was lost may have been the excuse.
    if (event.kind === 'meta.lost') {
      this.#waiting = [];
      return;
    }
    const last = event.kind === 'vm.close' || event.kind === 'meta.end';
    const { trustedAfter } = this.machine.ctx;
    const stands = (held: Held): boolean => last || !(event.ns - held.finding.at.ns <= trustedAfter);
    for (const held of this.#waiting) if (stands(held)) held.docket.take(held.finding);
    this.#waiting = this.#waiting.filter((held) => !stands(held) && !(event.on !== held.finding.at.on && held.unless(event)));
  }

  /** A loss is told where its CPU goes on; meanwhile others' events were judged as if nothing had been lost. */
  #retract({ cpu, stream }: EventOf<'meta.lost'>): void {
    if (cpu !== undefined) this.#withdraw(this.#latest[stream]?.[cpu + 1] ?? -1);
  }

  /** The recording turned out to be damaged, nothing tells where: nothing that was found stands. */
  withdraw(): void {
    this.#waiting = [];
    this.#withdraw(-1);
  }

  #withdraw(since: number): void {
    for (const docket of this.#dockets) docket.retract(since);
    this.#onRetract?.(since);
  }

  #noteTime(events: readonly Event[]): void {
    const isTimed = ({ ns }: Event): boolean => !Number.isNaN(ns);
    if (Number.isNaN(this.#firstNs)) this.#firstNs = events.find(isTimed)?.ns ?? Number.NaN;
    this.#lastNs = events.findLast(isTimed)?.ns ?? this.#lastNs;
  }

  #verdict({ rule, breachCount, heldCount, undecidedCount, reasons }: Docket): RuleVerdict {
    const blind = this.machine.ctx.channels.severalMachines;
    const isShown = (kind: Kind): boolean => this.machine.ctx.channels.covers(kind) || this.#slots.has(kind);
    const missing = rule.needs.map(kindsOf).filter((kinds) => !kinds.some(isShown));
    const verdict = blind ? 'undecided' : breachCount > 0 ? 'violated' : heldCount > 0 ? 'held' : 'undecided';
    return {
      rule: rule.id,
      verdict,
      breaches: blind ? 0 : breachCount,
      held: heldCount,
      undecided: undecidedCount,
      reasons,
      missing,
    };
  }
}
