// A reset function asserts nothing. PCI Local Bus 3.0, reset state; QEMU pci_device_reset de-asserts INTx.

import type { Rule } from '../rule.js';
import { fell, staysHigh } from './fall.js';

export const stuckAfterReset: Rule = {
  id: 'intx/stuck-after-reset',
  severity: 'violation',
  class: 'deadline',
  clause: 'PCI Local Bus 3.0 and PCIe, state of a function after reset; QEMU pci_device_reset',
  summary: 'An INTx line falls when the last function that asserts it is reset.',
  needs: ['pci.reset', 'intx.line'],
  on: { 'intx.line': fell('intx.fall-on-reset') },
  late: { 'intx.fall-on-reset': (lapse, m, judge) => judge.breach(staysHigh(lapse, m, 'was reset')) },
};
