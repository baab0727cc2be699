// SARIF 2.1.0 (OASIS): one run, a result per finding, its place a line of the recording, its evidence a thread flow.
// Kept within what GitHub takes of one upload; findings beyond that are counted in the run's properties.

import type { Log, Location, Result, ReportingDescriptor } from 'sarif';
import type { Event } from '../event.js';
import type { Analysis, FoldedFinding, Severity } from '../finding.js';
import { eventText } from './event-text.js';
import { pageOf, type RuleText } from './catalogue.js';
import { LONE_SURROGATE, printableJson, printable, type Files } from './text.js';

/** GitHub shows so many results of a run, the gravest first. */
const MAX_RESULTS = 5000;
const LEVELS = { violation: 'error', suspicious: 'warning', info: 'note' } as const satisfies Record<Severity, string>;
const RANKS = { violation: 0, suspicious: 1, info: 2 } as const satisfies Record<Severity, number>;

interface SarifOptions {
  readonly rules: readonly RuleText[];
  /** Of irqreplay. */
  readonly version: string;
}

/** A file name as a URI (RFC 3986), relative as the name is; a blank or a colon in it must not be read as syntax, and half a character has no bytes. */
const uriOf = (file: string): string => `${file.startsWith('/') ? 'file://' : ''}${file.replace(LONE_SURROGATE, '\ufffd').split('/').map(encodeURIComponent).join('/')}`;

function locationOf({ stream, at }: Event, files: Files, text?: string): Location {
  return {
    physicalLocation: { artifactLocation: { uri: uriOf(files[stream] ?? '-') }, region: { startLine: Math.max(1, at) } },
    ...(text === undefined ? {} : { message: { text } }),
  };
}

/** Rule and entity tell a finding from others, in this recording and the next: times and lines do not. */
export const fingerprint = ({ rule, entity }: Pick<FoldedFinding, 'rule' | 'entity'>): string => `${rule} ${entity}`;

function resultOf(finding: FoldedFinding, ruleIndex: number, files: Files): Result {
  const { rule, severity, entity, sentence, clause, at, because, count, state } = finding;
  const flow = [...because, at].map((event) => ({ location: locationOf(event, files, eventText(event)) }));
  return {
    ruleId: rule,
    ruleIndex,
    level: LEVELS[severity],
    message: { text: `${printable(sentence)} (${printable(entity)}; ${printable(clause)})` },
    locations: [{ ...locationOf(at, files), logicalLocations: [{ name: printable(entity), kind: 'resource' }] }],
    codeFlows: [{ threadFlows: [{ locations: flow }] }],
    partialFingerprints: { 'ruleAndEntity/v1': fingerprint(finding) },
    occurrenceCount: count,
    properties: { state },
  };
}

const descriptorOf = ({ id, severity, clause, summary }: RuleText): ReportingDescriptor => ({
  id,
  shortDescription: { text: summary },
  help: { text: `${summary} ${clause}. See ${pageOf(id)}.` },
  defaultConfiguration: { level: LEVELS[severity] },
});

export function sarif({ streams, findings, rules: verdicts, complete }: Analysis, { rules, version }: SarifOptions): string {
  const files = streams.map(({ file }) => file);
  const indices = new Map(rules.map(({ id }, i) => [id, i]));
  const gravest = findings.toSorted((a, b) => RANKS[a.severity] - RANKS[b.severity] || a.at.seq - b.at.seq);
  const shown = gravest.slice(0, MAX_RESULTS);
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'irqreplay', version, rules: rules.map(descriptorOf) } },
        columnKind: 'utf16CodeUnits',
        results: shown.map((finding) => resultOf(finding, indices.get(finding.rule) ?? -1, files)),
        artifacts: files.map((file) => ({ location: { uri: uriOf(file) } })),
        invocations: [{ executionSuccessful: complete }],
        properties: {
          findings: findings.length,
          findingsLeftOut: findings.length - shown.length,
          undecidedRules: verdicts.filter(({ verdict }) => verdict === 'undecided').map(({ rule }) => rule),
          lossMarks: streams.reduce((sum, { lossMarks }) => sum + lossMarks, 0),
        },
      },
    ],
  };
  return `${printableJson(JSON.stringify(log, null, 1))}\n`;
}
