// `irqreplay check`: replays a recording and reports every breach, as text or JSON.

import type { Analysis, Severity } from '../finding.js';
import { json } from '../report/json.js';
import { pretty } from '../report/pretty.js';
import { exitCode, type FailOn } from './exit-code.js';
import { painter, print } from './output.js';
import { progressBar } from './progress.js';
import type { FileArguments } from './recording.js';
import { selectRules } from './select-rules.js';
import { Run } from './run.js';
import type { Point } from './window.js';

export interface CheckArguments extends FileArguments {
  readonly rule: readonly string[];
  readonly severity: Severity;
  readonly from: Point | undefined;
  readonly to: Point | undefined;
  readonly maxFindings: number;
  readonly failOn: FailOn;
  readonly set: readonly string[];
}

const INTERRUPTED = 130;

const render = (analysis: Analysis, { format, severity, maxFindings }: CheckArguments): string =>
  format === 'json' ? json(analysis) : pretty(analysis, { severity, maxFindings, paint: painter() });

/** Ends the run at the first Ctrl-C; a second one ends the program. */
function interruptible(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}

export async function check(args: CheckArguments): Promise<number> {
  const { files, from, to, set: settings, rule, progress, failOn, qemuEvents } = args;
  const rules = selectRules(rule);
  const bar = progressBar(progress);
  const run = await Run.open(files, { rules, settings, from, to, qemuEvents, onBytes: bar.update });
  const signal = interruptible();
  try {
    await run.play(signal);
  } finally {
    bar.clear();
    // a recording that breaks off is worth a report of what it held; the error then tells where
    if (run.complete || run.replay.events > 0) print(render(run.analysis(), args));
  }
  return signal.aborted ? INTERRUPTED : exitCode(run.analysis(), failOn, rules !== undefined);
}
