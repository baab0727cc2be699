// Bodies of the device models' own lines: e1000e_irq_* (hw/net/trace-events), pci_nvme_irq_* (hw/nvme/trace-events) of QEMU 7.2 and 10.0.

import { NOTHING, type ReadBody } from '../kvm/body.js';
import { Word } from '../kvm/text.js';
import type { QemuAssembler } from './assembler.js';
import { BYTE, FLAG, MSIX_ENTRIES } from './limits.js';

const NOTIFY = new Word('MSI-X notify vector 0x');
const SETTING = new Word('Setting IMS bits 0x');
const SETS = new Word('Setting interrupt register 0x');
const OLD = new Word(': 0x');
const NEW = new Word(' --> 0x');
const IMS = 0xd0;
const POSTPONED = new Word('Sending MSI-X postponed by EITR[');
const CLOSE = new Word(']');
const WITHDRAWN = new Word(' vector ');
const STATE = new Word('IRQ line state: ');
const PIN = new Word('pulsing IRQ pin');
const ASSERTING = new Word('asserting IRQ pin');
const GSI = new Word('GSI interrupt #');
const LEVEL = new Word(' level:');
const VDEV = new Word('vdev 0x');
const VQ = new Word(' vq 0x');
const N = new Word(' n ');
const VAL = new Word(' val ');
const OBJECT = new Word('obj=0x');
const SYSTEM_BUS = new Word('(System)');
const RAISING = new Word('raising MSI-X IRQ vector ');

/** A cause of the e1000e changes: what its thread sent before is done. */
const turns: ReadBody<QemuAssembler> = (body) => body.begun(({ devices }: QemuAssembler) => devices.messages.expectNone());

const unmasking =
  (causes: number) =>
  ({ devices }: QemuAssembler): void => {
    devices.messages.expectNone();
    devices.e1000e.unmasks(causes);
  };

/** `Setting IMS bits 0x1f00004: 0x0 --> 0x1f00004`, to 7.2. */
const unmasks: ReadBody<QemuAssembler> = (body) => {
  body.word(SETTING);
  return body.begun(unmasking(body.hex()));
};

/** `Setting interrupt register 0xd0: 0x0 --> 0x1f00004`, since 8.0: IMS, ICR, or one of an igb. Which of the bits were written is not told. */
const sets: ReadBody<QemuAssembler> = (body) => {
  body.word(SETS);
  const register = body.hex();
  body.word(OLD);
  body.hex();
  body.word(NEW);
  const causes = body.hex();
  return body.whole(register === IMS ? unmasking(causes) : ({ devices }: QemuAssembler) => devices.messages.expectNone());
};

const notify: ReadBody<QemuAssembler> = (body) => {
  body.word(NOTIFY);
  const row = body.below(MSIX_ENTRIES, body.hex());
  return body.whole(({ devices }: QemuAssembler) => devices.e1000e.fires(row, 'notify'));
};

const postponed: ReadBody<QemuAssembler> = (body) => {
  body.word(POSTPONED);
  const row = body.below(MSIX_ENTRIES);
  body.word(CLOSE);
  return body.whole(({ devices }: QemuAssembler) => devices.e1000e.fires(row, 'postponed'));
};

/** `Clearing MSI-X pending bit for cause 0x100000, IVAR config 0x8, vector 0`. */
const withdrawn: ReadBody<QemuAssembler> = (body) => {
  if (!body.find(WITHDRAWN)) return undefined;
  const row = body.below(MSIX_ENTRIES);
  return body.whole(({ devices }: QemuAssembler) => devices.e1000e.withdraws(row));
};

/** `obj=0x55ed39045890(System) method=0`; objects of the machine's tree are reset from its leaves to its root. */
const held: ReadBody<QemuAssembler> = (body) => {
  body.word(OBJECT);
  body.pointer();
  if (!body.skip(SYSTEM_BUS)) return body.begun(NOTHING);
  return body.begun(({ devices, journal }: QemuAssembler) => devices.resets.root(journal.tid));
};

const raising: ReadBody<QemuAssembler> = (body) => {
  body.word(RAISING);
  const row = body.below(MSIX_ENTRIES);
  return body.whole(({ devices }: QemuAssembler) => devices.nvme.fires(row));
};

const legacy: ReadBody<QemuAssembler> = (body) => {
  body.word(STATE);
  const level = body.below(FLAG) === 0 ? 0 : 1;
  return body.whole(({ devices }: QemuAssembler) => devices.e1000e.sets(level));
};

const pulsing: ReadBody<QemuAssembler> = (body) => {
  if (!body.skip(PIN)) body.word(ASSERTING);
  return body.whole(({ devices }: QemuAssembler) => devices.nvme.pulses());
};

const gsi: ReadBody<QemuAssembler> = (body) => {
  body.word(GSI);
  const number = body.decimal();
  body.word(LEVEL);
  const level = body.decimal() === 0 ? 0 : 1;
  return body.whole(({ devices, journal, wires }: QemuAssembler) => {
    wires.line(number, level);
    devices.line(number, level, journal.tid);
  });
};

const notifies =
  (later: boolean): ReadBody<QemuAssembler> =>
  (body) => {
    body.word(VDEV);
    const device = body.pointer();
    body.word(VQ);
    const queue = body.pointer();
    return body.whole(({ devices }: QemuAssembler) => devices.virtio.notifies(device, queue, later));
  };

const kicked: ReadBody<QemuAssembler> = (body) => {
  body.word(VDEV);
  body.pointer();
  body.word(N);
  const n = body.decimal();
  body.word(VQ);
  const queue = body.pointer();
  return body.whole(({ devices }: QemuAssembler) => devices.virtio.kicked(n, queue));
};

const status: ReadBody<QemuAssembler> = (body) => {
  body.word(VDEV);
  const device = body.pointer();
  body.word(VAL);
  const value = body.below(BYTE);
  return body.whole((qemu: QemuAssembler) => {
    qemu.devices.virtio.status(device, value);
    if (value === 0) qemu.virtioReset();
  });
};

export const MODEL_BODIES: Readonly<Record<string, ReadBody<QemuAssembler>>> = {
  e1000e_irq_msix_notify_vec: notify,
  e1000e_irq_msix_notify_postponed_vec: postponed,
  e1000e_irq_msix_pending_clearing: withdrawn,
  e1000e_irq_write_ics: turns,
  e1000e_irq_icr_write: turns,
  e1000e_irq_set_ims: unmasks,
  e1000e_irq_clear_ims: turns,
  e1000e_irq_set: sets,
  e1000e_irq_clear: turns,
  e1000e_irq_legacy_notify: legacy,
  pci_nvme_irq_msix: raising,
  pci_nvme_irq_pin: pulsing,
  x86_gsi_interrupt: gsi,
  virtio_notify: notifies(false),
  virtio_notify_irqfd: notifies(true),
  virtio_queue_notify: kicked,
  resettable_phase_hold_exec: held,
  virtio_set_status: status,
};
