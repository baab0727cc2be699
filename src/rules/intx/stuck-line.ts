// A line that nobody asserts is low. PCI Local Bus 3.0 2.2.6: the line is the OR of the wires on it.

import type { Rule } from '../rule.js';
import { fell, staysHigh } from './fall.js';

export const stuckLine: Rule = {
  id: 'intx/stuck-line',
  severity: 'violation',
  class: 'deadline',
  clause: 'PCI Local Bus 3.0, Interrupt Pins: a shared line is high only while a function asserts it; PCIe, INTx interrupt signaling',
  summary: 'An INTx line falls when its last function de-asserts.',
  needs: ['intx.deassert', 'intx.line'],
  on: { 'intx.line': fell('intx.fall') },
  late: { 'intx.fall': (lapse, m, judge) => judge.breach(staysHigh(lapse, m, 'de-asserted')) },
};
