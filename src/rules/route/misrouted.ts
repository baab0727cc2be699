// A request comes out where the routes of its GSI lead. Linux virt/kvm/irqchip.c kvm_set_irq, kvm_irq_routing_update; arch/x86/kvm/irq_comm.c
// kvm_set_routing_entry, kvm_set_msi_irq.

import type { Event, EventOf } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import type { Message } from '../../model/message.js';
import { routeText } from '../../model/routing-table.js';
import { T, U, not } from '../../model/tri.js';
import { hex } from '../hex.js';
import type { Judge, Rule } from '../rule.js';

type Input = EventOf<'ioapic.in'> | EventOf<'pic.in'>;

const routesText = (m: Machine, e: Input | EventOf<'kvm.msi'>): string => (e.gsi === undefined ? [] : m.routes.of(e.gsi)).map(routeText).join(', ');

function breach(e: Input | EventOf<'kvm.msi'>, m: Machine, { what, by }: { what: string; by: Event | undefined }): Parameters<Judge['breach']>[0] {
  const routes = routesText(m, e);
  return {
    entity: `gsi:${e.gsi}`,
    sentence: `a request on GSI ${e.gsi}, whose route is ${routes}, led to ${what}`,
    because: [m.routes.by, by],
    state: { route: routes },
    unless: (later) => later.kind === 'kvm.routes',
  };
}

const pinText = ({ pin, kind }: Input): string => `pin ${pin} of the ${kind === 'pic.in' ? '8259 pair' : 'IOAPIC'}`;

function judgePin(e: Input, m: Machine, judge: Judge): void {
  const passage = e.gsi === undefined ? undefined : m.passages.of(e);
  if (passage === undefined) return;
  judge.breachIf(not(m.passages.leads(passage, e)), 'route', () => breach(e, m, { what: pinText(e), by: passage.by }));
}

const messageText = ({ dst, vec, dm, trig }: Message): string => `the message dst=${dst === undefined ? '?' : hex(dst)} vec=${vec ?? '?'} dm=${dm ?? '?'} ${trig ?? ''}`.trimEnd();

function judgeMessage(e: EventOf<'kvm.msi'>, m: Machine, judge: Judge): void {
  if (e.gsi === undefined) return;
  const passage = m.passages.of(e);
  const leads = passage === undefined ? m.passages.leadsNow(e) : m.passages.leads(passage, e);
  if (leads === T || leads === U) return leads === T ? judge.held() : judge.undecided('route');
  judge.breach(breach(e, m, { what: messageText(e), by: passage?.by }));
}

export const misrouted: Rule = {
  id: 'route/misrouted',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM_SET_GSI_ROUTING; KVM kvm_set_irq, kvm_irq_routing_update, kvm_set_routing_entry, kvm_set_msi_irq',
  summary: 'A request on a GSI reaches the pins, and sends the message, to which the table in force routes it.',
  needs: ['kvm.routes', ['ioapic.in', 'pic.in', 'kvm.msi']],
  on: { 'ioapic.in': judgePin, 'pic.in': judgePin, 'kvm.msi': judgeMessage },
};
