// What a QEMU log has told of the functions' INTx wires and of the levels of their lines: whose change a level shows.
// A device model that sets its wire has the line printed at once; a virtio function has QEMU's main loop set it some lines later
// (hw/virtio/virtio.c virtio_notify_irqfd, virtio_queue_guest_notifier_read), where a wire that is up already prints nothing.

import { Homes } from './intx-homes.js';
import { MainLoops } from './main-loops.js';
import type { PciFunction } from './pci-function.js';

/** What a thread does that may set a line. */
export interface Cause {
  /** Undefined for a write of a configuration space, which sets lines anew. */
  readonly fn: PciFunction | undefined;
  /** It asserts only if a level shows it. */
  readonly asserts: boolean;
  /** The main loop sets the wire some lines later; else the level comes at once. */
  readonly later: boolean;
  /** Its wire was low. */
  readonly isLow: boolean;
  /** GSIs that a write of a configuration space has set; it sets each once. */
  readonly set: Set<number>;
  readonly at: number;
}

interface Level {
  readonly gsi: number;
  readonly level: 0 | 1;
  readonly at: number;
}

export class Wires {
  readonly homes = new Homes();
  /** Functions whose main loop may still have to set the wire. */
  readonly loops = new MainLoops();
  /** Functions whose wires fall unseen while nobody shows it. */
  readonly secret = new Set<PciFunction>();
  /** Functions whose line has shown that they assert. */
  readonly raised = new Set<PciFunction>();
  /** Functions that have not asked for an interrupt since their line last showed one. */
  readonly settled = new Set<PciFunction>();
  readonly #levels = new Map<number, 0 | 1>();
  #dropped: { readonly gsi: number; readonly any: boolean } | undefined;

  lost(): void {
    for (const part of [this.homes, this.settled, this.raised, this.loops, this.#levels]) part.clear();
    this.#dropped = undefined;
  }

  /** The wire is low, and nothing is to raise it. */
  isLow(fn: PciFunction): boolean {
    return this.settled.has(fn) && !this.raised.has(fn);
  }

  /** The function may have asked for an interrupt. */
  asked(fn: PciFunction): void {
    this.settled.delete(fn);
    this.homes.asked(fn);
  }

  /** All that the function has asked for has come. */
  done(fn: PciFunction): void {
    this.settled.add(fn);
    this.loops.delete(fn);
  }

  /** A line was set to a level. */
  shows(gsi: number, level: 0 | 1): void {
    this.#levels.set(gsi, level);
  }

  /** The function whose wire set the line, if the line is known to be its own. */
  explains({ fn, asserts, later, isLow, at }: Cause, { gsi, level, at: now }: Level): PciFunction | undefined {
    if (fn?.intxDisabled !== false || fn.msixEnabled === true) return undefined;
    // A device model that calls the chipset prints nothing in between; the main loop may get to another function first.
    if (later ? this.loops.others(fn).some((other) => this.#mayMove(other, gsi)) : now !== at + 1) return undefined;
    // After a request that may have come through unseen, a line that stays high may be set by a read that lowers the wire.
    if (later && !isLow && this.#levels.get(gsi) !== 0) return undefined;
    const wasRaised = this.raised.has(fn);
    // A wire that rises makes its line high, and one that is up already does not rise.
    if (asserts && (level === 0 || (wasRaised && !this.secret.has(fn)))) return undefined;
    if (!asserts && level === 0 && wasRaised) return undefined;
    if (later) this.homes.suppose(fn, gsi);
    else this.homes.observe(fn, gsi);
    return this.homes.of(fn) === gsi ? fn : undefined;
  }

  /**
   * Functions whose wires may have fallen unseen, as a line is set for the wire of `by`. One that is up prints nothing as it is asked to rise again: what
   * comes behind that may be its fall, which a sharer hides.
   */
  fallen(gsi: number, by: PciFunction | 'stray' | undefined): PciFunction[] {
    if (by !== 'stray') return by !== undefined && this.secret.has(by) && this.raised.has(by) ? [by] : [];
    const own = [...this.secret].filter((fn) => this.homes.of(fn) === gsi);
    this.#dropped = { gsi, any: own.some((fn) => this.raised.delete(fn)) };
    return own;
  }

  /** Was a wire that falls unseen up before the line was last set for nothing that is known? */
  wasSecret(gsi: number): boolean {
    return this.#dropped?.gsi === gsi && this.#dropped.any;
  }

  #mayMove(fn: PciFunction, gsi: number): boolean {
    const home = this.homes.of(fn);
    return fn.intxDisabled !== true && fn.msixEnabled !== true && !this.raised.has(fn) && (home === undefined || home === gsi);
  }
}
