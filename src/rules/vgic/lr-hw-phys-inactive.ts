// While the guest has a forwarded interrupt its physical one is active. Linux 0e3dfda91d9f, cff9211eb1a1 (kvm_timer_vcpu_load_gic).

import { physicalCpu } from '../../model/physical-gic.js';
import { F, T } from '../../model/tri.js';
import type { Rule } from '../rule.js';
import { shownRegister, whenGuestRuns } from './guest-runs.js';

export const lrHwPhysInactive: Rule = {
  id: 'vgic/lr-hw-phys-inactive',
  severity: 'violation',
  class: 'safety',
  clause: 'Arm IHI 0069, ICH_LR<n>_EL2.HW; KVM kvm_timer_vcpu_load_gic (0e3dfda91d9f)',
  summary: 'A list register with the HW bit holds an interrupt only while the physical one is active.',
  needs: ['vgic.flush', 'pgic.iar', 'pgic.act'],
  on: whenGuestRuns((slot, e, m, judge) => {
    if (slot.hw !== T || slot.pid === undefined || slot.inUse === F) return;
    const cpu = physicalCpu(e);
    const by = m.pgic.activeBy(slot.pid, cpu);
    const active = m.pgic.active(slot.pid, cpu);
    const of = m.pgic.of(slot.pid, cpu);
    const showsWrites = m.forwarding.showsActivation(e.stream, slot.pid) || (of !== undefined && m.pgic.sight.surelyInactive(of) === T);
    const visible = m.vgic.sight.isWhole(e.stream) && showsWrites && (by === undefined || by.stream === e.stream);
    if (active === T) return judge.held();
    if (active !== F || !visible || slot.inUse !== T) return judge.undecided('active state of the physical interrupt');
    judge.breach({
      entity: `pintid:${slot.pid}`,
      sentence: `vCPU ${e.cpu} runs with vINTID ${slot.vid} in list register ${slot.lr}, HW=1, while pINTID ${slot.pid} is not active: it fires again at once, or the guest's end of it is lost`,
      because: [by, slot.by],
      state: { ...shownRegister(slot), 'physical active': '0' },
    });
  }),
};
