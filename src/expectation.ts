// What a recording is expected to show: `rule entity` lines of a sidecar file, or the marks of a litmus file; and how what it shows differs.

/** Of a sidecar, `<recording>.expect`. */
export interface Expectation {
  /** `rule entity`, sorted; what is not here must not be found. */
  readonly findings: readonly string[];
  /** Further streams of the run, as named: `with ioctl.jsonl`. */
  readonly streams: readonly string[];
  /** Clocks of these files that are not the common one, as `--offset` has them: `offset qemu.log=-1.5s~100us`. */
  readonly offsets: readonly string[];
  /** The one of several virtual machines, as `--vm` names it: `vm 155`. */
  readonly vm: string | undefined;
  /** Facts for `--set`: `set stormN=200`. */
  readonly settings: readonly string[];
  /** Words of the message with which it must be refused: `refused run trace-cmd report without -R`. */
  readonly refused: string | undefined;
  /** Its comment lines, which say why. */
  readonly notes: readonly string[];
}

export interface Difference {
  /** Expected and not found; found and not expected. Sorted. */
  readonly missing: readonly string[];
  readonly surplus: readonly string[];
}

export const NOTHING_EXPECTED: Expectation = { findings: [], streams: [], offsets: [], vm: undefined, settings: [], refused: undefined, notes: [] };

const FINDING = /^[a-z0-9]+\/[a-z0-9-]+ \S/;

/** A sidecar that cannot be read: says the line, what was found and what was expected. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
  constructor(file: string, line: number, found: string) {
    super(`${file}:${line}: found ${JSON.stringify(found.slice(0, 120))}, expected "rule entity", "none", "with FILE", "offset FILE=TIME", "vm NAME", "set KEY=VALUE" or "refused WORDS"`);
  }
}

/** `#` begins a comment line. */
export function parseExpectation(text: string, file: string): Expectation {
  const findings: string[] = [];
  const streams: string[] = [];
  const offsets: string[] = [];
  const settings: string[] = [];
  const notes: string[] = [];
  let vm: string | undefined;
  let refused: string | undefined;
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.trim();
    if (line.startsWith('#')) notes.push(line);
    if (line === '' || line.startsWith('#') || line === 'none') continue;
    const [, word, rest = ''] = /^(with|offset|vm|set|refused) +(.+)$/.exec(line) ?? [];
    if (word === 'with') streams.push(rest);
    else if (word === 'offset') offsets.push(rest);
    else if (word === 'vm') vm = rest;
    else if (word === 'set') settings.push(rest);
    else if (word === 'refused') refused = rest;
    else if (FINDING.test(line)) findings.push(line);
    else throw new ExpectationError(file, i + 1, line);
  }
  return { findings: findings.sort(), streams, offsets, vm, settings, refused, notes };
}

/** The text of a sidecar that expects `findings` and keeps the rest. */
export function formatExpectation({ findings, streams, offsets, vm, settings, notes }: Expectation): string {
  const facts = { with: streams, offset: offsets, vm: vm === undefined ? [] : [vm], set: settings };
  const told = Object.entries(facts).flatMap(([word, values]) => values.map((value) => `${word} ${value}`));
  const lines = [...notes, ...told, ...(findings.length === 0 ? ['none'] : findings)];
  return lines.map((line) => `${line}\n`).join('');
}

export function difference(expected: readonly string[], found: readonly string[]): Difference {
  const wanted = new Set(expected);
  const seen = new Set(found);
  return {
    missing: [...wanted].filter((each) => !seen.has(each)).sort(),
    surplus: [...seen].filter((each) => !wanted.has(each)).sort(),
  };
}
