// Build step: writes the JSON Schemas (draft 2020-12) that others validate our output with, and the page of the Parquet columns. Not part of the library.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Config } from './config.js';
import { EventRecord } from './event.js';
import { COLUMNS, HEADER_KEY, type Column } from './import/parquet/columns.js';
import { Info, Report } from './report/json-schema.js';

interface SchemaFile {
  /** Name in schemas/. */
  readonly file: string;
  readonly title: string;
  readonly description: string;
  readonly schema: z.ZodType;
}

const SCHEMAS: readonly SchemaFile[] = [
  {
    file: 'event.schema.json',
    title: 'irqreplay event',
    description:
      'One event of a recording: a line of the NDJSON form. The first line is a header, {"irqreplay":1}; it may have "base", the absolute time of the first event in ns as text, "clock", the unit of the recorder\'s times (seconds, integer, ns or none), and "streams", the recordings that "src" names, as {"file","recorder"}. 64-bit numbers are hexadecimal text.',
    schema: EventRecord,
  },
  {
    file: 'report.schema.json',
    title: 'irqreplay report',
    description: 'What `irqreplay check --format json` prints. Its events are described in event.schema.json.',
    schema: Report,
  },
  {
    file: 'info.schema.json',
    title: 'irqreplay info',
    description: 'What `irqreplay info --format json` prints: an element per file.',
    schema: Info,
  },
  {
    file: 'config.schema.json',
    title: 'irqreplay configuration',
    description: 'irqreplay.config.json: severities, exit code, facts about the machine, and findings that are known.',
    schema: Config,
  },
];

const PHYSICAL: Readonly<Record<Column['storage'], string>> = { integer: 'INT64', text: 'BYTE_ARRAY (UTF8)', hex: 'BYTE_ARRAY (UTF8), `0x` and hexadecimal digits' };

const PARQUET_PAGE = `# The Parquet form

Written by \`npm run build\` from src/kinds.ts. One row per event in the order of replay; a column a row has no value for is null. Groups have 24,576 rows, fewer where texts are long.

- The metadata have \`${HEADER_KEY}\`: base and clock of the times and the recordings, as the first record of the NDJSON form has them.
- Unsigned 64-bit numbers are text; DuckDB computes with \`addr::UBIGINT\`. All other integers are below 2^53.
- A reader may leave out rows (\`WHERE gsi = 24\`): the gap in \`seq\` then tells that events are missing, and a check takes them as lost. So \`seq\` and \`kind\` must be there, and rows stay in the order of \`seq\`.
- To keep the base of the times in DuckDB, copy the metadata: \`COPY (...) TO 'b.parquet' (KV_METADATA {${HEADER_KEY}: '...'})\`; \`parquet_kv_metadata('a.parquet')\` has the text.
- Files of other writers are read: PLAIN and dictionary encodings, not packed or by SNAPPY, ZSTD or GZIP (of DuckDB all but \`PARQUET_VERSION v2\`), INT32 for INT64, at most 1,048,576 rows a group. A column that is absent is null in every row, columns that are not below are passed over. An unknown kind, a value out of range, or one that a row's kind has no field for ends the reading with its row.

| column | type | null | what it holds |
|---|---|---|---|
${COLUMNS.map(({ name, storage, required, about }) => `| ${name} | ${PHYSICAL[storage]} | ${required ? 'never' : 'yes'} | ${about} |`).join('\n')}
`;

/** Name and text of every file in schemas/. */
export function schemaFiles(): { file: string; text: string }[] {
  const registry = z.registry<{ id: string }>();
  for (const { file, schema } of SCHEMAS) registry.add(schema, { id: file });
  // a schema that another one holds becomes a reference to its file, beside the other in schemas/
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (file) => file });
  const json = SCHEMAS.map(({ file, title, description }) => {
    const { $schema, $id: _, ...body } = schemas[file] ?? {};
    const whole = { $schema, $id: `irqreplay/${file}`, title, description, ...body };
    return { file, text: `${JSON.stringify(whole, null, 1)}\n` };
  });
  return [...json, { file: 'event.parquet.md', text: PARQUET_PAGE }];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, text } of schemaFiles()) writeFileSync(new URL(`../schemas/${file}`, import.meta.url), text);
}
