// The schemas on disk are the ones the code states.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KINDS } from '../src/kinds.js';
import { schemaFiles } from '../src/write-schemas.js';

const FOLDER = new URL('../schemas/', import.meta.url);

test.each(schemaFiles())('schemas/$file is up to date (run `npm run build` if not)', ({ file, text }) => {
  expect(readFileSync(new URL(file, FOLDER), 'utf8')).toBe(text);
});

test('schemas/ holds nothing else', () => {
  expect(readdirSync(FOLDER).sort()).toEqual(schemaFiles().map(({ file }) => file).sort());
});

test('the event schema has one variant per kind', () => {
  const event = schemaFiles().find(({ file }) => file === 'event.schema.json');
  const kinds = [...(event?.text.matchAll(/"const": "(\w+\.[\w.]+)"/g) ?? [])].map(([, kind]) => kind);
  expect(kinds.sort()).toEqual(Object.keys(KINDS).sort());
});
