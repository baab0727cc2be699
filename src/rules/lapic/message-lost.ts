// A message that is sent to the local APICs is delivered. Intel SDM vol. 3, message signalled interrupts; QEMU hw/intc/apic.c apic_send_msi,
// KVM kvm_irq_delivery_to_apic.

import type { EventOf } from '../../event.js';
import { FIXED } from '../../model/delivery.js';
import type { Machine } from '../../model/machine.js';
import { F, T, U, and, known } from '../../model/tri.js';
import type { Judge, Rule } from '../rule.js';

const LEGAL_FROM = 16;

/** KVM counts those that take a message, each of which it has told before. */
function judgeCount(e: EventOf<'kvm.routed'>, m: Machine, judge: Judge): void {
  const { gsi, ret, taken } = e;
  if (e.msi === 0 || taken === undefined || ret <= 0) return;
  // A handler's message may lie in a worker's request for a pin.
  const isMessage = e.atomic === 1 ? T : m.routes.isMsi(gsi);
  const isMissing = taken >= ret ? F : m.ctx.channels.of('apic.accept').hasShown(e.stream) ? isMessage : U;
  judge.breachIf(isMissing, 'apic.accept or route', () => ({
    entity: `gsi:${gsi}`,
    sentence: `the message of GSI ${gsi} was delivered to ${ret} local ${ret === 1 ? 'APIC' : 'APICs'}, says its return, and ${taken === 0 ? 'none' : `only ${taken}`} accepted it`,
    because: [m.causes.messageOf(e)],
    state: { ret: String(ret), accepted: String(taken) },
  }));
}

/** A message for one APIC, which has taken another from the same destination shortly before. KVM decodes routes for other reasons, too: one that is sent names its GSI or its call. */
function judgeMessage(e: EventOf<'kvm.msi'>, m: Machine, judge: Judge): void {
  const { dst, vec, taken } = e;
  if (taken !== undefined && taken > 0) return judge.held();
  const isSent = e.gsi !== undefined || e.addr !== undefined;
  if (!isSent || taken === undefined || dst === undefined || e.logical !== 0 || e.dm !== FIXED || vec === undefined || vec < LEGAL_FROM) return;
  const before = m.takers.takerOf(dst, e);
  if (before === undefined) return judge.undecided('destination');
  // One that software has disabled takes nothing.
  const takes = and(m.lapics.of(before.cpu).enabled, known(m.ctx.channels.of('apic.svr').declared && m.ctx.channels.covers('apic.accept') ? 1 : 0));
  judge.breachIf(takes === T ? T : U, 'svr', () => ({
    entity: `vector:${vec}@cpu${before.cpu}`,
    sentence: `vector ${vec} was sent to physical destination ${dst}, whose APIC is enabled, and no APIC accepted it`,
    because: [before],
    state: { destination: String(dst), 'its vCPU': String(before.cpu) },
  }));
}

export const messageLost: Rule = {
  id: 'lapic/message-lost',
  severity: 'violation',
  class: 'safety',
  clause: 'Intel SDM vol. 3, APIC chapter, message signalled interrupts: a write of a message delivers an interrupt',
  summary: 'A message that is sent to the local APICs is delivered before its sender does anything else with them.',
  needs: [['apic.msg', 'kvm.msi']],
  on: {
    'kvm.msi': judgeMessage,
    'kvm.routed': judgeCount,
    'apic.msg': (e, _, judge) => {
      if (e.addr !== undefined) judge.held();
    },
    'apic.void': (e, m, judge) => {
      const name = `0x${e.addr.toString(16)}/0x${e.data.toString(16)}`;
      const shown = m.ctx.channels.covers('apic.msg') || m.ctx.channels.of('kvm.msi').hasShown(e.stream);
      judge.breachIf(shown ? T : U, 'apic.msg', () => ({
        entity: `message:${name}`,
        sentence: `data 0x${e.data.toString(16)} was written to 0x${e.addr.toString(16)}, and no delivery followed before the sender went on`,
      }));
    },
  },
};
