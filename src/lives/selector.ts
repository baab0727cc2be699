// What a person asks for: `gsi:10`, `pin:ioapic/10`, `msix:0000:00:04.0/2`, `vector:0x41@cpu1`, `intid:27`, `irqfd:9`, `intx:20`, `dev:0000:00:10.0`.
// Without its last part it means them all: `msix:0000:00:04.0`, `vector:0x41`.

import { withoutDomain } from '../pci-name.js';
import type { Life } from './life.js';

const FORM = /^(?:(?:gsi|irqfd):\d+|pin:\w+(?:\/\d+)?|msix:[^\s]+|vector:\d+(?:@cpu\d+)?|p?intid:\d+(?:@cpu\d+)?|intx:\w+|dev:\S+)$/;
/** How a right selector looks, for messages. */
export const SELECTORS = 'gsi:10, pin:ioapic/10, msix:0000:00:04.0/2, vector:0x41@cpu1, intid:27, pintid:27, irqfd:9, intx:20 or dev:0000:00:10.0';

export type Selector = (life: Life) => boolean;

/** The name of a thing with its numbers in decimal: `vector:0x41` is `vector:65`. */
export const plainName = (text: string): string => text.replace(/(?<=[:/@cpu])0x([0-9a-f]+)/gi, (_, digits: string) => String(Number.parseInt(digits, 16)));

/** Undefined for a text that is none. Numbers may be hexadecimal. */
export function parseSelector(text: string): Selector | undefined {
  const plain = plainName(text);
  if (!FORM.test(plain)) return undefined;
  const wanted = withoutDomain(plain);
  const parts = [`${wanted}@`, `${wanted}/`];
  const matches = (mark: string): boolean => mark === wanted || parts.some((part) => mark.startsWith(part));
  return ({ marks }) => marks.some((mark) => matches(withoutDomain(mark)));
}
