// Which native form is written: told by the name of the file, or by --to. Light: the writers are loaded only when something is written.

import { UsageError } from './usage.js';

/** How the bytes are packed. */
export type Packing = 'plain' | 'gz' | 'zst';

export const FORMS = ['irq', 'ndjson', 'parquet'] as const;
export type Form = (typeof FORMS)[number];

export interface Target {
  /** `-` is standard output. */
  readonly path: string;
  readonly form: Form;
  readonly packing: Packing;
}

const NAME = /^(?:.*[/.])?(irq|ndjson|jsonl|parquet)(?:\.(gz|zst))?$/s;
const PACKED = /\.(gz|zst)$/;

function packingOf(path: string): Packing {
  const [, packing] = PACKED.exec(path) ?? [];
  return packing === 'gz' || packing === 'zst' ? packing : 'plain';
}

/** The form is told by `to`, else by the name: `x.irq`, `x.ndjson.gz`; standard output takes litmus text. `orElse`: what a person may give instead. */
export function targetOf(path: string, to: Form | undefined, orElse = ''): Target {
  const [, extension] = NAME.exec(path) ?? [];
  const named = extension === 'jsonl' ? 'ndjson' : FORMS.find((form) => form === extension);
  const form = to ?? named ?? (path === '-' ? 'irq' : undefined);
  if (form === undefined) throw new UsageError(`--out ${path}: expected a name that ends in ${FORMS.map((each) => `.${each}`).join(', ')} (texts also with .gz or .zst)${orElse}`);
  const packing = packingOf(path);
  if (form === 'parquet' && packing !== 'plain') throw new UsageError(`--out ${path}: expected a name without .${packing}, because Parquet packs its columns itself`);
  return { path, form, packing };
}
