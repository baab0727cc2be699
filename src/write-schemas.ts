// Build step: writes the JSON Schemas (draft 2020-12) that others validate our output with. Not part of the library.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Config } from './config.js';
import { EventRecord } from './event.js';
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
    description: 'One event of a recording: a line of the NDJSON form after its header. 64-bit numbers are hexadecimal text.',
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

/** Name and text of every file in schemas/. */
export function schemaFiles(): { file: string; text: string }[] {
  const registry = z.registry<{ id: string }>();
  for (const { file, schema } of SCHEMAS) registry.add(schema, { id: file });
  // a schema that another one holds becomes a reference to its file, beside the other in schemas/
  const { schemas } = z.toJSONSchema(registry, { io: 'input', uri: (file) => file });
  return SCHEMAS.map(({ file, title, description }) => {
    const { $schema, $id: _, ...body } = schemas[file] ?? {};
    const whole = { $schema, $id: `irqreplay/${file}`, title, description, ...body };
    return { file, text: `${JSON.stringify(whole, null, 1)}\n` };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { file, text } of schemaFiles()) writeFileSync(new URL(`../schemas/${file}`, import.meta.url), text);
}
