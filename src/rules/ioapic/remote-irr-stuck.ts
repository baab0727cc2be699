// After the EOI of its vector a pin's Remote IRR is clear. 82093AA redirection entry bit 14; KVM kvm_ioapic_update_eoi_one.

import type { Event, EventOf } from '../../event.js';
import type { IoapicPin } from '../../model/ioapic-pin.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U, show } from '../../model/tri.js';
import type { Rule } from '../rule.js';

/** The EOI that ended the latest interrupt of the pin: as the chip heard of it, or as the local APIC that took it must have told the chip. */
function endedBy(pin: IoapicPin, e: EventOf<'ioapic.rte.read'>, m: Machine): Event | undefined {
  if (pin.cleared === 'eoi') return pin.clearedBy;
  const { deliverBy, rteBy } = pin;
  const by = m.lapics.silent.levelEndOf(e.vec);
  if (by === undefined || deliverBy?.vec !== e.vec || deliverBy.seq > by.seq || m.ctx.unordered(deliverBy, by)) return undefined;
  return rteBy !== undefined && rteBy.seq < deliverBy.seq ? by : undefined;
}

export const remoteIrrStuck: Rule = {
  id: 'ioapic/remote-irr-stuck',
  severity: 'violation',
  class: 'deadline',
  clause: '82093AA redirection table entry, bit 14 (Remote IRR); KVM kvm_ioapic_update_eoi_one',
  summary: 'The EOI of a level interrupt clears Remote IRR, so that the pin can deliver again.',
  needs: ['ioapic.in', 'ioapic.deliver', ['apic.eoi', 'ioapic.eoi']],
  on: {
    // Legal, and the guest's doing: until the trigger mode is set to edge the pin delivers nothing any more.
    'ioapic.eoi': (e, m, judge) => {
      const others = [...m.ioapic.all()].some(({ vec, rirr }) => vec === e.vec && rirr !== F);
      for (const pin of others ? [] : m.ioapic.all()) {
        const { deliverBy, rteBy, vec } = pin;
        if (pin.rirr !== T || pin.level !== T || vec === undefined || vec === e.vec || deliverBy?.vec !== e.vec || rteBy === undefined || rteBy.seq < deliverBy.seq) continue;
        judge.breach({
          entity: pin.entity,
          sentence: `the guest gave IOAPIC pin ${pin.number} vector ${vec} while its interrupt with vector ${e.vec} was in service: the EOI of that does not clear Remote IRR`,
          because: [deliverBy, rteBy],
          severity: 'info',
          state: { remote_irr: show(pin.rirr), 'rte.vector': String(vec) },
        });
      }
    },
    'ioapic.rte.read': (e, m, judge) => {
      const pin = m.ioapic.pin(e.pin);
      const by = endedBy(pin, e, m);
      if (e.rirr === 0 || by === undefined) return;
      // The line may have been delivered again unseen, unless it was low all the time since the EOI.
      const low = pin.input === F && pin.inputBy !== undefined && pin.inputBy.seq < by.seq;
      judge.breachIf(low && !m.ctx.unordered(by, e) ? T : U, 'redelivery', () => ({
        entity: pin.entity,
        sentence: `Remote IRR of IOAPIC pin ${e.pin} still reads 1 after the EOI of its vector ${e.vec}, with the line low since before`,
        because: [pin.rteBy, pin.deliverBy, pin.inputBy, by],
        state: { remote_irr: show(pin.rirr), input: show(pin.input) },
      }));
    },
  },
  late: {
    'ioapic.deliver': ({ debt }, m, judge) => {
      for (const pin of m.ioapic.all()) {
        if (pin.number !== debt.key || pin.cleared !== 'eoi' || pin.saysCleared) continue;
        judge.breach({
          entity: debt.entity,
          sentence: `IOAPIC pin ${debt.key} is high and unmasked and its last interrupt was ended by an EOI, yet it delivers nothing, as if Remote IRR were still set`,
          because: [...debt.because, pin.clearedBy, debt.by],
          state: { remote_irr: show(pin.rirr), 'rte.mask': show(pin.mask) },
        });
      }
    },
  },
};
