// A histogram in letters: one line per power of two of ns.

import { duration, grouped } from './text.js';

const WIDTH = 40;

/** `octaves`: `[exponent, count]`, ascending; gaps are drawn as empty lines. */
export function bars(octaves: readonly (readonly [number, number])[]): string[] {
  const counts = new Map(octaves);
  const most = Math.max(...counts.values());
  const first = octaves[0]?.[0] ?? 0;
  const last = octaves.at(-1)?.[0] ?? -1;
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const n = counts.get(first + i) ?? 0;
    const bar = n === 0 ? '' : '#'.repeat(Math.max(1, Math.round((n / most) * WIDTH)));
    return `${`< ${duration(2 ** (first + i + 1))}`.padStart(10)} ${bar.padEnd(WIDTH)} ${grouped(n)}`.trimEnd();
  });
}
