// Bodies of pci_cfg_*, pci_update_mappings_* and msix_write_config (QEMU hw/pci/trace-events, 7.2 and later). 5.2 prints no bus: those say nothing here.

import { NOTHING, type Body, type ReadBody } from '../kvm/body.js';
import { Word } from '../kvm/text.js';
import type { QemuAssembler } from './assembler.js';
import { BARS, BUSES, CONFIG_SPACE, FLAG, FUNCTIONS, SLOTS } from './limits.js';
import type { Address } from './pci.js';

const COLON = new Word(':');
const DOT = new Word('.');
const AT = new Word(' @0x');
const WRITTEN = new Word(' <- 0x');
const READ = new Word(' -> 0x');
const BLANK = new Word(' ');
const RANGE = new Word(',0x');
const PLUS = new Word('+0x');
const DEV = new Word('dev ');
const ENABLED = new Word('enabled ');
const MASKED = new Word(' masked ');
const SPACE = 32;
const DWORD = 0x1_0000_0000;

/** `e1000e 00:04.0`; undefined in the older form. */
function readAddress(body: Body): Address | undefined {
  const device = body.until(SPACE);
  const bus = body.below(BUSES, body.hex(2));
  if (!body.skip(COLON)) return undefined;
  const slot = body.below(SLOTS, body.hex(2));
  if (!body.skip(DOT)) return undefined;
  return { device, bus, slot, fn: body.below(FUNCTIONS, body.hex()) };
}

function long(body: Body): number {
  const low = body.hexLong();
  return body.high * DWORD + low;
}

function config(arrow: Word, act: (qemu: QemuAssembler, address: Address, offset: number, value: number) => void): ReadBody<QemuAssembler> {
  return (body) => {
    const address = readAddress(body);
    if (address === undefined) return body.begun(NOTHING);
    body.word(AT);
    const offset = body.below(CONFIG_SPACE, body.hex());
    body.word(arrow);
    const value = body.hex();
    return body.whole((qemu: QemuAssembler) => act(qemu, address, offset, value));
  };
}

function mapping(act: (qemu: QemuAssembler, address: Address, bar: number, addr: number, size: number) => void): ReadBody<QemuAssembler> {
  return (body) => {
    const address = readAddress(body);
    if (address === undefined) return body.begun(NOTHING);
    body.word(BLANK);
    const bar = body.below(BARS);
    body.word(RANGE);
    const addr = long(body);
    body.word(PLUS);
    const size = long(body);
    return body.whole((qemu: QemuAssembler) => act(qemu, address, bar, addr, size));
  };
}

const control: ReadBody<QemuAssembler> = (body) => {
  body.word(DEV);
  const device = body.until(SPACE);
  body.word(ENABLED);
  const enabled = body.below(FLAG) === 0 ? 0 : 1;
  body.word(MASKED);
  const masked = body.below(FLAG) === 0 ? 0 : 1;
  return body.whole(({ devices }: QemuAssembler) => devices.control(device, enabled, masked));
};

export const PCI_BODIES: Readonly<Record<string, ReadBody<QemuAssembler>>> = {
  pci_cfg_read: config(READ, ({ devices }, address, offset, value) => devices.configRead(address, offset, value)),
  pci_cfg_write: config(WRITTEN, ({ devices }, address, offset, value) => devices.configWritten(address, offset, value)),
  pci_update_mappings_add: mapping(({ devices }, address, bar, addr, size) => devices.pci.mapped(address, bar, addr, size)),
  pci_update_mappings_del: mapping(({ devices }, address, bar, addr, size) => devices.unmapped(address, bar, addr, size)),
  msix_write_config: control,
};
