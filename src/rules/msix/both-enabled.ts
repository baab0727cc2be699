// MSI and MSI-X of a function are never on together. PCI Express Base 6.1.4.3.

import type { Event } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { T, U, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

/** What is known of the other enable bit; a reset that nobody recorded, or another CPU, may have cleared it. */
function stillOn(value: Tri, by: Event | undefined, fn: string, e: Event, m: Machine): Tri {
  return value === T && (!m.msix.of(fn).trusts(by, e) || (by !== undefined && m.ctx.unordered(by, e))) ? U : value;
}

const sentence = (fn: string): string => `MSI and MSI-X of ${fn} are both enabled: how it signals is undefined`;

export const bothEnabled: Rule = {
  id: 'msix/both-enabled',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 6.1.4.3 (MSI and MSI-X enabled together: behaviour undefined)',
  summary: 'Software never enables MSI and MSI-X of one function together.',
  needs: ['msix.ctrl', 'msi.ctrl'],
  on: {
    'msix.ctrl': (e, m, judge) => {
      if (e.enable === 0) return judge.held();
      const fn = m.msix.of(e.fn);
      judge.breachIf(stillOn(fn.msi, fn.msiBy, e.fn, e, m), 'msi.enable', () => ({
        entity: `fn:${e.fn}`,
        sentence: sentence(e.fn),
        because: [fn.msiBy],
        state: { 'msi.enable': '1' },
        unless: (later) => later.kind === 'msi.ctrl' && later.fn === e.fn && later.enable === 0,
      }));
    },
    'msi.ctrl': (e, m, judge) => {
      if (e.enable === 0) return judge.held();
      const fn = m.msix.of(e.fn);
      judge.breachIf(stillOn(fn.enabled, fn.enableBy, e.fn, e, m), 'msix.enable', () => ({
        entity: `fn:${e.fn}`,
        sentence: sentence(e.fn),
        because: [fn.enableBy],
        state: { 'msix.enable': '1' },
        unless: (later) => later.kind === 'msix.ctrl' && later.fn === e.fn && later.enable === 0,
      }));
    },
  },
};
