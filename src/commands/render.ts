// The forms of a check's result, by name, and where they go: standard output, or files named with --output FORMAT=FILE.

import type { Analysis, Severity } from '../finding.js';
import { github } from '../report/github.js';
import { json } from '../report/json.js';
import { junit } from '../report/junit.js';
import { markdown } from '../report/markdown.js';
import { ndjson } from '../report/ndjson.js';
import { pretty } from '../report/pretty.js';
import { sarif } from '../report/sarif.js';
import type { Paint } from '../report/text.js';
import { RULES } from '../rules/index.js';
import type { Rule } from '../rules/rule.js';
import type { FailOn } from './exit-code.js';
import type { CheckFormat, Output } from './formats.js';
import { writeText } from './output.js';
import { version } from './version.js';

interface RenderOptions {
  readonly severity: Severity;
  readonly maxFindings: number;
  readonly failOn: FailOn;
  readonly rules: readonly Rule[] | undefined;
  readonly paint: Paint;
}

const RENDERERS: Readonly<Record<CheckFormat, (analysis: Analysis, options: RenderOptions) => string>> = {
  pretty,
  json,
  ndjson,
  markdown,
  github,
  sarif: (analysis, { rules = RULES }) => sarif(analysis, { rules, version: version() }),
  junit: (analysis, { failOn }) => junit(analysis, { failOn: failOn === 'undecided' ? 'violation' : failOn }),
};

export const render = (format: CheckFormat, analysis: Analysis, options: RenderOptions): string => RENDERERS[format](analysis, options);

const plain: Paint = (_style, text) => text;

export function writeOutputs(outputs: readonly Output[], analysis: Analysis, options: RenderOptions): void {
  for (const { format, file } of outputs) {
    writeText(file, render(format, analysis, { ...options, paint: plain }), `--output ${format}=${file}`);
  }
}
