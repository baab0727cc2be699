// A pin's level is the OR over its sources. KVM __kvm_irq_line_state, computed under the chip's lock since 1a577b72475d.

import type { ChipInput } from '../../model/gsi-line.js';
import type { Machine } from '../../model/machine.js';
import { T, show } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';

function judgeInput(e: ChipInput, m: Machine, judge: Judge): void {
  if (!m.ctx.channels.covers('kvm.set_irq')) return;
  const gsi = m.sources.gsiOf(e);
  if (gsi === undefined) return judge.undecided('route');
  const wrong = m.sources.disagrees(e, gsi);
  if (wrong === undefined) return;
  // An id freed with its bit set explains it better: srcid/freed-while-asserted.
  if (wrong === T && e.level === 1 && m.ctx.owed.open('source.fall', gsi) !== undefined) return;
  judge.breachIf(wrong, 'source bits', () => {
    const bits = m.sources.bitsOf(gsi);
    const holders = m.sources.holders(gsi).map(([id]) => id);
    const why = e.level === 1 ? `no source holds GSI ${gsi}` : `source ${holders.join(' and ')} holds GSI ${gsi}`;
    return {
      entity: `gsi:${gsi}`,
      sentence: `the input of pin ${e.pin} of the ${e.kind === 'pic.in' ? '8259' : 'IOAPIC'} is ${e.level} although ${why}`,
      because: bits.map(([, { by }]) => by),
      state: Object.fromEntries(bits.map(([id, { level }]) => [`source ${id}`, show(level)])),
      unless: (later) => later.kind === 'kvm.set_irq' && later.gsi === gsi,
    };
  });
}

export const orMismatch: Rule = {
  id: 'srcid/or-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM __kvm_irq_line_state (kvm_set_ioapic_irq, kvm_set_pic_irq)',
  summary: "The level at a chip's input is the OR of the level bits of all sources of its GSI.",
  needs: ['kvm.set_irq', 'ioapic.in'],
  on: { 'ioapic.in': judgeInput, 'pic.in': judgeInput },
};
