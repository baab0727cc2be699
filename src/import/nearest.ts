// The names nearest to a misspelt one, by edit distance (Levenshtein), for error messages; and names that damage has made of others.

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The name of `known` that `name` differs from in one letter, as a wrong byte makes it. */
export function slipOf(name: string, known: Iterable<string>): string | undefined {
  for (const other of known) {
    if (other.length !== name.length) continue;
    let wrong = 0;
    for (let i = 0; i < name.length && wrong < 2; i++) if (name[i] !== other[i]) wrong++;
    if (wrong === 1) return other;
  }
  return undefined;
}

/** ` (nearest: a, b)` with at most three names of `known`, nearest first; empty if none is alike. */
export function nearestHint(wanted: string, known: Iterable<string>): string {
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  const names = [...known]
    .map((name) => ({ name, far: distance(wanted.slice(0, 64), name) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
  return names.length > 0 ? ` (nearest: ${names.join(', ')})` : '';
}
