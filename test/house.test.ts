// The rules of the house: who imports whom, what is absent, how large things are, that lists are complete. Every check names what breaks it.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../src/import/index.js';
import { RULES } from '../src/rules/index.js';
import { codeOf, exportsOf, importsOf, longFunctions, type Import } from './source-text.js';

const ROOT = new URL('../', import.meta.url).pathname;

interface SourceFile {
  /** From the project's root: `src/model/tri.ts`. */
  readonly path: string;
  readonly text: string;
  /** Without comments, and without what stands in strings. */
  readonly code: string;
  readonly imports: readonly Import[];
}

function filesOf(folder: string): SourceFile[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return names.sort().map((name) => {
    const path = `${folder}/${name}`;
    const text = readFileSync(join(ROOT, path), 'utf8');
    return { path, text, code: codeOf(text), imports: importsOf(text) };
  });
}

const SRC = filesOf('src');
const TESTS = filesOf('test');
const ALL = [...SRC, ...TESTS];

/** Who may import whom. A room is a folder of src/, or a file that stands alone there. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  ids: [],
  'bit-of': [],
  keep: [],
  'pci-name': [],
  'field-types': ['ids'],
  'kinds-gic': [],
  'kinds-pci': [],
  'kinds-vfio': [],
  kinds: ['field-types', 'kinds-gic', 'kinds-pci', 'kinds-vfio', 'ids'],
  event: ['field-types', 'kinds', 'ids'],
  finding: ['event', 'kinds', 'ids'],
  expectation: [],
  profiles: [],
  comparison: [],
  config: ['event', 'finding', 'kinds', 'ids', 'profiles'],
  import: ['event', 'field-types', 'kinds', 'ids', 'bit-of', 'keep'],
  order: ['event', 'kinds', 'ids', 'import'],
  model: ['event', 'kinds', 'ids', 'bit-of', 'keep'],
  rules: ['model', 'event', 'finding', 'kinds', 'ids'],
  lives: ['event', 'kinds', 'ids', 'model', 'pci-name'],
  state: ['analyze', 'model', 'event', 'kinds', 'ids', 'pci-name'],
  minimise: ['analyze', 'event', 'finding', 'rules', 'kinds', 'ids'],
  report: ['event', 'finding', 'expectation', 'comparison', 'lives', 'state', 'record', 'kinds', 'ids'],
  record: ['kinds'],
  analyze: ['event', 'finding', 'kinds', 'ids', 'import', 'order', 'model', 'rules'],
};
/** The same for imports of types alone. */
const MAY_IMPORT_TYPES: Readonly<Record<string, readonly string[]>> = { report: ['rules'] };
/** Rooms that join the others: everything but the command line and the public surface. */
const JOINERS = new Set(['commands', 'cli', 'index', 'write-schemas']);
const NOBODY_IMPORTS = new Set(['cli', 'index', 'write-schemas']);

const roomOf = (path: string): string => path.replace(/^src\//, '').replace(/\/.*|\.ts$/g, '');

/** The file that an import names; undefined for a package. */
const targetOf = (path: string, { from }: Import): string | undefined =>
  from.startsWith('.') ? normalize(join(dirname(path), from)).replace(/\.js$/, '.ts') : undefined;

/** Findings show events in the native forms: their writers are the one part of import/ that reports use. */
const NATIVE_WRITERS = new Set(['src/import/irq-write.ts', 'src/import/ndjson-write.ts']);

function breachesDirection(path: string, one: Import): boolean {
  const target = targetOf(path, one);
  const room = roomOf(path);
  const other = target === undefined ? room : roomOf(target);
  if (other === room || (room === 'report' && target !== undefined && NATIVE_WRITERS.has(target))) return false;
  if (NOBODY_IMPORTS.has(other)) return true;
  const allowed = [...(MAY_IMPORT[room] ?? []), ...(one.typesOnly ? (MAY_IMPORT_TYPES[room] ?? []) : [])];
  return !JOINERS.has(room) && !allowed.includes(other);
}

/** Where a pattern stands in the code: `path:line: text`. */
function places(files: readonly SourceFile[], pattern: RegExp): string[] {
  return files.flatMap(({ path, code }) =>
    code.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : [])),
  );
}

/** The rooms that may touch the outside world. */
const TOUCHES_WORLD = /^src\/(?:cli\.ts|write-schemas\.ts|commands\/|import\/(?:folder|open)\.ts)/;

describe('imports', () => {
  test('go from the rooms that know less to those that know more', () => {
    const breaches = SRC.flatMap(({ path, imports }) =>
      imports.filter((one) => breachesDirection(path, one)).map(({ from, typesOnly }) => `${path} imports ${typesOnly ? 'types of ' : ''}${from}`),
    );
    expect(breaches).toEqual([]);
  });

  test('every room has its line in the table of directions', () => {
    const unknown = SRC.map(({ path }) => roomOf(path)).filter((room) => MAY_IMPORT[room] === undefined && !JOINERS.has(room));
    expect([...new Set(unknown)]).toEqual([]);
  });

  test('of Node stand only where the outside world is touched', () => {
    const inner = SRC.filter(({ path }) => !TOUCHES_WORLD.test(path));
    expect(inner.flatMap(({ path, imports }) => imports.filter(({ from }) => from.startsWith('node:')).map(({ from }) => `${path} imports ${from}`))).toEqual([]);
  });
});

describe('what is absent', () => {
  const inner = SRC.filter(({ path }) => !TOUCHES_WORLD.test(path));

  test.each([
    ['the process', /\bprocess\s*[.?[]/],
    ['the console', /\bconsole\s*[.?[]/],
    ['a clock', /\b(?:Date\s*\.\s*now|new\s+Date\b|performance\s*\.|setTimeout|setInterval|setImmediate)/],
    ['randomness', /\b(?:Math\s*\.\s*random|crypto\s*\.)/],
  ])('%s is not touched inside', (_, pattern) => {
    expect(places(inner, pattern)).toEqual([]);
  });

  test('no default export and no `export *`', () => {
    expect(places(SRC, /^\s*export\s+(?:default\b|\*)/)).toEqual([]);
  });

  test('no type `any`', () => {
    expect(places(ALL, /^(?!.*\s\?\s).*(?:[:<|&]|=>)\s*any\b(?!\s*[=.(])|,\s*any\s*>|\bany\[\]/)).toEqual([]);
  });

  test('no cast but in ids.ts', () => {
    const files = SRC.filter(({ path }) => path !== 'src/ids.ts');
    const casts = places(files, /\bas\s+(?!const\b)[\w{[('"]/).filter((line) => !/:\s*(?:import|export)\b|^\S+ (?:type )?\w+ as \w+,?$/.test(line));
    expect(casts).toEqual([]);
  });

  // A hidden class for each such object (V8 11): see import/stamp.ts.
  test('no importer spreads anything into an event in front of a field', () => {
    expect(places(SRC.filter(({ path }) => path.startsWith('src/import/')), /\{\s*\.\.\.[^{}]*\bkind[:,]|\bkind: '[^{}]*\.\.\.[^,{}]+, \w/)).toEqual([]);
  });

  // What state/kept.ts makes a machine of has to be reached from outside its class.
  test('no # members in the model', () => {
    expect(places(SRC.filter(({ path }) => path.startsWith('src/model/')), /this\.#|^\s*(?:readonly )?#/)).toEqual([]);
  });

  test('no word for work that is left to do', () => {
    const left = ALL.filter(({ path }) => path !== 'test/house.test.ts').flatMap(({ path, text }) => (/\b(?:TODO|FIXME|XXX|HACK)\b/.test(text) ? [path] : []));
    expect(left).toEqual([]);
  });
});

describe('size and shape', () => {
  test('no file is longer than 250 lines, but for the list of rules', () => {
    const long = ALL.filter(({ path }) => path !== 'src/rules/index.ts').map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length })).filter(({ lines }) => lines > 250);
    expect(long.map(({ path, lines }) => `${path} has ${lines} lines`)).toEqual([]);
  });

  test('the first line of a file says what it is', () => {
    expect(ALL.filter(({ text }) => !/^(?:#!.*\n)?\/\/ \S/.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('no function is longer than 70 lines', () => {
    expect(SRC.flatMap(({ path, code }) => longFunctions(code, 70).map(({ line, lines }) => `${path}:${line} has ${lines} lines`))).toEqual([]);
  });
});

describe('lists', () => {
  const ruleFiles = SRC.filter(({ path, code }) => /^src\/rules\/[^/]+\//.test(path) && /^export const \w+: Rule = \{/m.test(code));
  const ruleIds = ruleFiles.map(({ path }) => path.replace(/^src\/rules\/|\.ts$/g, ''));
  const indexOf = (room: string): SourceFile | undefined => SRC.find(({ path }) => path === `src/${room}/index.ts`);

  test('every rule file is in rules/index.ts, sorted by id', () => {
    expect(RULES.map(({ id }) => id)).toEqual(ruleIds.sort());
  });

  test('a rule lies where its id says', () => {
    expect(ruleFiles.filter(({ path, text }) => !text.includes(`id: '${path.replace(/^src\/rules\/|\.ts$/g, '')}'`)).map(({ path }) => path)).toEqual([]);
  });

  test('every rule has its page and every page its rule', () => {
    const pages = readdirSync(join(ROOT, 'docs/rules'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));
    expect(pages.map((name) => name.replace(/\.md$/, '')).sort()).toEqual(ruleIds.sort());
  });

  test('every format is in import/index.ts', () => {
    const formats = SRC.filter(({ path }) => path.startsWith('src/import/')).flatMap(({ path, code }) =>
      [...code.matchAll(/^export const (\w+)(?:: \w*Format = | = \(.*\): \w*Format => )/gm)].map(([, name]) => `${path} ${name}`),
    );
    const listed = indexOf('import')?.imports.flatMap((one) => one.names.map((name) => `${targetOf('src/import/index.ts', one)} ${name}`));
    expect(formats.filter((format) => listed?.includes(format) !== true)).toEqual([]);
    expect(FORMATS).toHaveLength(formats.length);
  });

  test.each(['rules', 'import'])('the imports of %s/index.ts are sorted', (room) => {
    const paths = indexOf(room)?.imports.filter(({ typesOnly }) => !typesOnly).map(({ from }) => from) ?? [];
    expect(paths.length).toBeGreaterThan(0);
    expect(paths).toEqual([...paths].sort());
  });
});

describe('exports', () => {
  test('everything exported is read by another file', () => {
    const readers = [...ALL, ...filesOf('bench')];
    const read = new Set(readers.flatMap(({ path, imports }) => imports.flatMap((one) => one.names.map((name) => `${targetOf(path, one)} ${name}`))));
    const unread = [...SRC, ...TESTS]
      .filter(({ path }) => path !== 'src/index.ts')
      .flatMap(({ path, code }) => exportsOf(code).filter((name) => !read.has(`${path} ${name}`) && !read.has(`${path} *`)).map((name) => `${path} exports ${name}`));
    expect(unread).toEqual([]);
  });
});
