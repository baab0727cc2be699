// What all probes' lines have in common, `(where) name=value ...` (Documentation/trace/kprobetrace.rst).

import { NOTHING, type Act, type Body, type ReadBody } from './body.js';
import { Word } from './text.js';

const WHERE = new Word('(');
const KVM = new Word(' kvm=');

/** True if all of them are known. */
export const known = (...values: readonly number[]): boolean => !values.some(Number.isNaN);

/** A probe's line; what it means if the fields that it needs are `there`. */
export function probe(read: (body: Body) => { there: boolean; act: Act }): ReadBody {
  return (body) => {
    body.word(WHERE);
    const { there, act } = read(body);
    return body.begun(there ? act : NOTHING);
  };
}

/** A probe without fields that matter. */
export const passage = (act: Act): ReadBody => probe(() => ({ there: true, act }));

/** The same with the machine's pointer, where the probe fetches it. */
export const ofMachine =
  (read: ReadBody): ReadBody =>
  (body) => {
    const act = read(body);
    const pointer = body.field(KVM);
    if (act === undefined || Number.isNaN(pointer)) return act;
    return (kvm) => {
      kvm.machines.pointer(pointer);
      act(kvm);
    };
  };
