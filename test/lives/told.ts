// The lives of a litmus text, in the order of their beginnings, and one of them in a line.

import { parseIrq } from '../../src/import/irq.js';
import type { Life } from '../../src/lives/life.js';
import { Lives } from '../../src/lives/lives.js';

export function livesOf(text: string): Life[] {
  const over: Life[] = [];
  const lives = new Lives((life) => void over.push(life));
  lives.feed(parseIrq(text, 'test').events);
  lives.end();
  return over.sort((a, b) => a.id - b.id);
}

export const told = (life: Life | undefined): string => `${life?.fate}: ${life?.hops.map(({ name }) => name).join(' ')}`;
