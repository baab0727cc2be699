// Interrupt Disable takes a function's wire off the line. PCI Local Bus 3.0 6.2.2, Command bit 10.

import type { Rule } from '../rule.js';
import { fell, staysHigh } from './fall.js';

export const heldWhileDisabled: Rule = {
  id: 'intx/held-while-disabled',
  severity: 'violation',
  class: 'deadline',
  clause: 'PCI Local Bus 3.0 and PCIe, Command register bit 10 (Interrupt Disable)',
  summary: 'An INTx line falls when Interrupt Disable is set in the last function that asserts it.',
  needs: ['pci.cmd', 'intx.line'],
  on: { 'intx.line': fell('intx.fall-on-disable') },
  late: { 'intx.fall-on-disable': (lapse, m, judge) => judge.breach(staysHigh(lapse, m, 'has set Interrupt Disable')) },
};
