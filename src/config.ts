// irqreplay.config.json: how grave a project takes a rule, and which findings it knows of already. Applied to an analysis, never to the judging.

import { z } from 'zod';
import type { Analysis, FoldedFinding } from './finding.js';
import { PROFILES } from './profiles.js';

const duration = z.string().regex(/^\d+(?:\.\d+)?(?:s|ms|us|µs|ns)$/, 'expected a time such as 100us');
const severity = z.enum(['violation', 'suspicious', 'info', 'off']);

const Suppression = z.strictObject({
  rule: z.string().describe('Id of the rule.'),
  entity: z.string().optional().describe('The thing, * for any letters: gsi:*. Every thing if absent.'),
  recording: z.string().optional().describe('Recordings that it is about, by name, * for any letters: boot-*.dat. Every recording if absent.'),
  reason: z.string().min(1).describe('Why it is known and left alone.'),
  until: z.iso.date().optional().describe('The last day on which it holds.'),
});
export type Suppression = z.infer<typeof Suppression>;

/** The file's form; schemas/config.schema.json is made of it. */
export const Config = z.strictObject({
  $schema: z.string().optional(),
  severity: z.record(z.string(), severity).optional().describe('Rule to the severity it has here; off drops its findings.'),
  failOn: z.enum(['violation', 'suspicious', 'info', 'undecided']).optional().describe('Lowest severity that makes the exit code 1; --fail-on wins.'),
  profile: z.enum(PROFILES).optional().describe('Whose ways where they legally differ; --profile wins.'),
  deadlineWindow: duration.optional().describe('What is owed (a message, a resample, an EOI) counts as late only if, when the recording proves that it has not come, this time has passed since it was owed: 1ms. What a register read or an acknowledge contradicts knows no time and is told all the same.'),
  clockUncertainty: duration.optional().describe('The order of two events of different CPUs is trusted beyond this time: 100us. 50us without it.'),
  set: z.record(z.string(), z.union([z.string(), z.int()])).optional().describe('Facts about the machine, as --set takes them.'),
  suppress: z.array(Suppression).optional().describe('Findings that are known. One that is used by no finding though its rule was judged, or has run out, is an error.'),
});
export type Config = z.infer<typeof Config>;

/** `*` stands for any letters. */
const matches = (pattern: string, text: string): boolean =>
  new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)).join('.*')}$`, 's').test(text);

const covers = ({ rule, entity = '*' }: Suppression, finding: Pick<FoldedFinding, 'rule' | 'entity'>): boolean =>
  rule === finding.rule && matches(entity, finding.entity);

/** Is it about this recording? Names may have folders in front. */
const isAbout = ({ recording }: Suppression, { streams }: Analysis): boolean =>
  recording === undefined || streams.some(({ file }) => matches(recording, file) || matches(`*/${recording}`, file));

const nameOf = ({ rule, entity }: Suppression): string => (entity === undefined ? rule : `${rule} ${entity}`);

interface Applied {
  readonly analysis: Analysis;
  /** Sentences about suppressions that no finding used or that have run out. */
  readonly errors: readonly string[];
}

/** `today`: `2026-11-28`; a suppression holds on its last day. */
export function applyConfig(analysis: Analysis, config: Config, today: string): Applied {
  const all = (config.suppress ?? []).filter((each) => isAbout(each, analysis));
  const errors = all.filter(({ until }) => until !== undefined && until < today).map((each) => `the suppression of ${nameOf(each)} ran out on ${each.until} (${each.reason})`);
  const inForce = all.filter(({ until }) => until === undefined || until >= today);
  const used = new Set<Suppression>();
  const isSuppressed = (finding: FoldedFinding): boolean => {
    const own = inForce.filter((each) => covers(each, finding));
    for (const each of own) used.add(each);
    return own.length > 0;
  };
  const left = analysis.findings.filter((finding) => !isSuppressed(finding));
  // where its rule could not be judged, that nothing was found says nothing
  const judged = new Set(analysis.rules.flatMap(({ rule, verdict }) => (verdict === 'undecided' ? [] : [rule])));
  const unused = inForce.filter((each) => !used.has(each) && judged.has(each.rule));
  errors.push(...unused.map((each) => `the suppression of ${nameOf(each)} is used by no finding (${each.reason})`));
  if (unused.some(({ recording }) => recording === undefined)) errors.push('one that is about other recordings names them in "recording"');
  const findings = left.flatMap((finding) => {
    const own = config.severity?.[finding.rule];
    if (own === 'off') return [];
    return [own === undefined ? finding : { ...finding, severity: own }];
  });
  return { analysis: { ...analysis, findings, suppressed: analysis.findings.length - left.length }, errors };
}

/** The config with a suppression for each finding, so that only new ones count. */
export function baseline(config: Config, analysis: Analysis, reason: string): Config {
  const known = config.suppress ?? [];
  const own = known.filter((each) => isAbout(each, analysis));
  const fresh = analysis.findings.filter((finding) => finding.severity !== 'info' && !own.some((each) => covers(each, finding)));
  return { ...config, suppress: [...known, ...fresh.map(({ rule, entity }) => ({ rule, entity, reason }))] };
}
