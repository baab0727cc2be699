// KVM keeps of an interrupt what the guest writes. Linux vgic_mmio_write_senable, _cenable, _priority, _config, _group, _irouter and their reads.

import type { Event, EventOf } from '../../event.js';
import { FIRST_LPI, FIRST_SPI } from '../../model/intids.js';
import type { Machine } from '../../model/machine.js';
import type { Interrupt } from '../../model/vgic-interrupts.js';
import type { Judge, Rule } from '../rule.js';

interface Held {
  readonly en?: 0 | 1 | undefined;
  readonly prio?: number | undefined;
  readonly trig?: 'edge' | 'level' | undefined;
  readonly group?: 0 | 1 | undefined;
  readonly to?: number | undefined;
}

interface Field {
  readonly name: string;
  readonly held: string | number;
  readonly wrote: string | number;
  readonly by: Event;
}

/** What KVM holds and what was written, of each field of which both are known. */
function fieldsOf(held: Held, { id, written: { en, prio, trig, group }, routeBy }: Interrupt): Field[] {
  const fields: Field[] = [];
  const add = (name: string, is: string | number | undefined, wrote: string | number | undefined, by: Event | undefined): void => {
    if (is !== undefined && wrote !== undefined && by !== undefined) fields.push({ name, held: is, wrote, by });
  };
  add('enable bit', held.en, en?.val, en);
  add('priority', held.prio, prio?.val, prio);
  if (id >= FIRST_SPI) add('trigger mode', held.trig, trig?.trig, trig);
  add('group', held.group, group?.val, group);
  if (id >= FIRST_SPI) add('target', held.to, routeBy?.cpu, routeBy);
  return fields;
}

/** `isIn`: has a write been done by then? */
function judgeFields(held: Held, of: Interrupt, e: Event, m: Machine, { judge, isIn }: { readonly judge: Judge; readonly isIn: (by: Event) => boolean }): void {
  if (of.id >= FIRST_LPI) return;
  const fields = fieldsOf(held, of);
  const wrong = fields.find((field) => field.held !== field.wrote);
  if (wrong === undefined) return fields.length > 0 ? judge.held() : undefined;
  // User space may have written another since, unseen: a reset, a state restored.
  if (!isIn(wrong.by) || !m.ctx.recent(wrong.by, e)) return judge.undecided('order');
  judge.breach({
    entity: of.entity,
    sentence: `the ${wrong.name} of vINTID ${of.id} is ${wrong.held} ${e.kind === 'gic.read' ? 'as the guest reads it' : "in KVM's own state"}, but ${wrong.wrote} was written, and nothing since`,
    because: [wrong.by],
  });
}

/** Reads that a virtual GIC of KVM has served. */
const isKvms = (e: EventOf<'gic.read'>, m: Machine): boolean => m.ctx.channels.of('vgic.irq').shows(e.stream);

export const vgicConfigMismatch: Rule = {
  id: 'vgic/config-mismatch',
  severity: 'violation',
  class: 'safety',
  clause: 'KVM vgic_mmio_write_senable, vgic_mmio_write_priority, vgic_mmio_write_config, vgic_mmio_write_group, vgic_mmio_write_irouter',
  summary: 'Enable bit, priority, trigger mode, group and target of an interrupt are in KVM as the guest wrote them.',
  needs: [['gic.en', 'gic.prio', 'gic.cfg', 'gic.group', 'gic.route'], ['gic.read', 'vgic.irq', 'vgic.state']],
  on: {
    'gic.read': (e, m, judge) => {
      const of = isKvms(e, m) ? m.vgic.interrupts.named(e.id, e.cpu) : undefined;
      if (of !== undefined) judgeFields(e, of, e, m, { judge, isIn: (by) => m.vgic.registers.writes.isReadable(by, e) });
    },
    'vgic.irq': (e, m, judge) => {
      const of = m.vgic.interrupts.named(e.vid, e.cpu);
      const by = of?.written.en;
      if (of === undefined || by === undefined) return;
      // Nearly always.
      if (by.val === e.enabled) judge.held();
      else judgeFields({ en: e.enabled }, of, e, m, { judge, isIn: (by) => m.vgic.registers.writes.isDone(by, e) });
    },
    'vgic.state': (e, m, judge) => {
      const of = m.vgic.interrupts.named(e.vid, e.cpu);
      const slack = (e.within ?? 0) + m.ctx.trustedAfter;
      const isIn = (by: Event): boolean => m.vgic.registers.writes.isDoneBefore(by, e, slack);
      if (of?.isSettled(e, m.ctx) === true) judgeFields({ en: e.enabled, prio: e.prio, trig: e.trig, group: e.group, to: e.to }, of, e, m, { judge, isIn });
    },
  },
};
