// An EOI of an 8259 reaches those who wait for it, an irqfd's resampler among them. KVM i8259.c pic_clear_isr, kvm_notify_acked_irq.

import type { Rule } from '../rule.js';

export const picEoiNotAcknowledged: Rule = {
  id: 'pic/eoi-not-acknowledged',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM pic_ioport_write (a specific OCW2 ends its pin), pic_clear_isr, kvm_notify_acked_irq; 8259A data sheet, OCW2',
  summary: 'An EOI of an 8259 by the pin\'s number is told to those who wait for the end of it before the vCPU goes on.',
  needs: ['pic.eoi.void', 'kvm.ack'],
  on: {
    'kvm.ack': ({ chip }, m, judge) => {
      if (chip < 2 && m.ctx.channels.covers('pic.eoi')) judge.held();
    },
    'pic.eoi.void': ({ pin }, m, judge) =>
      judge.breach({
        entity: `pin:pic/${pin}`,
        sentence: `the EOI of pin ${pin} was written to the ${pin < 8 ? 'master' : 'slave'} 8259, and the vCPU went on without that anybody had been told`,
        because: [m.pic.chipOf(pin).pins[pin & 7]?.inputBy],
      }),
  },
};
