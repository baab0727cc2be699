// Bodies of vfio_* (QEMU hw/vfio/trace-events, 7.2 to 11.1) and of what its MSIs do with KVM's routes (accel/kvm/trace-events). The device is named as the
// host names it: an address, or the last part of a mediated device's path.

import type { FieldTypes } from '../../field-types.js';
import type { ReadBody } from '../kvm/body.js';
import { Word } from '../kvm/text.js';
import type { QemuAssembler } from './assembler.js';
import { BARS, CONFIG_SPACE, MSIX_ENTRIES } from './limits.js';
import type { VfioFunctions } from './vfio.js';

const OPEN = new Word('(');
const ACCELERATED = new Word(' KVM INTx accel enabled');
const PLAIN = new Word(' KVM INTx accel disabled');
const EOI = new Word(' EOI');
const PINS = ['A', 'B', 'C', 'D'].map((pin) => new Word(` Pin ${pin}`));
const VECTOR = new Word(' vector ');
const USED = new Word(' used');
const RELEASED = new Word(' released');
const ADDRESS = new Word(' 0x');
const DATA = new Word('/0x');
const ENABLED = new Word(' Enabled ');
const VECTORS = new Word(' MSI vectors');
const AT = new Word(' @0x');
const NEXT = new Word(' 0x');
const LENGTH = new Word(' len=0x');
const MOVED = new Word(' IRQ moved ');
const ARROW = new Word(' -> ');
const CAPABILITY = new Word('PCI MSI-X CAP @0x');
const BAR = new Word(', BAR ');
const OFFSET = new Word(', offset 0x');
const ENTRIES = new Word(', entries ');
const SPACE = 32;
const CLOSE = 41;
const COMMA = 44;
const CLOSING = new Word(')');

/** ` (0000:00:12.0)` and, if there is one, what must follow. */
function of(act: (vfio: VfioFunctions, dev: string) => void, rest?: Word): ReadBody<QemuAssembler> {
  return (body) => {
    body.word(OPEN);
    const dev = body.until(CLOSE);
    if (rest !== undefined) body.word(rest);
    return body.whole(({ devices }: QemuAssembler) => act(devices.vfio, dev));
  };
}

const taken: ReadBody<QemuAssembler> = (body) => {
  body.word(OPEN);
  const dev = body.until(CLOSE);
  const shown = PINS.some((pin) => body.skip(pin));
  return shown ? body.whole(({ devices }: QemuAssembler) => devices.vfio.takes(dev)) : undefined;
};

/** ` (0000:00:12.0) vector 3 used`. */
function row(act: (vfio: VfioFunctions, dev: string, row: number) => void, rest: Word): ReadBody<QemuAssembler> {
  return (body) => {
    body.word(OPEN);
    const dev = body.until(CLOSE);
    body.word(VECTOR);
    const number = body.below(MSIX_ENTRIES);
    body.word(rest);
    return body.whole(({ devices }: QemuAssembler) => act(devices.vfio, dev, number));
  };
}

/** ` (0000:00:12.0) vector 0 0xfee00000/0x4023`. */
const message: ReadBody<QemuAssembler> = (body) => {
  body.word(OPEN);
  const dev = body.until(CLOSE);
  body.word(VECTOR);
  const number = body.below(MSIX_ENTRIES);
  body.word(ADDRESS);
  const low = BigInt(body.hexLong());
  const addr = (BigInt(body.high) << 32n) | low;
  body.word(DATA);
  const data = body.hex();
  return body.whole(({ devices }: QemuAssembler) => devices.vfio.sends(dev, { row: number, addr, data }));
};

const enabledMsi: ReadBody<QemuAssembler> = (body) => {
  body.word(OPEN);
  const dev = body.until(CLOSE);
  body.word(ENABLED);
  body.decimal();
  body.word(VECTORS);
  return body.whole(({ devices }: QemuAssembler) => devices.vfio.on(dev, 'msi'));
};

/** ` (0000:00:12.0, @0x4, 0x107, len=0x2)`. */
const written: ReadBody<QemuAssembler> = (body) => {
  body.word(OPEN);
  const dev = body.until(COMMA);
  body.word(AT);
  body.below(CONFIG_SPACE, body.hex());
  body.until(COMMA);
  body.word(NEXT);
  body.hex();
  body.until(COMMA);
  body.word(LENGTH);
  body.hex();
  body.word(CLOSING);
  return body.whole(({ devices }: QemuAssembler) => devices.vfio.names(dev));
};

/** ` (0000:00:12.0) IRQ moved 20 -> 10`. */
const moved: ReadBody<QemuAssembler> = (body) => {
  body.word(OPEN);
  const dev = body.until(CLOSE);
  body.word(MOVED);
  body.signed();
  body.word(ARROW);
  body.signed();
  return body.whole(({ devices }: QemuAssembler) => devices.vfio.moves(dev));
};

/** `0000:00:12.0 PCI MSI-X CAP @0x40, BAR 0, offset 0x2000, entries 65`; since QEMU 10.0 `, noresize 0` follows. */
const setUp: ReadBody<QemuAssembler> = (body) => {
  const dev = body.until(SPACE);
  body.word(CAPABILITY);
  const capability = body.below(CONFIG_SPACE, body.hex());
  body.word(BAR);
  const bar = body.below(BARS);
  body.word(OFFSET);
  const offset = body.hex();
  body.word(ENTRIES);
  const rows = body.below(MSIX_ENTRIES + 1);
  return body.begun(({ devices }: QemuAssembler) => devices.vfio.setUp(dev, { capability, bar, offset, rows }));
};

const on = (mode: FieldTypes['vfiomode']): ReadBody<QemuAssembler> => of((vfio, dev) => vfio.on(dev, mode));
const off = (mode: FieldTypes['vfiomode']): ReadBody<QemuAssembler> => of((vfio, dev) => vfio.off(dev, mode));
const ended = of((vfio, dev) => vfio.ends(dev), EOI);

export const VFIO_BODIES: Readonly<Record<string, ReadBody<QemuAssembler>>> = {
  vfio_intx_interrupt: taken,
  vfio_intx_eoi: ended,
  vfio_pci_intx_eoi: ended,
  vfio_intx_enable_kvm: of((vfio, dev) => vfio.fast(dev), ACCELERATED),
  vfio_intx_disable_kvm: of((vfio, dev) => vfio.slow(dev), PLAIN),
  vfio_intx_update: moved,
  vfio_intx_enable: on('intx'),
  vfio_intx_disable: off('intx'),
  vfio_msi_enable: enabledMsi,
  vfio_msi_disable: off('msi'),
  vfio_msix_enable: on('msix'),
  vfio_msix_disable: off('msix'),
  vfio_msi_interrupt: message,
  vfio_msix_vector_do_use: row((vfio, dev, number) => vfio.uses(dev, number), USED),
  vfio_msix_vector_release: row((vfio, dev, number) => vfio.releases(dev, number), RELEASED),
  vfio_msix_pba_enable: of((vfio, dev) => vfio.shows(dev, 1)),
  vfio_msix_pba_disable: of((vfio, dev) => vfio.shows(dev, 0)),
  vfio_msix_early_setup: setUp,
  vfio_pci_write_config: written,
  vfio_pci_reset: of((vfio, dev) => vfio.resets(dev)),
};
