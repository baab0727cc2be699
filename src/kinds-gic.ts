// The event kinds of a GIC: `gic.*` of the guest's or the only one, `pgic.*` of the physical one under a hypervisor.

// Writes and reads of an interrupt's registers in a GIC with two Security states: `secure` 1 is a Secure access, 0 a Non-secure one, none where it is not told.
const gicKinds = {
  // `targets`: CPUs as a bit mask, GICv2. `user`: by a call of user space, which begins here; none of that thread's is under way.
  in: { id: 'intid', level: 'bit', cpu: 'vcpu?', targets: 'int?', user: 'bit?' },
  cfg: { id: 'intid', trig: 'trig', cpu: 'vcpu?', secure: 'bit?' },
  en: { id: 'intid', val: 'bit', cpu: 'vcpu?', secure: 'bit?' },
  // Without a value: it may have become pending or not. `own`: of an SGI, written to its bit of the pending registers, not sent.
  // `msi`: by a write to the ITS's doorbell.
  pend: { id: 'intid', val: 'bit?', cpu: 'vcpu?', srccpu: 'vcpu?', own: 'bit?', msi: 'bit?', secure: 'bit?' },
  // GICv3: an SGI is generated, for CPUs `first` to `first` + 15 as a bit mask; without `targets`: for all others.
  sgi: { cpu: 'vcpu', id: 'intid', first: 'vcpu?', targets: 'int?' },
  act: { id: 'intid', val: 'bit', cpu: 'vcpu?', secure: 'bit?' },
  // Without a value: written, in a view that cannot be told.
  prio: { id: 'intid', val: 'int?', cpu: 'vcpu?', secure: 'bit?' },
  group: { id: 'intid', val: 'bit', cpu: 'vcpu?', secure: 'bit?' },
  // One CPU, or a mask of CPUs; neither: any.
  route: { id: 'intid', cpu: 'vcpu?', targets: 'int?', secure: 'bit?' },
  pmr: { cpu: 'vcpu', val: 'int?' },
  bpr: { cpu: 'vcpu', val: 'int?', group: 'bit' },
  grpen: { cpu: 'vcpu', val: 'bit', group: 'bit?' },
  // `common`: interrupts of group 1 have the binary point of group 0; GICv3.
  eoimode: { cpu: 'vcpu', val: 'bit?', common: 'bit?' },
  iar: { cpu: 'vcpu', id: 'intid', srccpu: 'vcpu?', group: 'bit?' },
  eoir: { cpu: 'vcpu', id: 'intid', srccpu: 'vcpu?', group: 'bit?' },
  dir: { cpu: 'vcpu', id: 'intid', srccpu: 'vcpu?' },
  hppir: { cpu: 'vcpu', id: 'intid', group: 'bit?' },
  rpr: { cpu: 'vcpu', val: 'int' },
  // `targets`, a mask of CPUs, or `to`, one: where it goes. `cpu`: whose it is.
  read: { id: 'intid', pend: 'bit?', act: 'bit?', en: 'bit?', trig: 'trig?', prio: 'int?', group: 'bit?', targets: 'int?', to: 'vcpu?', cpu: 'vcpu?', secure: 'bit?' },
  dist: { val: 'bit?', group: 'bit?' },
  // The distributor's control register was read: its group enables.
  ctlr: { grp0: 'bit', grp1: 'bit' },
  // Active priorities were written.
  apr: { cpu: 'vcpu' },
  // Registers of the CPU interface were read.
  iface: { cpu: 'vcpu', pmr: 'int?', bpr0: 'int?', bpr1: 'int?', grpen0: 'bit?', grpen1: 'bit?', eoimode: 'bit?' },
  // The CPU interface got another context: list registers, active priorities.
  load: { cpu: 'vcpu' },
} as const;

/** Kinds of a GIC without their prefix. */
export type GicName = keyof typeof gicKinds;

export const GIC_KINDS = {
  'gic.in': gicKinds.in,
  'gic.cfg': gicKinds.cfg,
  'gic.en': gicKinds.en,
  'gic.pend': gicKinds.pend,
  'gic.sgi': gicKinds.sgi,
  'gic.act': gicKinds.act,
  'gic.prio': gicKinds.prio,
  'gic.group': gicKinds.group,
  'gic.route': gicKinds.route,
  'gic.pmr': gicKinds.pmr,
  'gic.bpr': gicKinds.bpr,
  'gic.grpen': gicKinds.grpen,
  'gic.eoimode': gicKinds.eoimode,
  'gic.iar': gicKinds.iar,
  'gic.eoir': gicKinds.eoir,
  'gic.dir': gicKinds.dir,
  'gic.hppir': gicKinds.hppir,
  'gic.rpr': gicKinds.rpr,
  'gic.read': gicKinds.read,
  'gic.dist': gicKinds.dist,
  'gic.ctlr': gicKinds.ctlr,
  'gic.apr': gicKinds.apr,
  'gic.iface': gicKinds.iface,
  'gic.load': gicKinds.load,
  'pgic.in': gicKinds.in,
  'pgic.cfg': gicKinds.cfg,
  'pgic.en': gicKinds.en,
  'pgic.pend': gicKinds.pend,
  'pgic.sgi': gicKinds.sgi,
  'pgic.act': gicKinds.act,
  'pgic.prio': gicKinds.prio,
  'pgic.group': gicKinds.group,
  'pgic.route': gicKinds.route,
  'pgic.pmr': gicKinds.pmr,
  'pgic.bpr': gicKinds.bpr,
  'pgic.grpen': gicKinds.grpen,
  'pgic.eoimode': gicKinds.eoimode,
  'pgic.iar': gicKinds.iar,
  'pgic.eoir': gicKinds.eoir,
  'pgic.dir': gicKinds.dir,
  'pgic.hppir': gicKinds.hppir,
  'pgic.rpr': gicKinds.rpr,
  'pgic.read': gicKinds.read,
  'pgic.dist': gicKinds.dist,
  'pgic.ctlr': gicKinds.ctlr,
  'pgic.apr': gicKinds.apr,
  'pgic.iface': gicKinds.iface,
  'pgic.load': gicKinds.load,
} as const;
