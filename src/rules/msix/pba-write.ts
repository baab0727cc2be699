// Software does not write the Pending Bit Array. PCI Local Bus 3.0, Pending Bits for MSI-X PBA Entries (the result is undefined).

import type { Rule } from '../rule.js';

export const pbaWrite: Rule = {
  id: 'msix/pba-write',
  severity: 'info',
  class: 'safety',
  clause: 'PCI Local Bus 3.0, Pending Bits for MSI-X PBA Entries: software should never write them, the result is undefined',
  summary: 'The guest leaves the Pending Bit Array alone.',
  needs: ['msix.pba.write'],
  on: {
    'msix.pba.write': (e, _, judge) => {
      const entity = `msix:${e.fn}`;
      if (judge.repeats(entity)) return;
      judge.breach({ entity, sentence: `the guest wrote the Pending Bit Array of ${e.fn}: the result is undefined` });
    },
  },
};
