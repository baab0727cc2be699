// `irqreplay check`: replays a recording and reports every breach, as text or JSON.

import { resolve } from 'node:path';
import type { Config } from '../config.js';
import type { Analysis, FoldedFinding, Severity } from '../finding.js';
import { withoutDomain } from '../pci-name.js';
import { between, type Profile } from '../profiles.js';
import { differentialText } from '../report/differential.js';
import { counted } from '../report/text.js';
import type { Rule } from '../rules/rule.js';
import { configText, findConfig, known, settingsOf, today, writeConfig, type FoundConfig } from './config.js';
import { exitCode, type FailOn } from './exit-code.js';
import type { CheckFormat, Output } from './formats.js';
import { painter, print, spareRecordings } from './output.js';
import { progressBar } from './progress.js';
import { render, writeOutputs } from './render.js';
import { readingOf, type StreamsArguments } from './recording.js';
import { ruleOf, selectRules } from './select-rules.js';
import { checkRecording, Run } from './run.js';
import { INTERRUPTED, interruptible } from './until-aborted.js';
import { UsageError } from './usage.js';
import type { Point } from './window.js';

export interface CheckArguments extends Omit<StreamsArguments, 'format'> {
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
  readonly failOn: FailOn | undefined;
  /** The file, or false for none. */
  readonly config: string | false | undefined;
  readonly profile: Profile | undefined;
  readonly against: Profile | undefined;
  readonly printConfig: boolean;
  readonly writeBaseline: boolean;
  readonly set: readonly string[];
}

/** `RULE` or `RULE ENTITY`. */
function expectedOf(text: string): { rule: Rule; entity: string | undefined } {
  const [id = '', ...entity] = text.split(' ');
  return { rule: ruleOf(id), entity: entity.length === 0 ? undefined : entity.join(' ') };
}

export async function check(args: CheckArguments): Promise<number> {
  if (args.config === false && args.writeBaseline) throw new UsageError('--write-baseline adds to the configuration, which --no-config leaves out: give one of them');
  const found = await findConfig(args.config, args.writeBaseline);
  const { config } = found;
  if (args.printConfig) {
    print(configText(inForce(config, args)));
    return 0;
  }
  const wanted = args.expect === undefined ? undefined : expectedOf(args.expect);
  const rules = selectRules(wanted === undefined ? args.rule : [wanted.rule.id]);
  if (args.against !== undefined && args.profile === undefined) throw new UsageError('--against compares with --profile: give both');
  const settings = settingsOf(config, args);
  const { files, from, to } = args;
  const twice = args.output.find(({ file }, at) => args.output.findIndex((other) => resolve(other.file) === resolve(file)) < at);
  if (twice !== undefined) throw new UsageError(`--output ${twice.format}=${twice.file}: another form is written to that file, expected a file for each`);
  for (const { format, file } of args.output) spareRecordings(files, file, `--output ${format}=${file}`);
  const bar = progressBar(args.progress);
  const run = await Run.open(files, { ...readingOf(args), rules, settings, from, to, onBytes: bar.update });
  const signal = interruptible();
  const failOn = args.failOn ?? config.failOn ?? 'violation';
  let analysis = run.analysis();
  let errors: readonly string[] = [];
  try {
    await run.play(signal);
  } finally {
    bar.clear();
    analysis = run.analysis();
    if (args.writeBaseline && !signal.aborted) await suppress(found, analysis);
    else if (args.writeBaseline) process.stderr.write(`${found.file}: no baseline of a check that was interrupted\n`);
    else ({ analysis, errors } = await known(analysis, config));
    // a recording that breaks off is worth a report of what it held; the error then tells where
    if (run.complete || run.replay.events > 0) await show(analysis, args, failOn, rules);
    if (run.complete) await compare(args, config, analysis, rules);
  }
  if (signal.aborted) return INTERRUPTED;
  if (wanted !== undefined) return analysis.findings.some(({ entity }) => wanted.entity === undefined || withoutDomain(entity) === withoutDomain(wanted.entity)) ? 0 : 1;
  if (errors.length > 0 && args.rule.length === 0 && from === undefined && to === undefined) throw new UsageError(`${found.file}: ${errors.join('; ')}`);
  return args.writeBaseline ? 0 : exitCode(analysis, failOn, rules !== undefined);
}

/** The configuration with what the command line says in its stead. */
function inForce(config: Config, { profile, failOn, set }: CheckArguments): Config {
  const given = Object.fromEntries(set.map((fact): [string, string] => [fact.slice(0, fact.indexOf('=')), fact.slice(fact.indexOf('=') + 1)]));
  return { ...config, ...(failOn === undefined ? {} : { failOn }), ...(profile === undefined ? {} : { profile }), ...(set.length === 0 ? {} : { set: { ...config.set, ...given } }) };
}

async function suppress({ file, config }: FoundConfig, analysis: Analysis): Promise<void> {
  const { baseline } = await import('../config.js');
  const written = baseline(config, analysis, `known on ${today()}`);
  writeConfig({ file, config: written });
  const count = written.suppress?.length ?? 0;
  process.stderr.write(`${file}: ${counted(count, 'suppression')}, ${count - (config.suppress?.length ?? 0)} of them new\n`);
}

/** A second replay, by the other profile. */
async function compare(args: CheckArguments, config: Config, analysis: Analysis, rules: readonly Rule[] | undefined): Promise<void> {
  const { files, from, to, profile, against, set } = args;
  if (profile === undefined || against === undefined) return;
  const all = await checkRecording(files, { ...readingOf(args), rules, settings: settingsOf(config, { profile: against, set }), from, to });
  const other = args.writeBaseline ? all : (await known(all, config)).analysis;
  // what is legal by both may be worth counting by one of them only
  const breaches = (findings: readonly FoldedFinding[]) => new Map(findings.flatMap((finding) => (finding.severity === 'info' ? [] : [[`${finding.rule} ${finding.entity}`, finding] as const])));
  const [mine, theirs] = [breaches(analysis.findings), breaches(other.findings)];
  const without = (some: ReadonlyMap<string, FoldedFinding>, seen: ReadonlyMap<string, FoldedFinding>) => [...some].flatMap(([thing, finding]) => (seen.has(thing) ? [] : [finding]));
  const own = without(mine, theirs);
  const others = without(theirs, mine);
  const variations = between(profile, against).map(({ what, source }) => `${what} (${source})`);
  print(`\n${differentialText({ profile, against, own, others, variations }, analysis.streams.map(({ file }) => file), painter())}`);
}

async function show(analysis: Analysis, { severity, maxFindings, format, output }: CheckArguments, failOn: FailOn, rules: readonly Rule[] | undefined): Promise<void> {
  const options = { severity, maxFindings, failOn, rules, paint: painter() };
  print(await render(format, analysis, options));
  await writeOutputs(output, analysis, options);
}
