// Probe lines, `(where) name=value ...`, and the host's interrupt handlers. Probes are the user's own: a field that one of
// them does not fetch is not known (NaN), and so is what would follow from it. The order of the fields does not matter.

import { NOTHING, type ReadBody } from './body.js';
import { known, ofMachine, passage, probe } from './probe.js';
import { Word } from './text.js';

const NR = new Word(' nr=');
const GSI = new Word(' gsi=');
const TYPE = new Word(' type=');
const ROUTE_TYPE = new Word(' rt_type=');
const U0 = new Word(' u0=');
const U1 = new Word(' u1=');
const U2 = new Word(' u2=');
const FD = new Word(' fd=');
const FLAGS = new Word(' flags=');
const RESAMPLEFD = new Word(' resamplefd=');
const RESAMPLER = new Word(' resampler=');
const KEY = new Word(' key=');
const RET = new Word(' ret=');
const ID = new Word(' id=');
const ADDR_LO = new Word(' addr_lo=');
const ADDR_HI = new Word(' addr_hi=');
const DATA = new Word(' data=');
const VDEV = new Word(' vdev=');
const PROBED_IRQ = new Word(' irq=');
const IRQ = new Word('irq=');
const LEVEL = new Word(' level=');
const NAME = new Word(' name=');
const VFIO_INTX = new Word('vfio-intx(');
const GUEST_TIMER = new Word('kvm guest ');

const setIrqRouting = probe((body) => {
  const nr = body.field(NR);
  return { there: known(nr), act: (kvm) => kvm.irqfds.routing(nr) };
});

const setRoutingEntry = probe((body) => {
  const gsi = body.field(GSI);
  const type = body.field(TYPE);
  const u0 = body.field(U0);
  const u1 = body.field(U1);
  const u2 = body.field(U2);
  return { there: known(gsi, type, u0, u1, u2), act: (kvm) => kvm.irqfds.routingEntry({ gsi, type, u0, u1, u2 }) };
});

const irqfd = probe((body) => {
  const fd = body.field(FD);
  const gsi = body.field(GSI);
  const flags = body.field(FLAGS);
  const resamplefd = body.field(RESAMPLEFD);
  return { there: known(fd, gsi, flags, resamplefd), act: (kvm) => kvm.irqfds.irqfd(fd, gsi, flags, resamplefd) };
});

const irqfdReturned = probe((body) => {
  const ret = body.field(RET);
  return { there: known(ret), act: (kvm) => kvm.irqfds.irqfdReturned(ret) };
});

const irqfdWakeup = probe((body) => {
  const gsi = body.field(GSI);
  const key = body.field(KEY);
  const resampler = body.field(RESAMPLER) !== 0;
  const routeType = body.field(ROUTE_TYPE);
  return { there: known(key), act: (kvm) => kvm.woken(gsi, key, routeType, resampler) };
});

const resamplerAck = probe((body) => {
  const gsi = body.field(GSI);
  return { there: known(gsi), act: (kvm) => kvm.irqfds.resamplerAcked(gsi) };
});

const sourceAllocated = probe((body) => {
  const ret = body.field(RET);
  return { there: known(ret), act: (kvm) => kvm.irqfds.sourceAllocated(ret) };
});

const sourceFreed = probe((body) => {
  const id = body.field(ID);
  return { there: known(id), act: (kvm) => kvm.irqfds.sourceFreed(id) };
});

const inatomic = probe((body) => {
  const gsi = body.field(GSI);
  const type = body.field(TYPE);
  return { there: known(gsi), act: (kvm) => kvm.inatomic(gsi, type) };
});

const inatomicReturned = probe((body) => {
  const ret = body.field(RET);
  return { there: known(ret), act: (kvm) => kvm.messages.inatomicReturned(ret) };
});

const setIrqReturned = probe((body) => {
  const ret = body.field(RET);
  return { there: known(ret), act: (kvm) => kvm.setIrqReturned(ret) };
});

const userspaceMsi = probe((body) => {
  const low = body.field(ADDR_LO);
  const high = body.field(ADDR_HI);
  const data = body.field(DATA);
  const flags = body.field(FLAGS);
  return { there: known(low, high, data), act: (kvm) => kvm.messages.signalled((BigInt(high) << 32n) | BigInt(low), data, flags) };
});

const irqLine = probe((body) => {
  const gsi = body.field(PROBED_IRQ);
  const level = body.field(LEVEL);
  return { there: true, act: (kvm) => kvm.irqLine(gsi, level) };
});

const intxHandler = probe((body) => {
  const irq = body.field(PROBED_IRQ);
  return { there: known(irq), act: (kvm) => kvm.handlers.vfioIntx(irq) };
});

const intxMask = probe((body) => {
  const there = body.find(VDEV);
  const dev = body.token();
  return { there, act: (kvm) => kvm.handlers.masked(dev) };
});

const intxUnmask = probe((body) => {
  const there = body.find(VDEV);
  const dev = body.token();
  return { there, act: (kvm) => kvm.handlers.unmasked(dev) };
});

/** `irq=20 name=vfio-intx(0000:00:10.0)`: names hold blanks, brackets and parentheses. */
const handlerEntry: ReadBody = (body) => {
  body.word(IRQ);
  body.decimal();
  body.word(NAME);
  const intx = body.skip(VFIO_INTX) ? body.token().replace(/\)$/, '') : '';
  const guestTimer = body.skip(GUEST_TIMER);
  return body.begun((kvm) => kvm.handlers.entered(intx, guestTimer));
};

const handlerExit: ReadBody = (body) => {
  body.word(IRQ);
  return body.begun((kvm) => kvm.handlers.left());
};

export const PROBE_BODIES: Readonly<Record<string, ReadBody>> = {
  kvm_set_irq_in: ofMachine(passage(NOTHING)),
  kvm_set_irq_ret: setIrqReturned,
  kvm_vm_ioctl_irq_line: ofMachine(irqLine),
  kvm_arch_set_irq_inatomic: ofMachine(inatomic),
  set_irq_inatomic: ofMachine(inatomic),
  kvm_arch_set_irq_inatomic_ret: inatomicReturned,
  kvm_send_userspace_msi: ofMachine(userspaceMsi),
  kvm_set_irq_routing: ofMachine(setIrqRouting),
  kvm_set_routing_entry: setRoutingEntry,
  kvm_irqfd: ofMachine(irqfd),
  kvm_irqfd_ret: irqfdReturned,
  irqfd_wakeup: ofMachine(irqfdWakeup),
  irqfd_resampler_ack: resamplerAck,
  // An inline function since 6.8; what it calls can be probed instead.
  eventfd_signal: passage((kvm) => kvm.irqfds.signalled()),
  eventfd_signal_mask: passage((kvm) => kvm.irqfds.signalled()),
  kvm_request_irq_source_id_ret: sourceAllocated,
  kvm_free_irq_source_id: sourceFreed,
  vfio_intx_handler: intxHandler,
  vfio_intx: intxHandler,
  vfio_msihandler: passage((kvm) => kvm.handlers.vfioMsi()),
  vfio_msi: passage((kvm) => kvm.handlers.vfioMsi()),
  vfio_pci_intx_mask: intxMask,
  vfio_pci_intx_unmask: intxUnmask,
  vfio_pci_intx_unmask_handler: intxUnmask,
  vfio_intx_unmask: intxUnmask,
  irq_handler_entry: handlerEntry,
  irq_handler_exit: handlerExit,
};
