// MSI-X Message Control reads as written, and 0 after a reset. PCI Express Base 7.7.2.2 (MSI-X Enable and Function Mask are read-write, 0 by default); QEMU msix_reset.

import { T, U, known, not, or, same, show, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

const differs = (held: Tri, read: 0 | 1): Tri => (held === U ? U : not(same<Tri>(held, known(read))));

export const controlMismatch: Rule = {
  id: 'msix/control-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'PCI Express Base 7.7.2.2: MSI-X Enable and Function Mask are read-write and 0 after a reset',
  summary: 'MSI-X Enable and Function Mask read what was written to them last, and 0 after a reset.',
  needs: ['msix.ctrl.read', ['msix.ctrl', 'pci.reset']],
  on: {
    'msix.ctrl.read': (e, m, judge) => {
      const fn = m.msix.of(e.fn);
      const near = [fn.enableBy, fn.fmaskBy, fn.controlUnderWay].some((by) => by !== undefined && m.ctx.unordered(by, e));
      const differing = or(differs(fn.enabled, e.enable), m.ctx.channels.covers('msix.ctrl') ? differs(fn.fmask, e.fmask) : U);
      // What reads 0 may be so by a reset that nobody has recorded.
      const isReset = e.enable === 0 && e.fmask === 0;
      judge.breachIf(differing === T && (near || (isReset && !fn.resets.shown)) ? U : differing, 'control', () => ({
        entity: fn.entity,
        sentence: `Message Control of ${e.fn} reads MSI-X Enable ${e.enable} and Function Mask ${e.fmask}, but ${fn.enableBy?.kind === 'msix.ctrl' ? 'it was written' : 'a reset left'} ${show(fn.enabled)} and ${show(fn.fmask)}`,
        because: [fn.enableBy, fn.fmaskBy],
        state: { enable: show(fn.enabled), fmask: show(fn.fmask) },
        unless: (later) => (later.kind === 'msix.ctrl' || later.kind === 'pci.reset') && later.fn === e.fn,
      }));
    },
  },
};
