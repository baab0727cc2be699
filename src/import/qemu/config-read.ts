// Reads of configuration spaces that show bits which switch interrupts: Interrupt Disable and MSI Enable. PCI Local Bus 3.0 6.2.2, 6.8.1. QEMU logs no access size:
// a value tells what it can.

import type { Journal } from '../kvm/journal.js';
import { COMMAND, INTX_DISABLE, bit } from './config-write.js';
import { CAPABILITY, type PciFunction } from './pci-function.js';

const WORD = 0x1_0000;
const MESSAGE_CONTROL = 2;

/** A register of a function of the host's may be QEMU's, or the function's own. */
export function readBack(journal: Journal, fn: PciFunction, offset: number, value: number): void {
  if (fn.isAssigned) return;
  // A byte alone does not show it.
  if (offset === COMMAND && value > 0xff) journal.say({ kind: 'pci.cmd.read', fn: fn.name, intx_disable: bit(value, INTX_DISABLE) });
  const msi = fn.capability(CAPABILITY.msi);
  if (msi === undefined) return;
  if (offset === msi + MESSAGE_CONTROL) journal.say({ kind: 'msi.ctrl.read', fn: fn.name, enable: bit(value, 1) });
  else if (offset === msi && value >= WORD) journal.say({ kind: 'msi.ctrl.read', fn: fn.name, enable: bit(value, WORD) });
}
