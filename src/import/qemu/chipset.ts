// Which lines of x86_gsi_interrupt show PCI wires. ICH9 sets one of its GSIs from 16 on, and then once more the 8259 pin that its PIRQ goes to
// (hw/isa/lpc_ich9.c); PIIX sets the pin alone (hw/isa/piix3.c): there a level above is an HPET's, whatever its guest was allowed, or virtio-mmio's.

import type { Journal } from '../kvm/journal.js';
import { FIRST_HIGH } from './open-levels.js';

const WHOLE = ['intx.assert', 'intx.deassert', 'intx.line'] as const;
const BRIDGES: Readonly<Record<string, 'PIIX' | 'ICH9'>> = { i440FX: 'PIIX', PIIX3: 'PIIX', PIIX4: 'PIIX', mch: 'ICH9', 'ICH9-LPC': 'ICH9' };

export class Chipset {
  readonly #journal: Journal;
  #is: 'PIIX' | 'ICH9' | undefined;
  #declared = false;
  #high = false;
  /** The thread that has a PIIX set its lines anew. */
  #router: number | undefined;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** A function of the machine is named. */
  names(device: string): void {
    if (this.#is !== undefined) return;
    const is = BRIDGES[device];
    if (is !== undefined) this.#know(is);
  }

  /** The level is a PCI function's for sure. */
  proves(gsi: number): void {
    if (gsi >= FIRST_HIGH && this.#is === undefined) this.#know('ICH9');
  }

  /** Does the level show PCI wires? Of those that come twice the first does. */
  shows(gsi: number): boolean {
    return gsi < FIRST_HIGH ? !this.#high : this.#is !== 'PIIX';
  }

  /** Is it the first from which on lines below are taken for echoes? While the chipset is not known, it may be of another device, and they the wires' own. */
  rises(gsi: number): boolean {
    if (!this.#declared) this.#journal.say({ kind: 'meta.cfg', lineEcho: 1 });
    if (!this.#declared) this.#cover('full');
    this.#declared = true;
    if (gsi < FIRST_HIGH || this.#high) return false;
    this.#high = true;
    if (this.#is === undefined) this.#cover('partial');
    return true;
  }

  /**
   * PIIX's router moves wires to other lines, which it sets next. Nothing is known of them meanwhile, nor of any wire that has not shown its line since.
   * False if no line has been shown.
   */
  moves(): boolean {
    if (!this.#declared) return false;
    this.#router = this.#journal.tid;
    this.#say('intx.line', 'partial');
    return true;
  }

  /** The thread at hand turns to something else. */
  turn(): void {
    if (this.#router !== this.#journal.tid) return;
    this.#router = undefined;
    this.#say('intx.line', 'full');
  }

  #know(is: 'PIIX' | 'ICH9'): void {
    this.#is = is;
    if (!this.#high) return;
    // What was left out as an echo was none, and what the wires have done is not known.
    if (is === 'PIIX') this.#high = false;
    else this.#cover('full');
  }

  #cover(cover: 'full' | 'partial'): void {
    for (const chan of WHOLE) this.#say(chan, cover);
  }

  #say(chan: (typeof WHOLE)[number], cover: 'full' | 'partial'): void {
    this.#journal.say({ kind: 'meta.chan', chan, cover });
  }
}
