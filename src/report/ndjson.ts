// Findings for a program that reads line by line: one JSON record per finding, as in the JSON report, and a last one with the verdict.

import { verdictOf, type Analysis } from '../finding.js';
import { findingRecord } from './json.js';
import { printableJson } from './text.js';

export function ndjson(analysis: Analysis): string {
  const { findings, streams, events, span, complete } = analysis;
  const files = streams.map(({ file }) => file);
  const records = [...findings.map((finding) => findingRecord(finding, files)), { verdict: verdictOf(analysis), findings: findings.length, events, span, complete }];
  return records.map((record) => `${printableJson(JSON.stringify(record))}\n`).join('');
}
