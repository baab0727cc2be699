// Makes events of a GIC under their view, `gic.N` or `pgic.N`.

import type { Event } from '../event.js';
import { KINDS, type FieldsOf, type GicName } from '../kinds.js';
import type { Stamp } from './stamp.js';

export type GicFields<N extends GicName> = FieldsOf<`gic.${N}`>;
export type View = 'gic' | 'pgic';

/** The kinds of a view by their names. Put together for each event, a kind would be hashed anew wherever it is looked up. */
function kindsOf(view: View): ReadonlyMap<string, string> {
  const kinds = Object.keys(KINDS).filter((kind) => kind.startsWith(`${view}.`));
  return new Map(kinds.map((kind) => [kind.slice(view.length + 1), kind]));
}
const KINDS_OF = { gic: kindsOf('gic'), pgic: kindsOf('pgic') };

// The kind is computed: the overload says what the compiler cannot work out.
export function gicEvent<N extends GicName>(stamp: Stamp, view: View, name: N, fields: GicFields<N>): Event;
export function gicEvent(stamp: Stamp, view: View, name: string, fields: object): object {
  return Object.assign(stamp, { kind: KINDS_OF[view].get(name) }, fields);
}
