// Bodies of the tracepoints that only arm64 has (arch/arm64/kvm/trace_arm.h, vgic/trace.h, Linux 5.10 to 7.2), and of the probes
// on its virtual GIC. Probes are the user's own: a field that one of them does not fetch is not known.

import { NOTHING, type Body, type ReadBody } from './body.js';
import { known, ofMachine, ofVcpu, passage, probe } from './probe.js';
import { Word } from './text.js';
import { HOPS, type SoftState } from './vgic-doing.js';

const VCPU = new Word('VCPU: ');
const IRQ = new Word(', IRQ ');
const TIMER_LEVEL = new Word(', level ');
const LEVEL = new Word(', level: ');
const INJECT_SPI = new Word('Inject VGIC SPI interrupt (1), vcpu->idx: ');
const INJECT_PPI = new Word('Inject VGIC PPI interrupt (2), vcpu->idx: ');
const INJECT = new Word('Inject ');
const NUM = new Word(', num: ');
const CPUID = new Word(' cpuid=');
const INTID = new Word(' intid=');
const FIELD_LEVEL = new Word(' level=');
const LINE = new Word(' line=');
const LATCH = new Word(' latch=');
const ACTIVE = new Word(' active=');
const ENABLED = new Word(' enabled=');
const HW = new Word(' hw=');
const HWINTID = new Word(' hwintid=');
const LR = new Word(' lr=');
const HOST_IRQ = new Word(' host_irq=');
const VINTID = new Word(' vintid=');
const PROBED_IRQ = new Word(' irq=');
const HWIRQ = new Word(' hwirq=');

/** `VCPU: 0, IRQ 27, level 1`, with or without a colon behind `level`. */
function lineOf(body: Body, levelWord: Word): { cpu: number; id: number; level: boolean } {
  body.word(VCPU);
  const cpu = body.signed();
  body.word(IRQ);
  const id = body.decimal();
  body.word(levelWord);
  return { cpu, id, level: body.signed() !== 0 };
}

const timerUpdate: ReadBody = (body) => {
  const { cpu, id, level } = lineOf(body, TIMER_LEVEL);
  return body.whole((kvm) => kvm.vgic.timer(id, cpu, level));
};

const updatePending: ReadBody = (body) => {
  const { cpu, id, level } = lineOf(body, LEVEL);
  return body.whole((kvm) => kvm.vgic.input(HOPS.traced, id, cpu, level));
};

/** A `CPU` interrupt is one of a machine whose GIC is in user space. */
const irqLine: ReadBody = (body) => {
  if (!body.skip(INJECT_SPI) && !body.skip(INJECT_PPI)) {
    body.word(INJECT);
    return body.begun(NOTHING);
  }
  const cpu = body.signed();
  body.word(NUM);
  const id = body.decimal();
  body.word(LEVEL);
  const level = body.signed() !== 0;
  return body.whole((kvm) => kvm.vgic.input(HOPS.called, id, cpu, level));
};

const inject = probe((body) => {
  const cpu = body.field(CPUID);
  const id = body.field(INTID);
  const level = body.field(FIELD_LEVEL);
  return { there: known(id, level), act: (kvm) => kvm.vgic.injected(id, cpu, level !== 0) };
});

/** The fields of `struct vgic_irq`; `there` if all could be fetched, and each flag alone: since some kernel between 6.12 and 7.2 they share a byte. */
function softState(body: Body): { there: boolean; state: SoftState } {
  const id = body.field(INTID);
  const flags = [LINE, LATCH, ACTIVE, ENABLED, HW].map((name) => body.field(name));
  const [line = false, latch = false, active = false, enabled = false, hw = false] = flags.map((flag) => flag === 1);
  return { there: known(id) && flags.every((flag) => flag === 0 || flag === 1), state: { id, line, latch, active, enabled, hw } };
}

const queueIrq = probe((body) => {
  const { there, state } = softState(body);
  return { there, act: (kvm) => kvm.vgic.queued(state) };
});

const populateLr = probe((body) => {
  const { there, state } = softState(body);
  const lr = body.field(LR);
  const hwintid = body.field(HWINTID);
  return { there: there && known(lr), act: (kvm) => kvm.vgic.populated(lr, state, known(hwintid) ? hwintid : -1) };
});

const mapPhys = probe((body) => {
  const hostIrq = body.field(HOST_IRQ);
  const vid = body.field(VINTID);
  return { there: known(hostIrq, vid), act: (kvm) => kvm.vgic.mapped(hostIrq, vid) };
});

const unmapPhys = probe((body) => {
  const vid = body.field(VINTID);
  return { there: known(vid), act: (kvm) => kvm.vgic.unmapped(vid) };
});

const hostEnded = probe((body) => {
  const irq = body.field(PROBED_IRQ);
  const hwirq = body.field(HWIRQ);
  return { there: known(irq, hwirq), act: (kvm) => kvm.vgic.hostEnded(irq, hwirq) };
});

export const VGIC_BODIES: Readonly<Record<string, ReadBody>> = {
  vgic_update_irq_pending: updatePending,
  kvm_timer_update_irq: timerUpdate,
  kvm_irq_line: irqLine,
};

export const VGIC_PROBES: Readonly<Record<string, ReadBody>> = {
  vgic_inject: ofMachine(inject),
  vgic_queue_irq: ofMachine(queueIrq),
  vgic_populate_lr: ofVcpu(populateLr),
  vgic_fold_lr: ofVcpu(passage((kvm) => kvm.vgic.folded())),
  vgic_map_phys: ofVcpu(mapPhys),
  vgic_unmap_phys: ofVcpu(unmapPhys),
  gic_eoimode1_eoi: hostEnded,
  notify_acked: ofMachine(passage(NOTHING)),
  its_inject_msi: ofMachine(passage(NOTHING)),
  resampler_ack: passage((kvm) => kvm.vgic.resamplerAcked()),
};
