// One 8259 against a plain two-valued one, written from the data sheet's fully nested mode and QEMU's pic_get_irq: from reset the model knows
// everything and agrees, from an unknown start it never contradicts.

import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/event.js';
import { parseIrq } from '../../src/import/irq.js';
import { Context } from '../../src/model/context.js';
import { PicChip } from '../../src/model/pic-chip.js';
import { F, T } from '../../src/model/tri.js';

const BY: Event = (() => {
  const [event] = parseIrq('pic.eoi pin=ns', 'test').events;
  if (event === undefined) throw new Error('no event');
  return event;
})();
const ALL = 0xff;

/** A chip whose every bit is known. */
class Plain {
  irr = 0;
  isr = 0;
  imr = 0;
  elcr = 0;
  line = 0;
  prio = 0;
  aeoi = false;
  raeoi = false;

  /** The pin that wants to interrupt, -1 for none. */
  wanted(): number {
    for (let rank = 0; rank < 8; rank++) {
      const pin = (rank + this.prio) & 7;
      if (((this.isr >> pin) & 1) === 1) return -1;
      if (((this.irr & ~this.imr) >> pin) & 1) return pin;
    }
    return -1;
  }

  input(pin: number, level: number): void {
    const mask = 1 << pin;
    const rises = level === 1 && (this.line & mask) === 0;
    this.line = level === 1 ? this.line | mask : this.line & ~mask;
    if ((this.elcr & mask) !== 0) this.irr = level === 1 ? this.irr | mask : this.irr & ~mask;
    else if (rises) this.irr |= mask;
  }

  acknowledge(): number {
    const pin = this.wanted();
    if (pin < 0) return 7;
    if (!this.aeoi) this.isr |= 1 << pin;
    else if (this.raeoi) this.prio = (pin + 1) & 7;
    if (((this.elcr >> pin) & 1) === 0) this.irr &= ~(1 << pin);
    return pin;
  }

  end(rotate: boolean): void {
    for (let rank = 0; rank < 8; rank++) {
      const pin = (rank + this.prio) & 7;
      if (((this.isr >> pin) & 1) === 0) continue;
      this.isr &= ~(1 << pin);
      if (rotate) this.prio = (pin + 1) & 7;
      return;
    }
  }
}

type Step = readonly [what: 'in' | 'imr' | 'inta' | 'eoi' | 'seoi' | 'prio' | 'elcr' | 'raeoi', a: number, b: number];
const steps = fc.array(
  fc.tuple(fc.constantFrom('in', 'in', 'in', 'inta', 'inta', 'imr', 'eoi', 'seoi', 'prio', 'elcr', 'raeoi'), fc.nat(7), fc.nat(1)),
  { maxLength: 60 },
);

/** Does a step to both. */
function go(plain: Plain, chip: PicChip, [what, a, b]: Step): void {
  const one = b === 1;
  if (what === 'in') {
    plain.input(a, b);
    chip.input(a, one ? 1 : 0, BY);
  } else if (what === 'imr') {
    plain.imr = (a * 0x25) & ALL;
    chip.mask(plain.imr, BY);
  } else if (what === 'inta') chip.acknowledge(plain.acknowledge(), BY);
  else if (what === 'eoi') {
    plain.end(one);
    chip.endHighest(one, true, BY);
  } else if (what === 'seoi') {
    plain.isr &= ~(1 << a);
    if (one) plain.prio = (a + 1) & 7;
    chip.endSpecific(a, one, BY);
  } else if (what === 'prio') {
    plain.prio = a;
    chip.prio = a;
  } else if (what === 'elcr') {
    plain.elcr = (a << 5) & 0xf8;
    chip.setTriggers(a << 5, BY);
  } else {
    plain.raeoi = one;
    chip.raeoi = one ? T : F;
  }
}

describe.each([['in fully nested mode', false], ['with automatic EOI', true]] as const)('%s', (_, aeoi) => {
  test('from reset it knows all and agrees', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const plain = new Plain();
        const chip = new PicChip(0, new Context());
        chip.begin(true);
        plain.aeoi = aeoi;
        chip.aeoi = aeoi ? T : F;
        for (const step of all) {
          go(plain, chip, step);
          expect([chip.irr.must, chip.irr.may, chip.isr.must, chip.isr.may, chip.prio]).toEqual([plain.irr, plain.irr, plain.isr, plain.isr, plain.prio]);
          expect(chip.requests()).toBe(plain.wanted() < 0 ? F : T);
        }
      }),
      { seed: 8259, numRuns: 400 },
    );
  });

  test('from an unknown start it never contradicts', () => {
    fc.assert(
      fc.property(steps, fc.nat(59), (all, cut) => {
        const plain = new Plain();
        plain.aeoi = aeoi;
        const ignored = new PicChip(0, new Context());
        for (const step of all.slice(0, cut)) go(plain, ignored, step);
        const chip = new PicChip(0, new Context());
        chip.begin(false);
        for (const step of all.slice(cut)) {
          if (step[0] === 'inta' && plain.wanted() >= 0) {
            const wanted = plain.wanted();
            expect([chip.takes(wanted) !== F, chip.blocked(wanted) !== T, chip.outranked(wanted) !== T]).toEqual([true, true, true]);
          }
          go(plain, chip, step);
          expect([chip.irr.contradicts(plain.irr), chip.isr.contradicts(plain.isr), chip.imr.contradicts(plain.imr)]).toEqual([0, 0, 0]);
          expect(chip.prio ?? plain.prio).toBe(plain.prio);
          expect(chip.requests()).not.toBe(plain.wanted() < 0 ? T : F);
        }
      }),
      { seed: 8259, numRuns: 400 },
    );
  });
});
