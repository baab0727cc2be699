// Findings that two profiles do not share: what one calls legal and the other does otherwise.

import type { FoldedFinding } from '../finding.js';
import { place, printable, type Files, type Paint } from './text.js';

interface Differential {
  readonly profile: string;
  readonly against: string;
  /** Breaches under the profile alone, and under the other alone. */
  readonly own: readonly FoldedFinding[];
  readonly others: readonly FoldedFinding[];
  /** Where the two differ, in sentences. */
  readonly variations: readonly string[];
}

const row = ({ rule, entity, at }: FoldedFinding, files: Files): string => `  ${rule}  ${printable(entity)}  at ${place(at, files)}`;

export function differentialText({ profile, against, own, others, variations }: Differential, files: Files, paint: Paint): string {
  const blocks = [
    `${paint('bold', `${profile} against ${against}`)}: ${own.length + others.length === 0 ? 'the recording shows nothing in which they differ' : ''}`.trimEnd(),
    ...(own.length > 0 ? [`Legal by ${against}, but ${profile} does it otherwise:\n${own.map((finding) => row(finding, files)).join('\n')}`] : []),
    ...(others.length > 0 ? [`The way of ${profile}, but not legal by ${against}:\n${others.map((finding) => row(finding, files)).join('\n')}`] : []),
    `They differ in:\n${variations.map((each) => `  ${each}`).join('\n')}`,
  ];
  return `${blocks.join('\n')}\n`;
}
