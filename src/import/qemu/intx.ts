// INTx wires and lines of an x86 machine. A function that changes its wire prints nothing of it, but each change has the chipset set its GSI anew:
// `x86_gsi_interrupt` with the level of the whole line, also where that stays (QEMU hw/pci/pci.c pci_change_irq_level, hw/isa/lpc_ich9.c, hw/isa/piix3.c).
// Whose change it was follows from what the thread did just before, or, for a read that lowers the wire, does next. A level that nothing explains is
// a stray: some function that is not recorded has changed its wire.

import type { EventOf } from '../../event.js';
import type { Journal } from '../kvm/journal.js';
import { Chipset } from './chipset.js';
import { Tellers } from './intx-tellers.js';
import { Wires, type Cause } from './intx-wires.js';
import { OpenLevels, type Line } from './open-levels.js';
import type { PciFunction } from './pci-function.js';

export class IntxLines {
  readonly #journal: Journal;
  readonly #causes = new Map<number, Cause>();
  /** Levels that the thread's next read may yet explain. */
  readonly #open = new OpenLevels();
  readonly #wires = new Wires();
  readonly #tellers = new Tellers();
  /** Threads whose levels have been seen in full since they began what they do. */
  readonly #whole = new Set<number>();
  /** Functions that have since taken a level for their own rise, which a read of another's may have set. */
  readonly #taken = new Map<number, PciFunction | 'several'>();
  /** Threads that some function which is not known has had set its line: what they set since may be of it, or of a read. */
  readonly #doubtful = new Set<number>();
  readonly chipset: Chipset;

  constructor(journal: Journal) {
    this.#journal = journal;
    this.chipset = new Chipset(journal);
  }

  /** The thread at hand turns to something else. */
  turn(): void {
    const { tid } = this.#journal;
    this.chipset.turn();
    if (this.#causes.size > 0) this.#causes.delete(tid);
    this.#open.turn(tid);
    if (this.#taken.size > 0) this.#taken.delete(tid);
    if (this.#doubtful.size > 0) this.#doubtful.delete(tid);
    this.#whole.add(tid);
  }

  /** Levels that are to be held back, as their explanation may come soon. */
  recent(): Line[] {
    return this.#open.recent(this.#journal.line, (tid) => this.#whole.delete(tid));
  }

  /** Nothing comes that could explain anything. */
  end(): void {
    this.#open.clear();
  }

  lost(): void {
    this.#causes.clear();
    this.#open.clear();
    this.#wires.lost();
    this.#whole.clear();
    this.#taken.clear();
    this.#doubtful.clear();
  }

  /** QEMU's main loop serves an access, a test program's; a read of this function's prints what it sets before itself. */
  served(reader?: PciFunction): void {
    for (const fn of this.#wires.loops.served(this.#journal.tid)) {
      const home = this.#wires.homes.of(fn);
      // Which of the lines before the read are its own is not known.
      if (fn.msixEnabled === true || this.#wires.raised.has(fn) || (fn === reader && home === undefined)) continue;
      const event: EventOf<'intx.assert'> = this.#journal.event({ kind: 'intx.assert', fn: fn.name });
      const set = fn === reader ? this.#open.setOf(this.#journal.tid, home) : undefined;
      if (set === undefined) this.#journal.tell(event);
      else this.#journal.tellBefore(set, event);
    }
  }

  /** A configuration space is being written in a way that may set lines. */
  configures(): void {
    this.#cause(undefined, {});
  }

  /** The function sets its wire; what it prints next is its line. */
  sets(fn: PciFunction, level: 0 | 1): void {
    this.#tellers.add(fn);
    this.#set(fn, level);
  }

  #set(fn: PciFunction, level: 0 | 1): void {
    this.#wire(fn, level);
    const changes = this.#wires.raised.has(fn) !== (level === 1);
    if (level === 1) this.#wires.raised.add(fn);
    else this.#wires.raised.delete(fn);
    if (changes) this.#cause(fn, {});
    else this.turn();
  }

  /** The function may assert; that it does shows in its line. */
  mayAssert(fn: PciFunction): void {
    this.doubts(fn);
    this.#cause(fn, { asserts: true });
  }

  /** As `mayAssert`, later: the wire is set by the main loop, whose thread this is if it serves the guest's accesses, too. */
  willAssert(fn: PciFunction): void {
    const { tid } = this.#journal;
    const standing = this.#causes.get(tid);
    const isLow = this.#wires.isLow(fn) || (standing?.fn === fn && standing.isLow);
    this.doubts(fn);
    this.#cause(fn, { asserts: true, later: true, isLow });
    if (fn.msixEnabled !== true) this.#wires.loops.wait(fn, tid);
  }

  /** As `mayAssert`, for a model that lowers its wire without a word. */
  mayPulse(fn: PciFunction): void {
    this.#wires.secret.add(fn);
    this.mayAssert(fn);
  }

  /** One of the functions, or another that is not known, sets its wire. */
  someSets(functions: readonly PciFunction[], ...levels: readonly (0 | 1)[]): void {
    this.turn();
    this.#doubtful.add(this.#journal.tid);
    for (const fn of functions) {
      this.#wires.asked(fn);
      for (const level of levels) this.#maybe(fn, level);
    }
  }

  /** A reset, or messages in its place, lower the wire. */
  releases(fn: PciFunction): void {
    this.#wires.raised.delete(fn);
    this.#wires.loops.delete(fn);
  }

  /** As `releases`, where nothing else has told of it. */
  fallen(fn: PciFunction): void {
    if (this.#wires.raised.has(fn)) this.#wire(fn, 0);
    this.releases(fn);
  }

  /** The function may have been asked to assert, now or later. */
  doubts(fn: PciFunction): void {
    this.#tellers.add(fn);
    this.#wires.asked(fn);
    this.#maybe(fn, 1);
  }

  /** The function is reset by its driver. */
  resets(fn: PciFunction): void {
    this.#wires.settled.add(fn);
    this.#wires.loops.delete(fn);
    this.#set(fn, 0);
  }

  /** The function still does what it printed before; its line comes behind this. */
  goesOn(fn: PciFunction): void {
    const { tid, line } = this.#journal;
    const cause = this.#causes.get(tid);
    if (cause?.fn === fn) this.#causes.set(tid, { ...cause, at: line });
  }

  /** Command is written, or Status read: behind Interrupt Disable a wire may have moved with no line set. */
  mayHide(fn: PciFunction): void {
    // Without a line of its model a wire may also have fallen behind a sharer that keeps the line high.
    if (this.#wires.secret.has(fn) || !this.#tellers.has(fn)) this.#maybe(fn, 0);
    // A virtio function says nothing of a change of its configuration.
    if (fn.intxDisabled !== false && (fn.device.startsWith('virtio') || !this.#tellers.has(fn))) this.#maybe(fn, 1);
  }

  /** The function has lowered its wire within the read at hand, whose lines stand before it; one that had `asked` for nothing has had none. */
  lowered(fn: PciFunction, asked: boolean): void {
    if (!asked) this.#open.turn(this.#journal.tid);
    const wasRaised = this.#wires.raised.delete(fn);
    const { tid } = this.#journal;
    // Behind Interrupt Disable a wire sets no line.
    const last = fn.intxDisabled === true ? undefined : this.#open.last(tid);
    // If it stays high, another function may just have raised its wire as well.
    const isOwn = wasRaised || (last?.stray === 1 && last.level === 0 && !this.#doubtful.has(tid) && !this.#wires.wasSecret(Number(last.line)));
    if (isOwn && this.#whole.has(tid) && !this.#doubtful.has(tid)) this.chipset.proves(Number(last?.line));
    if (last?.stray === 1 && isOwn && this.#whole.has(tid)) this.#wires.homes.observe(fn, Number(last.line));
    if (this.#wires.loops.answered(fn) || this.#wires.homes.isSupposed(fn)) this.#wires.done(fn);
    const own = (isOwn || last?.stray === 1) && last?.line === String(this.#wires.homes.of(fn)) ? last : undefined;
    const event: EventOf<'intx.deassert'> = this.#journal.event({ kind: 'intx.deassert', fn: fn.name });
    if (own !== undefined) {
      this.#journal.tellBefore(own, event);
      if (isOwn) Object.assign(own, { by: fn.name, stray: undefined });
    } else if (!wasRaised || fn.intxDisabled === true) this.#journal.tell(event);
    else if (this.#mustShow(fn)) this.#wires.raised.add(fn);
    else this.#maybe(fn, 0);
    // What the main loop has not seen to yet raises the wire again.
    if (!this.#wires.settled.has(fn)) this.#maybe(fn, 1);
  }

  /** Is a fall of the raised wire in the read at hand sure to have set the line? */
  #mustShow(fn: PciFunction): boolean {
    const { tid } = this.#journal;
    const taker = this.#taken.get(tid) ?? fn;
    return taker === fn && this.#whole.has(tid) && fn.intxDisabled === false && fn.msixEnabled !== true && this.#wires.homes.of(fn) !== undefined;
  }

  /** x86_gsi_interrupt. */
  line(gsi: number, level: 0 | 1): void {
    if (!this.chipset.shows(gsi)) return;
    // What was taken for a line was its echo.
    if (this.chipset.rises(gsi)) this.rerouted();
    const { tid } = this.#journal;
    const cause = this.#causes.get(tid);
    const by = cause === undefined ? undefined : this.#wires.explains(cause, { gsi, level, at: this.#journal.line });
    // A device model prints its line at once; before the main loop comes to it, it may have had another do so.
    if (by !== undefined && cause?.later === false) this.chipset.proves(gsi);
    this.#wires.shows(gsi, level);
    const explained = by !== undefined || (cause !== undefined && cause.fn === undefined && !cause.set.has(gsi));
    const fallen = this.#wires.fallen(gsi, explained ? by : 'stray');
    cause?.set.add(gsi);
    if (by !== undefined && cause?.asserts === true) {
      this.#wires.done(by);
      this.#wires.raised.add(by);
      this.#taken.set(tid, (this.#taken.get(tid) ?? by) === by ? by : 'several');
      this.#wire(by, 1);
    }
    const event: Line = this.#journal.event({ kind: 'intx.line', line: String(gsi), level, by: by?.name, stray: explained ? undefined : 1 });
    this.#journal.tell(event);
    if (by === undefined) this.#open.add(tid, event);
    for (const fn of fallen) this.#maybe(fn, 0);
    // A change of one wire sets one line.
    if (by !== undefined) this.#causes.delete(tid);
  }

  /** The router sends the pins elsewhere from now on: whose line is whose has to be seen anew, and was not. */
  rerouted(): void {
    if (this.#wires.homes.any) this.#journal.say({ kind: 'meta.chan', chan: 'intx.line', cover: 'partial' });
  }

  #cause(fn: PciFunction | undefined, { asserts = false, later = false, isLow = false }): void {
    const { tid, line } = this.#journal;
    this.#open.turn(tid);
    this.#causes.set(tid, { fn, asserts, later, isLow, set: new Set(), at: line });
  }

  #wire({ name: fn }: PciFunction, level: 0 | 1): void {
    this.#journal.say({ kind: level === 1 ? 'intx.assert' : 'intx.deassert', fn });
  }

  #maybe({ name: fn }: PciFunction, level: 0 | 1): void {
    this.#journal.say({ kind: 'intx.maybe', fn, level });
  }
}
