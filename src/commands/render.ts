// The forms of a check's result, by name, and where they go: standard output, or files named with --output FORMAT=FILE.

import type { Analysis, Severity } from '../finding.js';
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

type Renderer = (analysis: Analysis, options: RenderOptions) => Promise<string>;

/** Only the form that is asked for is loaded: what draws tables takes 15 ms. */
const RENDERERS: Readonly<Record<CheckFormat, Renderer>> = {
  pretty: async (analysis, options) => (await import('../report/pretty.js')).pretty(analysis, options),
  json: async (analysis) => (await import('../report/json.js')).json(analysis),
  ndjson: async (analysis) => (await import('../report/ndjson.js')).ndjson(analysis),
  markdown: async (analysis) => (await import('../report/markdown.js')).markdown(analysis),
  github: async (analysis) => (await import('../report/github.js')).github(analysis),
  sarif: async (analysis, { rules = RULES }) => (await import('../report/sarif.js')).sarif(analysis, { rules, version: version() }),
  junit: async (analysis, { failOn }) => (await import('../report/junit.js')).junit(analysis, { failOn: failOn === 'undecided' ? 'violation' : failOn }),
};

export const render = (format: CheckFormat, analysis: Analysis, options: RenderOptions): Promise<string> => RENDERERS[format](analysis, options);

const plain: Paint = (_style, text) => text;

export async function writeOutputs(outputs: readonly Output[], analysis: Analysis, options: RenderOptions): Promise<void> {
  for (const { format, file } of outputs) {
    writeText(file, await render(format, analysis, { ...options, paint: plain }), `--output ${format}`);
  }
}
