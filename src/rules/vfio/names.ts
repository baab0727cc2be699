// How sentences name what VFIO hands on.

import type { AssignedFunction } from '../../model/assigned-function.js';

/** `0000:01:00.0 (the guest's 0000:00:04.0)`. */
export const nameOf = ({ name, fn }: AssignedFunction): string => (fn === undefined ? name : `${name} (the guest's ${fn})`);
