// What all probes' lines have in common, `(where) name=value ...` (Documentation/trace/kprobetrace.rst).

import type { KvmAssembler } from './assembler.js';
import { NOTHING, type Act, type Body, type ReadBody } from './body.js';
import { Word } from './text.js';

const WHERE = new Word('(');
const KVM = new Word(' kvm=');
const VCPU = new Word(' vcpu=');

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

/** Tells first of the pointer that stands behind `word`, where it does. */
const naming =
  (word: Word, tell: (kvm: KvmAssembler, pointer: number) => void) =>
  (read: ReadBody): ReadBody =>
  (body) => {
    const act = read(body);
    const pointer = body.field(word);
    if (act === undefined || Number.isNaN(pointer)) return act;
    return (kvm) => {
      tell(kvm, pointer);
      act(kvm);
    };
  };

/** The same with the machine's pointer, where the probe fetches it. */
export const ofMachine = naming(KVM, (kvm, pointer) => kvm.machines.pointer(pointer));
/** The same with the pointer of the vCPU that the thread runs. */
export const ofVcpu = naming(VCPU, (kvm, pointer) => kvm.vgic.runs(pointer));
