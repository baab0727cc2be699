// What a check comes to: findings with their evidence, rule verdicts, losses. Plain data; nobody decides anything after this.

import type { Event } from './event.js';
import type { Kind } from './kinds.js';

/** `violation`: the specification is broken. `suspicious`: a guest's mistake, or lateness shown by time alone. `info`: legal, worth counting. */
export type Severity = 'violation' | 'suspicious' | 'info';
export const SEVERITIES: readonly Severity[] = ['info', 'suspicious', 'violation'];

/** One breach of one rule, at one event. */
export interface Finding {
  /** `ioapic/lost-level`. */
  readonly rule: string;
  readonly severity: Severity;
  /** What it happened to: `pin:ioapic/10`, `gsi:24`, `msix:0000:00:04.0/2`, `vector:0x41@cpu0`, `irqfd:7`. */
  readonly entity: string;
  /** A full sentence that names the thing and the fact. */
  readonly sentence: string;
  readonly clause: string;
  /** The event that proves it. */
  readonly at: Event;
  /** The earlier events a reader needs, oldest first; at most eight. */
  readonly because: readonly Event[];
  /** The state it was judged against: variable to value. */
  readonly state: Readonly<Record<string, string>>;
}

/** Breaches of one rule on one entity, folded: the first in full, the rest counted. */
export interface FoldedFinding extends Finding {
  /** How often, the first included. */
  count: number;
  /** The latest of them. */
  last: Event;
}

/** What one rule came to. */
export interface RuleVerdict {
  readonly rule: string;
  /** `undecided`: no judgement was certain; the reasons and the missing kinds say why. */
  readonly verdict: 'violated' | 'held' | 'undecided';
  /** Judgements that found a breach, found none, could not tell. */
  readonly breaches: number;
  readonly held: number;
  readonly undecided: number;
  /** Variables that were unknown, with the number of judgements each spoiled. */
  readonly reasons: Readonly<Record<string, number>>;
  /** What the rule needs and this recording never showed: kinds of event, several where one of them would do. */
  readonly missing: readonly (readonly Kind[])[];
}

/** One stream of the recording, as read. */
export interface StreamSummary {
  readonly file: string;
  readonly format: string;
  readonly recorder: string;
  /** Of a binary recording: version, kernel, clock, CPUs, trace buffers. */
  readonly about?: string;
  readonly clock: 'seconds' | 'integer' | 'ns' | 'none';
  /** Absolute time of the first event, decimal ns. */
  readonly base: string;
  readonly lines: number;
  readonly losses: readonly { readonly line: number; readonly n?: number; readonly what: string }[];
  readonly lossMarks: number;
  readonly lostEvents: number;
  /** Its clock is not that of the others: ns added to its times, decimal, and by how many ns that may be wrong. */
  readonly offset?: { readonly ns: string; readonly uncertainty: number };
}

export interface Analysis {
  readonly streams: readonly StreamSummary[];
  /** Canonical events replayed. */
  readonly events: number;
  /** ns from the first to the last event. */
  readonly span: number;
  readonly findings: readonly FoldedFinding[];
  readonly rules: readonly RuleVerdict[];
  /** False if the run was cut short (signal, broken pipe). */
  readonly complete: boolean;
  /** Findings that the project's configuration knows of and left out. */
  readonly suppressed?: number | undefined;
  /** A sentence if nothing could be judged at all: several VMs that cannot be told apart. */
  readonly blind?: string | undefined;
}

/** `violated` if any finding reaches `violation`, else `undecided` if no rule held, else `held`. */
type Verdict = 'violated' | 'suspicious' | 'held' | 'undecided';

export function verdictOf(analysis: Analysis): Verdict {
  if (analysis.findings.some((f) => f.severity === 'violation')) return 'violated';
  if (analysis.findings.some((f) => f.severity === 'suspicious')) return 'suspicious';
  return analysis.rules.some((r) => r.verdict === 'held') ? 'held' : 'undecided';
}
