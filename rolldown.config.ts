// Puts the modules of the command line and what it always needs of others' into a few files: finding and loading some 500 takes Node longer than most
// checks. They lie beside those that the compiler wrote, where what is found by `import.meta.url` is found. The library stays as the compiler wrote it.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'rolldown';

/** Loaded by some runs only, from where npm put them. */
const LEFT_OUT = /^(zod|parquetjs-lite|hyparquet|hysnappy|@bokuweb|tinyglobby)/;

/** yargs draws its help before every command, and string-width's patterns for emoji take 0.1 s of it to be compiled: ours is in plain letters. */
const plainLetters: Plugin = {
  name: 'plain-letters',
  resolveId: (id, importer) => (id === 'string-width' && /[/\\](yargs|cliui|wrap-ansi)[/\\]/.test(importer ?? '') ? '\0plain-letters' : null),
  load: (id) => (id === '\0plain-letters' ? 'export default (text) => text.length' : null),
};

/** V8 reads a source of ASCII from half the bytes. */
const ascii: Plugin = {
  name: 'ascii',
  generateBundle: (_, files) => {
    for (const file of Object.values(files)) if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escaped);
  },
};

const escaped = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The licences of what is put in go along. */
const licences: Plugin = {
  name: 'licences',
  generateBundle(_, files) {
    const modules = Object.values(files).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
    const folders = new Set(modules.flatMap((id) => /^.*[/\\]node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/.exec(id) ?? []));
    const texts = [...folders].sort().map((folder) => `${folder.replace(/^.*node_modules[/\\]/, '')}\n\n${licenceIn(folder)}`);
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: texts.join('\n\n---\n\n') });
  },
};

function licenceIn(folder: string): string {
  const name = readdirSync(folder).find((file) => /^licen[cs]e/i.test(file));
  if (name === undefined) throw new Error(`${folder}: no licence`);
  return readFileSync(join(folder, name), 'utf8').trim();
}

const plugins = [plainLetters, ascii];
const common = { platform: 'node', external: LEFT_OUT } as const;

/** What replays and judges: every command needs most of it. */
const REPLAY = /dist[/\\](model|rules|order|analyze|import(?![/\\]parquet[/\\]))/;
// an entry that waits for its commands cannot be in a file that these import
const isEntry = (id: string): boolean => /dist[/\\]cli\.js$/.test(id);

export default defineConfig([
  {
    ...common,
    input: { cli: 'dist/cli.js' },
    plugins: [...plugins, licences],
    output: {
      dir: 'dist',
      comments: false,
      chunkFileNames: 'commands/[name]-[hash].js',
      codeSplitting: { groups: [{ name: 'start', tags: ['$initial'], test: (id) => !isEntry(id) }, { name: 'replay', test: REPLAY }] },
    },
  },
  { ...common, plugins, input: 'dist/commands/judge-worker.js', output: { dir: 'dist/commands', comments: false, chunkFileNames: 'judge-[name]-[hash].js' } },
]);
