// A message differs from the Message Data register in the enabled low bits alone. PCI Express Base 6.1.4.1; QEMU msi_prepare_message.

import { hex } from '../hex.js';
import type { Rule } from '../rule.js';

export const mmeOverflow: Rule = {
  id: 'msi/mme-overflow',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.1 and 7.7.1 (Multiple Message Enable: the low bits of Message Data a function may change)',
  summary: 'An MSI message differs from the Message Data register only in the low bits that Multiple Message Enable grants.',
  needs: ['msi.msg', 'msi.ctrl'],
  on: {
    'msi.msg': (e, m, judge) => {
      const fn = m.msi.of(e.fn);
      if (fn?.data === undefined) return judge.undecided('msi_data');
      if (fn.mme === undefined || (fn.by !== undefined && m.ctx.unordered(fn.by, e))) return judge.undecided('mme');
      const { data, mme } = fn;
      if (e.data >>> mme === data >>> mme) return judge.held();
      judge.breach({
        entity: `msi:${e.fn}`,
        sentence: `${e.fn} sent data ${hex(e.data)}; with ${2 ** mme} vectors enabled and Message Data ${hex(data)} only the low ${mme} bits may differ`,
        because: [fn.by],
        state: { mme: String(mme), 'message data': hex(data) },
        unless: (later) => later.kind === 'msi.ctrl' && later.fn === e.fn,
      });
    },
  },
};
