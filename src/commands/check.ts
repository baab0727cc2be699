// `irqreplay check`: replays a recording and reports every breach, as text or JSON.

import type { Severity } from '../finding.js';
import type { Rule } from '../rules/rule.js';
import { exitCode, type FailOn } from './exit-code.js';
import type { CheckFormat, Output } from './formats.js';
import { painter, print } from './output.js';
import { progressBar } from './progress.js';
import { render, writeOutputs } from './render.js';
import type { FileArguments } from './recording.js';
import { ruleOf, selectRules } from './select-rules.js';
import { Run } from './run.js';
import type { Point } from './window.js';

export interface CheckArguments extends Omit<FileArguments, 'format'> {
  readonly format: CheckFormat;
  /** Further forms, each in a file of its own. */
  readonly output: readonly Output[];
  /** `RULE` or `RULE ENTITY` that must be broken. */
  readonly expect: string | undefined;
  readonly rule: readonly string[];
  readonly severity: Severity;
  readonly from: Point | undefined;
  readonly to: Point | undefined;
  readonly maxFindings: number;
  readonly failOn: FailOn;
  readonly set: readonly string[];
}

const INTERRUPTED = 130;

/** `RULE` or `RULE ENTITY`. */
function expectedOf(text: string): { rule: Rule; entity: string | undefined } {
  const [id = '', ...entity] = text.split(' ');
  return { rule: ruleOf(id), entity: entity.length === 0 ? undefined : entity.join(' ') };
}

/** Ends the run at the first Ctrl-C; a second one ends the program. */
function interruptible(): AbortSignal {
  const controller = new AbortController();
  process.once('SIGINT', () => controller.abort());
  return controller.signal;
}

export async function check(args: CheckArguments): Promise<number> {
  const { files, from, to, set: settings, rule, progress, failOn, qemuEvents } = args;
  const wanted = args.expect === undefined ? undefined : expectedOf(args.expect);
  const rules = selectRules(wanted === undefined ? rule : [wanted.rule.id]);
  const bar = progressBar(progress);
  const run = await Run.open(files, { rules, settings, from, to, qemuEvents, onBytes: bar.update });
  const signal = interruptible();
  try {
    await run.play(signal);
  } finally {
    bar.clear();
    // a recording that breaks off is worth a report of what it held; the error then tells where
    if (run.complete || run.replay.events > 0) {
      const analysis = run.analysis();
      const options = { severity: args.severity, maxFindings: args.maxFindings, failOn, rules, paint: painter() };
      print(render(args.format, analysis, options));
      writeOutputs(args.output, analysis, options);
    }
  }
  if (wanted !== undefined && !signal.aborted) return run.analysis().findings.some((finding) => wanted.entity === undefined || finding.entity === wanted.entity) ? 0 : 1;
  return signal.aborted ? INTERRUPTED : exitCode(run.analysis(), failOn, rules !== undefined);
}
