// An analysis for a program, as schemas/report.schema.json describes it: events are NDJSON records that say where they come from.

import { verdictOf, type Analysis, type FoldedFinding } from '../finding.js';
import { eventToRecord } from '../import/ndjson-write.js';
import { printableJson, type Files } from './text.js';

/** Version of the report's form. */
export const REPORT_VERSION = 1;

export function findingRecord({ at, because, last, ...rest }: FoldedFinding, files: Files): object {
  const record = (event: FoldedFinding['at']): object => eventToRecord(event, files);
  return { ...rest, at: record(at), because: because.map(record), last: record(last) };
}

export function json({ streams, findings, rules, ...rest }: Analysis): string {
  const files = streams.map(({ file }) => file);
  const report = {
    report: REPORT_VERSION,
    verdict: verdictOf({ streams, findings, rules, ...rest }),
    ...rest,
    findings: findings.map((finding) => findingRecord(finding, files)),
    rules,
    streams,
  };
  return `${printableJson(JSON.stringify(report, null, 1))}\n`;
}
