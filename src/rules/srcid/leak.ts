// What a descriptor allocated goes when it is closed. KVM_EOIFD patches (irq source ids owned by level irqfds and eoifds).

import type { Event } from '../../event.js';
import type { Machine } from '../../model/machine.js';
import type { Judge, Rule } from '../rule.js';

function judgeEnd(_: Event, m: Machine, judge: Judge): void {
  const leaked = m.sources.ids.leaked();
  if (leaked.length === 0) return judge.held();
  for (const [id, owner] of leaked) {
    judge.breach({
      entity: `source:${id}`,
      sentence: `IRQ source id ${id} is still allocated although every irqfd and eoifd that owned it is gone and the clean-up after them has run`,
      because: [m.sources.ids.of(id).by, owner.by, owner.goneBy, owner.flushedBy],
      state: { 'srcid.allocated': '1', owners: '0' },
    });
  }
}

export const srcidLeak: Rule = {
  id: 'srcid/leak',
  severity: 'suspicious',
  class: 'safety',
  clause: 'KVM_EOIFD patches: life of an IRQ source id',
  summary: 'An IRQ source id is freed when the last irqfd or eoifd that owns it is gone.',
  needs: ['kvm.src.alloc', 'kvm.src.free', 'kvm.irqfd.assign'],
  on: { 'meta.end': judgeEnd, 'vm.close': judgeEnd },
};
