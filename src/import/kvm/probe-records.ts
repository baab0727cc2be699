// Records of probes and of the host's interrupt handlers: the twin of probe-bodies.ts. A probe's fields bear the names that
// its user gave them; one that is not fetched is not known (NaN), and so is what would follow from it.

import type { KvmAssembler } from './assembler.js';
import type { CompileRecord, RawRecord, ReadRecord } from './record.js';

/** A probe of which one number matters. */
export function number(name: string, tell: (kvm: KvmAssembler, value: number) => void): CompileRecord {
  return (fields) => {
    if (!fields.has(name)) return undefined;
    const field = fields.optional(name);
    return (kvm, record) => {
      const value = field.of(record);
      if (!Number.isNaN(value)) tell(kvm, value);
    };
  };
}

/** A probe of which several numbers matter, told in this order if all of them are known. */
export function numbers(names: readonly string[], tell: (kvm: KvmAssembler, ...values: number[]) => void): CompileRecord {
  return (fields) => {
    if (!names.every((name) => fields.has(name))) return undefined;
    const wanted = names.map((name) => fields.optional(name));
    // One list for all records: these probes are among the most frequent.
    const values = names.map(() => Number.NaN);
    return (kvm, record) => {
      for (const [at, field] of wanted.entries()) if (Number.isNaN((values[at] = field.of(record)))) return;
      tell(kvm, ...values);
    };
  };
}

/** A probe without fields that matter. */
export const passage =
  (read: ReadRecord): CompileRecord =>
  () =>
    read;

/** Tells first of the pointer that the probe fetches as `name`, where it does. */
const naming =
  (name: string, tell: (kvm: KvmAssembler, pointer: number) => void) =>
  (compile: CompileRecord): CompileRecord =>
  (fields) => {
    const read = compile(fields);
    if (!fields.has(name)) return read;
    const pointer = fields.number(name);
    return (kvm, record) => {
      tell(kvm, pointer.of(record));
      read?.(kvm, record);
    };
  };

/** The same with the machine's pointer, where the probe fetches it. */
export const ofMachine = naming('kvm', (kvm, pointer) => kvm.machines.pointer(pointer));
/** The same with the pointer of the vCPU that the thread runs. */
export const ofVcpu = naming('vcpu', (kvm, pointer) => kvm.vgic.runs(pointer));

const irqfdWakeup: CompileRecord = (fields) => {
  const gsi = fields.optional('gsi');
  const key = fields.optional('key');
  const resampler = fields.optional('resampler');
  const routeType = fields.optional('rt_type');
  if (!fields.has('key')) return undefined;
  return (kvm, record) => kvm.woken(gsi.of(record), key.of(record), routeType.of(record), resampler.of(record) !== 0);
};

const inatomic: CompileRecord = (fields) => {
  const gsi = fields.optional('gsi');
  const type = fields.optional('type');
  if (!fields.has('gsi')) return undefined;
  return (kvm, record) => kvm.inatomic(gsi.of(record), type.of(record));
};

const userspaceMsi: CompileRecord = (fields) => {
  const flags = fields.optional('flags');
  const [low, high, data] = [fields.optional('addr_lo'), fields.optional('addr_hi'), fields.optional('data')];
  if (!['addr_lo', 'addr_hi', 'data'].every((name) => fields.has(name))) return undefined;
  return (kvm, record) => {
    const [lower, upper, value] = [low.of(record), high.of(record), data.of(record)];
    if (!Number.isNaN(lower + upper + value)) kvm.messages.signalled((BigInt(upper) << 32n) | BigInt(lower), value, flags.of(record));
  };
};

const irqLine: CompileRecord = (fields) => {
  const gsi = fields.optional('irq');
  const level = fields.optional('level');
  return (kvm, record) => kvm.irqLine(gsi.of(record), level.of(record));
};

function ofDevice(tell: (kvm: KvmAssembler, dev: string) => void): CompileRecord {
  return (fields) => {
    const dev = fields.printed('vdev');
    return dev === undefined ? undefined : (kvm, record) => tell(kvm, dev(record));
  };
}

const unmasked = ofDevice((kvm, dev) => kvm.handlers.unmasked(dev));

const VFIO_INTX = 'vfio-intx(';
/** `kvm guest vtimer`, `kvm guest ptimer`. */
const GUEST_TIMER = 'kvm guest ';

/** `vfio-intx(0000:00:10.0)`. */
const handlerEntry: CompileRecord = (fields) => {
  const name = fields.text('name');
  const functionOf = (record: RawRecord): string => name.of(record).slice(VFIO_INTX.length).replace(/ .*$/s, '').replace(/\)$/, '');
  return (kvm, record) => kvm.handlers.entered(name.begins(VFIO_INTX, record) ? functionOf(record) : '', name.begins(GUEST_TIMER, record));
};

/** Tracepoints of the host's interrupts (include/trace/events/irq.h). */
export const HANDLER_RECORDS: Readonly<Record<string, CompileRecord>> = {
  irq_handler_entry: handlerEntry,
  irq_handler_exit: passage((kvm) => kvm.handlers.left()),
};

export const PROBE_RECORDS: Readonly<Record<string, CompileRecord>> = {
  kvm_set_irq_in: ofMachine(passage(() => {})),
  kvm_set_irq_ret: number('ret', (kvm, ret) => kvm.setIrqReturned(ret)),
  kvm_vm_ioctl_irq_line: ofMachine(irqLine),
  kvm_arch_set_irq_inatomic: ofMachine(inatomic),
  set_irq_inatomic: ofMachine(inatomic),
  kvm_arch_set_irq_inatomic_ret: number('ret', (kvm, ret) => kvm.messages.inatomicReturned(ret)),
  kvm_send_userspace_msi: ofMachine(userspaceMsi),
  kvm_set_irq_routing: ofMachine(number('nr', (kvm, nr) => kvm.irqfds.routing(nr))),
  kvm_set_routing_entry: numbers(['gsi', 'type', 'u0', 'u1', 'u2'], (kvm, gsi, type, u0, u1, u2) => kvm.irqfds.routingEntry({ gsi, type, u0, u1, u2 })),
  kvm_irqfd: ofMachine(numbers(['fd', 'gsi', 'flags', 'resamplefd'], (kvm, fd, gsi, flags, resamplefd) => kvm.irqfds.irqfd(fd, gsi, flags, resamplefd))),
  kvm_irqfd_ret: number('ret', (kvm, ret) => kvm.irqfds.irqfdReturned(ret)),
  irqfd_wakeup: ofMachine(irqfdWakeup),
  irqfd_resampler_ack: number('gsi', (kvm, gsi) => kvm.irqfds.resamplerAcked(gsi)),
  // An inline function since 6.8; what it calls can be probed instead.
  eventfd_signal: passage((kvm) => kvm.irqfds.signalled()),
  eventfd_signal_mask: passage((kvm) => kvm.irqfds.signalled()),
  kvm_request_irq_source_id_ret: number('ret', (kvm, ret) => kvm.irqfds.sourceAllocated(ret)),
  kvm_free_irq_source_id: number('id', (kvm, id) => kvm.irqfds.sourceFreed(id)),
  vfio_intx_handler: number('irq', (kvm, irq) => kvm.handlers.vfioIntx(irq)),
  vfio_intx: number('irq', (kvm, irq) => kvm.handlers.vfioIntx(irq)),
  vfio_msihandler: passage((kvm) => kvm.handlers.vfioMsi()),
  vfio_msi: passage((kvm) => kvm.handlers.vfioMsi()),
  vfio_pci_intx_mask: ofDevice((kvm, dev) => kvm.handlers.masked(dev)),
  vfio_pci_intx_unmask: unmasked,
  vfio_pci_intx_unmask_handler: unmasked,
  vfio_intx_unmask: unmasked,
};
