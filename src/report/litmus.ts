// A few events as a `.irq` file that shows one finding: what it is, where it came from, the events, the mark.

import type { Event } from '../event.js';
import type { FoldedFinding } from '../finding.js';
import { formatEvent } from '../import/irq-write.js';
import { counted, grouped, printable, wrapped } from './text.js';

interface Litmus {
  readonly finding: FoldedFinding;
  readonly events: readonly Event[];
  /** The one that must be flagged. */
  readonly at: Event | undefined;
  /** Names of the files it was made from. */
  readonly recordings: readonly string[];
  /** Events in them. */
  readonly total: number;
}

/** A setting that makes fewer repetitions count. */
const isLowered = (event: Event): boolean => event.kind === 'meta.cfg' && (event.stormN !== undefined || event.starveN !== undefined);

export function litmus({ finding, events, at, recordings, total }: Litmus): string {
  const lines = events.map((event) => (event === at ? `${formatEvent(event)} ! ${finding.rule}` : formatEvent(event)));
  const start = events.some(({ kind }) => kind === 'meta.start') ? '' : '; the state before them is unknown';
  return `${[
    ...wrapped(`${finding.rule} on ${printable(finding.entity)}: ${printable(finding.sentence)}`, '# '),
    ...wrapped(`${grouped(events.filter((event) => !isLowered(event)).length)} of ${counted(total, 'event')} of ${recordings.map(printable).join(' ')}${start}`, '# '),
    ...wrapped(printable(finding.clause), '# '),
    ...(events.some(isLowered) ? ['# the rule counts repetitions: meta.cfg lowers the number, so that few show it'] : []),
    ...lines,
  ].join('\n')}\n`;
}
