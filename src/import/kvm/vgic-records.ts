// Binary records of arm64's tracepoints and of the probes on its virtual GIC: the twin of vgic-bodies.ts
// (arch/arm64/kvm/trace_arm.h, vgic/trace.h, Linux 5.10 to 7.2).

import type { KvmAssembler } from './assembler.js';
import { number, numbers, ofMachine, ofVcpu, passage } from './probe-records.js';
import { FLAG, INTIDS, VCPUS } from './limits.js';
import type { CompileRecord } from './record.js';
import { HOPS, type SoftState } from './vgic-doing.js';

/** `type` of kvm_irq_line whose interrupt is no line of the GIC: the GIC is in user space. */
const CPU_INTERRUPT = 0;

function line(tell: (kvm: KvmAssembler, id: number, cpu: number, level: boolean) => void): CompileRecord {
  return (fields) => {
    const cpu = fields.below(VCPUS, 'vcpu_id');
    const id = fields.below(INTIDS, 'irq');
    const level = fields.below(FLAG, 'level');
    return (kvm, record) => tell(kvm, id.of(record), cpu.of(record), level.of(record) !== 0);
  };
}

const irqLine: CompileRecord = (fields) => {
  const type = fields.number('type');
  const cpu = fields.number('vcpu_idx');
  const id = fields.below(INTIDS, 'irq_num');
  const level = fields.number('level');
  return (kvm, record) => {
    if (type.of(record) !== CPU_INTERRUPT) kvm.vgic.input(HOPS.called, id.of(record), cpu.of(record), level.of(record) !== 0);
  };
};

const SOFT_STATE = ['intid', 'line', 'latch', 'active', 'enabled', 'hw'] as const;

/** A probe that fetches the fields of `struct vgic_irq`. */
function softState(tell: (kvm: KvmAssembler, state: SoftState, lr: number, hwintid: number) => void): CompileRecord {
  return (fields) => {
    if (!SOFT_STATE.every((name) => fields.has(name))) return undefined;
    const id = fields.below(INTIDS, 'intid');
    const line = fields.number('line');
    const latch = fields.number('latch');
    const active = fields.number('active');
    const enabled = fields.number('enabled');
    const hw = fields.number('hw');
    const lr = fields.optional('lr');
    const hwintid = fields.optional('hwintid');
    return (kvm, r) => {
      // A whole byte where the flags share one: none is known.
      if ((line.of(r) | latch.of(r) | active.of(r) | enabled.of(r) | hw.of(r)) > 1) return;
      const state = { id: id.of(r), line: line.of(r) === 1, latch: latch.of(r) === 1, active: active.of(r) === 1, enabled: enabled.of(r) === 1, hw: hw.of(r) === 1 };
      tell(kvm, state, lr.of(r), hwintid.of(r));
    };
  };
}

const inject: CompileRecord = (fields) => {
  if (!fields.has('intid') || !fields.has('level')) return undefined;
  const cpu = fields.optional('cpuid');
  const id = fields.number('intid');
  const level = fields.number('level');
  return (kvm, record) => kvm.vgic.injected(id.of(record), cpu.of(record), level.of(record) !== 0);
};

/** Tracepoints that only arm64 has. */
export const VGIC_RECORDS: Readonly<Record<string, CompileRecord>> = {
  vgic_update_irq_pending: line((kvm, id, cpu, level) => kvm.vgic.input(HOPS.traced, id, cpu, level)),
  kvm_timer_update_irq: line((kvm, id, cpu, level) => kvm.vgic.timer(id, cpu, level)),
  kvm_irq_line: irqLine,
};

export const VGIC_PROBE_RECORDS: Readonly<Record<string, CompileRecord>> = {
  vgic_inject: ofMachine(inject),
  vgic_queue_irq: ofMachine(softState((kvm, state) => kvm.vgic.queued(state))),
  vgic_populate_lr: ofVcpu(softState((kvm, state, lr, hwintid) => {
    if (!Number.isNaN(lr)) kvm.vgic.populated(lr, state, Number.isNaN(hwintid) ? -1 : hwintid);
  })),
  vgic_fold_lr: ofVcpu(passage((kvm) => kvm.vgic.folded())),
  vgic_map_phys: ofVcpu(numbers(['host_irq', 'vintid'], (kvm, hostIrq = 0, vid = 0) => kvm.vgic.mapped(hostIrq, vid))),
  vgic_unmap_phys: ofVcpu(number('vintid', (kvm, vid) => kvm.vgic.unmapped(vid))),
  gic_eoimode1_eoi: numbers(['irq', 'hwirq'], (kvm, irq = 0, hwirq = 0) => kvm.vgic.hostEnded(irq, hwirq)),
  notify_acked: ofMachine(passage(() => {})),
  its_inject_msi: ofMachine(passage(() => {})),
  resampler_ack: passage((kvm) => kvm.vgic.resamplerAcked()),
};
