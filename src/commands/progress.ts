// A bar on standard error while a person waits: bytes, rate, time left.

import { grouped } from '../report/text.js';

const BAR = 24;
const PERIOD = 100;

const bytes = (n: number): string => (n < 1e6 ? `${grouped(Math.round(n / 1e3))} kB` : `${(n / 1e6).toFixed(1)} MB`);

/** `elapsed` in ms; `total` is unknown for pipes. Where `width` is too narrow the numbers stay and the bar goes. */
export function progressLine(read: number, total: number | undefined, elapsed: number, width: number): string {
  const rate = elapsed > 0 ? read / elapsed : 0;
  const speed = `${bytes(rate * 1000)}/s`;
  if (total === undefined || total === 0) return `${bytes(read)}  ${speed}`;
  const part = Math.min(1, read / total);
  const full = Math.round(part * BAR);
  const left = rate > 0 && part < 1 ? `  ${grouped(Math.ceil((total - read) / rate / 1000))} s left` : '';
  const bar = `[${'#'.repeat(full)}${' '.repeat(BAR - full)}] `;
  const numbers = `${Math.floor(part * 100)} %  ${bytes(read)} of ${bytes(total)}  ${speed}${left}`;
  return bar.length + numbers.length > width ? numbers : bar + numbers;
}

interface Bar {
  update(read: number, total: number | undefined): void;
  clear(): void;
}

const NO_BAR: Bar = { update: () => {}, clear: () => {} };

/** Draws on a terminal only, and only if `wanted`. */
export function progressBar(wanted: boolean): Bar {
  const { stderr } = process;
  if (!wanted || !stderr.isTTY) return NO_BAR;
  const begin = performance.now();
  let drawn = begin;
  return {
    update: (read, total) => {
      const now = performance.now();
      if (now - drawn < PERIOD) return;
      drawn = now;
      const width = (stderr.columns || 80) - 1;
      stderr.write(`\r\x1b[2K${progressLine(read, total, now - begin, width).slice(0, width)}`);
    },
    clear: () => {
      if (drawn !== begin) stderr.write('\r\x1b[2K');
    },
  };
}
