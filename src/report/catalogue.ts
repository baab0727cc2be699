// What a report tells about a rule itself.

/** The parts of a rule that reports show. */
export interface RuleText {
  readonly id: string;
  readonly severity: 'violation' | 'suspicious' | 'info';
  readonly clause: string;
  readonly summary: string;
}

/** The page of a rule in the published documentation. */
export const pageOf = (id: string): string => `docs/rules/${id}.md`;
