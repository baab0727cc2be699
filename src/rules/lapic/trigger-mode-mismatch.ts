// The trigger mode of a delivery is that of its redirection entry. KVM __apic_accept_irq and QEMU apic_set_irq set TMR from the message.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';
import { differences } from './register-read.js';

function judgeMessage(e: EventOf<'apic.accept'> | EventOf<'apic.msg'>, m: Machine, judge: Judge): void {
  const cause = m.causes.of(e);
  if (cause?.kind !== 'ioapic.deliver' || cause.seq !== e.seq - 1) return;
  const pin = m.ioapic.pin(cause.pin);
  const differs = pin.level === U ? U : (pin.level === T) === (e.trig === 'level') ? F : T;
  const how = e.kind === 'apic.accept' ? `CPU ${e.cpu} accepted its vector ${e.vec}` : `its message for vector ${e.vec} was sent`;
  judge.breachIf(differs, 'rte.trigger', () => ({
    entity: pin.entity,
    sentence: `IOAPIC pin ${pin.number} is ${pin.level === T ? 'level' : 'edge'}-triggered, but ${how} as ${e.trig}`,
    because: [pin.rteBy, pin.inputBy, cause],
    state: { 'rte.trigger': pin.level === T ? 'level' : 'edge', accepted: e.trig },
  }));
}

export const triggerModeMismatch: Rule = {
  id: 'lapic/trigger-mode-mismatch',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM __apic_accept_irq, QEMU apic_set_irq: TMR follows the trigger mode of the message, which is that of the redirection entry',
  summary: 'An interrupt that an IOAPIC pin delivers is accepted with the trigger mode of the pin.',
  needs: [['apic.accept', 'apic.msg'], ['ioapic.deliver', 'apic.read']],
  on: {
    'apic.accept': judgeMessage,
    'apic.msg': judgeMessage,
    'apic.read': (e, m, judge) => {
      if (e.reg !== 'tmr') return;
      const found = differences(e, m);
      if (found === undefined) return judge.undecided('order');
      const [first] = found;
      if (first === undefined) return judge.held();
      judge.breach({
        entity: `vector:${first.vector}@cpu${e.cpu}`,
        sentence: `TMR bit ${first.vector} of CPU ${e.cpu} reads ${first.set ? 1 : 0}, but the vector was last accepted as ${first.set ? 'edge' : 'level'}`,
        because: first.because,
        // QEMU's APIC sets it with the request, whoever asks; of other processors it may be told from elsewhere.
        ...(m.ctx.config.chips === 'qemu' ? { severity: 'violation' } : {}),
      });
    },
  },
};
