// Three-valued logic (Kleene): what the recording shows to be false, true, or does not show.

export const F = 0;
export const T = 1;
/** Unknown. */
export const U = 2;
export type Tri = typeof F | typeof T | typeof U;

export const not = (a: Tri): Tri => (a === U ? U : a === T ? F : T);
export const and = (a: Tri, b: Tri): Tri => (a === F || b === F ? F : a === T && b === T ? T : U);
export const or = (a: Tri, b: Tri): Tri => (a === T || b === T ? T : a === F && b === F ? F : U);
/** The value when either of two may be the case. */
export const join = (a: Tri, b: Tri): Tri => (a === b ? a : U);
/** A recorded bit; absent is unknown. */
export const known = (bit: 0 | 1 | undefined): Tri => (bit === undefined ? U : bit);
export const same = <V>(a: V | undefined, b: V | undefined): Tri => (a === undefined || b === undefined ? U : a === b ? T : F);
export const show = (a: Tri): string => (a === U ? 'unknown' : a === T ? '1' : '0');
/** Of a trigger mode: level (T) or edge (F). */
export const showTrigger = (level: Tri): string => (level === U ? 'unknown' : level === T ? 'level' : 'edge');
