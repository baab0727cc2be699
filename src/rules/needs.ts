// What a rule needs to see, against what the recording shows.

import { isKind, type Kind } from '../kinds.js';
import type { Need } from './rule.js';

/** The kinds of which any one would do: a rule of the GIC judges the physical one, too. */
export function kindsOf(need: Need): readonly Kind[] {
  if (typeof need !== 'string') return need;
  const physical = `p${need}`;
  return need.startsWith('gic.') && isKind(physical) ? [need, physical] : [need];
}

/** The first need that none of the kinds `covers` meets. */
export function unmet(needs: readonly Need[], covers: (kind: Kind) => boolean): readonly Kind[] | undefined {
  for (const need of needs) {
    const kinds = kindsOf(need);
    if (!kinds.some(covers)) return kinds;
  }
  return undefined;
}
