// Delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002): deterministic, 1-minimal.

/** True if what is left still shows what is wanted. */
export type Shows<T> = (left: readonly T[]) => boolean;

/**
 * The atoms without which `shows` fails: removing any single one of the result makes it fail. `shows(atoms)` must be true.
 * The order of the atoms is kept.
 */
export function ddmin<T>(atoms: readonly T[], shows: Shows<T>): readonly T[] {
  let left = atoms;
  let parts = 2;
  while (left.length > 1) {
    const smaller = removePart(left, Math.min(parts, left.length), shows);
    if (smaller !== undefined) {
      left = smaller;
      parts = Math.max(2, parts - 1);
    } else if (parts >= left.length) return left;
    else parts = Math.min(left.length, parts * 2);
  }
  return left.length === 1 && shows([]) ? [] : left;
}

/** Neighbours that can be left out only together, such as a take and its end: runs of so many. */
const LONGEST_RUN = 6;

/** Without the first run of neighbours that is not needed, or undefined: each alone was. */
export function withoutRun<T>(atoms: readonly T[], shows: Shows<T>): readonly T[] | undefined {
  for (let size = 2; size <= Math.min(LONGEST_RUN, atoms.length - 1); size++) {
    for (let from = 0; from + size <= atoms.length; from++) {
      const rest = atoms.toSpliced(from, size);
      if (shows(rest)) return rest;
    }
  }
  return undefined;
}

/** Without one of so many equal parts, the last first: what led to a breach is mostly near it. */
function removePart<T>(atoms: readonly T[], parts: number, shows: Shows<T>): readonly T[] | undefined {
  const size = Math.ceil(atoms.length / parts);
  for (let from = 0; from < atoms.length; from += size) {
    const rest = [...atoms.slice(0, from), ...atoms.slice(from + size)];
    if (rest.length > 0 && shows(rest)) return rest;
  }
  return undefined;
}
