// At which distance between two clocks do most things fit? Each thing fits in intervals of distances; a sweep over their ends counts.

/** At the distances from `from` to `to` the thing `item` fits. */
export interface Fit {
  readonly item: number;
  readonly from: number;
  readonly to: number;
}

export interface Peak {
  /** Distance from which on so many fit. */
  readonly at: number;
  /** How many different things fit. */
  readonly items: number;
}

const NONE: Peak = { at: 0, items: 0 };

/** The number of things that fit, wherever it rises. `items` are numbered from 0. */
export function peaks(fits: readonly Fit[], items: number): Peak[] {
  const found: Peak[] = [];
  sweep(fits, items, (at, count, step) => void (step === 1 && found.push({ at, items: count })));
  return found;
}

export const highestOf = (all: readonly Peak[]): Peak => all.reduce((best, peak) => (peak.items > best.items ? peak : best), NONE);

/** How many fit best at any distance further than `neighbourhood` from the highest. */
export function rivalOf(all: readonly Peak[], highest: Peak, neighbourhood: number): number {
  return all.reduce((most, { at, items }) => (Math.abs(at - highest.at) > neighbourhood && items > most ? items : most), 0);
}

/** How many different things fit at a distance. */
export const fittingAt = (fits: readonly Fit[], at: number): number => new Set(fits.filter(({ from, to }) => from <= at && at <= to).map(({ item }) => item)).size;

/** The distances around `at` at which at least `least` things fit without a break. */
export function plateau(fits: readonly Fit[], items: number, at: number, least: number): { readonly from: number; readonly to: number } {
  let from = at;
  let to = at;
  let open: number | undefined;
  sweep(fits, items, (place, count) => {
    if (count >= least) open ??= place;
    else if (open !== undefined) {
      if (open <= at && place >= at) [from, to] = [open, place];
      open = undefined;
    }
  });
  return { from, to };
}

/** Tells each change of the number of things that fit. */
function sweep(fits: readonly Fit[], items: number, onChange: (at: number, count: number, step: 1 | -1) => void): void {
  const edges = fits.flatMap(({ item, from, to }) => [{ at: from, item, step: 1 as const }, { at: to, item, step: -1 as const }]);
  edges.sort((a, b) => a.at - b.at || b.step - a.step);
  const open = Array.from({ length: items }, () => 0);
  let count = 0;
  for (const { at, item, step } of edges) {
    const before = open[item] ?? 0;
    open[item] = before + step;
    if (step === 1 && before === 0) onChange(at, ++count, 1);
    if (step === -1 && before === 1) onChange(at, --count, -1);
  }
}
