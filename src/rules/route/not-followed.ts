// A request takes every route of its GSI before it returns. Linux virt/kvm/irqchip.c kvm_set_irq; kvm_arch_set_irq_inatomic of x86 and arm64.

import type { EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import { routeText } from '../../model/routing-table.js';
import { F, T, U } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';

/** As KVM numbers its chips. */
const IOAPIC = 2;

/** An irqfd's own: it is done where it says so, and else a worker's. */
function judgeAtomic(e: EventOf<'kvm.routed'>, m: Machine, judge: Judge): void {
  if (e.ret < 0) return;
  const isMissing = e.sent === 1 ? F : e.sent === 0 && m.passages.showsAtomic(e) ? T : U;
  judge.breachIf(isMissing, 'message or line', () => ({
    entity: `gsi:${e.gsi}`,
    sentence: `the irqfd of GSI ${e.gsi} was signalled, its request returned ${e.ret}, and no ${e.msi === 1 ? 'message was sent' : 'line was set'}`,
    state: { ret: String(e.ret) },
  }));
}

function judgeRequest(e: EventOf<'kvm.routed'>, m: Machine, judge: Judge): void {
  const passage = m.passages.of(e);
  if (passage === undefined) return;
  const missed = m.passages.missed(passage);
  if (missed === undefined) return judge.undecided('route');
  if (missed === 'none') return judge.held();
  // A GIC that is not there yet refuses, and says so.
  if (missed.type === 'gic' && e.ret < 0) return;
  judge.breach({
    entity: `gsi:${e.gsi}`,
    sentence: `GSI ${e.gsi} was set ${e.level === 0 ? 'low' : 'high'}, and kvm_set_irq returned ${e.ret} without having told ${routeText(missed)}, to which it is routed`,
    because: [m.routes.by, passage.by],
    state: { route: m.routes.of(e.gsi).map(routeText).join(', ') },
    unless: (later) => later.kind === 'kvm.routes',
  });
}

/** KVM_IRQ_LINE, or in QEMU's own chips a pin that is wired to a line of the machine. */
function judgeLine(e: EventOf<'gsi.void'>, m: Machine, judge: Judge): void {
  const { gsi, level, chip, pin } = e;
  const set = `GSI ${gsi} was set ${level === 0 ? 'low' : 'high'}`;
  if (chip === undefined || pin === undefined) return judge.breach({ entity: `gsi:${gsi}`, sentence: `${set} by KVM_IRQ_LINE, and its thread went on without that KVM had begun to` });
  const kind = chip === IOAPIC ? 'ioapic.in' : 'pic.in';
  judge.breachIf(m.ctx.channels.covers(kind) ? T : U, kind, () => ({
    entity: `gsi:${gsi}`,
    sentence: `${set}, and its thread set another line without having told pin ${pin} of the ${chip === IOAPIC ? 'IOAPIC' : '8259 pair'}, which is wired to it`,
    because: [chip === IOAPIC ? m.ioapic.pin(pin).inputBy : m.pic.chipOf(pin).pins[pin & 7]?.inputBy],
  }));
}

export const notFollowed: Rule = {
  id: 'route/not-followed',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM kvm_set_irq (each route of the GSI is served), kvm_arch_set_irq_inatomic (what is not refused is done), kvm_vm_ioctl_irq_line; QEMU gsi_handler',
  summary: 'A request on a GSI has told each pin and sent the message of its routes before it returns.',
  needs: [['kvm.routed', 'gsi.void']],
  on: {
    'kvm.routed': (e, m, judge) => (e.atomic === 1 ? judgeAtomic(e, m, judge) : judgeRequest(e, m, judge)),
    'gsi.void': judgeLine,
  },
};
