// A pin sends its message where, and as, the entry says. 82093AA 3.2.4 bits 63:56, 11 and 10:8; QEMU ioapic_entry_parse.

import type { EventOf } from '../../event.js';
import type { Context } from '../../model/context.js';
import type { WrittenEntry } from '../../model/ioapic-written.js';
import { T, U, not, or, same, type Tri } from '../../model/tri.js';
import type { Rule } from '../rule.js';

/** What is known to differ, unless the machine may have been reset, or restored, unseen since the entry was written. */
function surely(differs: Tri, field: 'dst' | 'logical' | 'dm', written: WrittenEntry, e: EventOf<'apic.msg'>, ctx: Context): Tri {
  const by = written.by(field);
  return differs === T && by !== undefined && (ctx.unordered(by, e) || !ctx.recent(by, e)) ? U : differs;
}

export const wrongDestination: Rule = {
  id: 'ioapic/wrong-destination',
  severity: 'violation',
  class: 'safety',
  clause: '82093AA 3.2.4 bits 63:56 (Destination), 11 (Destination Mode) and 10:8 (Delivery Mode); QEMU ioapic_entry_parse',
  summary: 'The message of an IOAPIC pin goes to the destination of its redirection entry, in its delivery mode.',
  needs: ['ioapic.deliver', 'ioapic.rte', 'apic.msg'],
  on: {
    'apic.msg': (e, m, judge) => {
      const cause = m.causes.of(e);
      if (cause?.kind !== 'ioapic.deliver' || cause.seq !== e.seq - 1) return;
      const pin = m.ioapic.pin(cause.pin);
      const { written } = pin;
      const dst = surely(not(same(pin.dst, e.dst)), 'dst', written, e, m.ctx);
      const mode = surely(not(same<Tri>(pin.logical === U ? undefined : pin.logical, e.logical)), 'logical', written, e, m.ctx);
      const elsewhere = or(dst, mode);
      const dm = written.held('dm');
      if (elsewhere !== T && surely(not(same<unknown>(dm, e.dm)), 'dm', written, e, m.ctx) === T)
        return judge.breach({
          entity: pin.entity,
          sentence: `IOAPIC pin ${pin.number} sent vector ${e.vec} in delivery mode ${e.dm}, and its entry names delivery mode ${dm}`,
          because: [written.by('dm'), cause],
        });
      judge.breachIf(elsewhere, 'rte.destination', () => ({
        entity: pin.entity,
        sentence: `IOAPIC pin ${pin.number} sent vector ${e.vec} to destination ${e.dst} (${e.logical === 1 ? 'logical' : 'physical'}), and its entry names ${pin.dst} (${pin.logical === T ? 'logical' : 'physical'})`,
        because: [pin.rteBy, cause],
        state: { 'rte.destination': String(pin.dst ?? 'unknown') },
      }));
    },
  },
};
