// A function that uses MSI or MSI-X does not use INTx. PCIe 6.1.4.3; QEMU msix_write_config calls pci_device_deassert_intx.

import type { Rule } from '../rule.js';
import { fell, staysHigh } from './fall.js';

export const notReleasedOnMsiEnable: Rule = {
  id: 'intx/not-released-on-msi-enable',
  severity: 'violation',
  class: 'deadline',
  clause: 'PCIe 6.1.4.3: a function with MSI or MSI-X enabled is prohibited from using INTx; QEMU msix_write_config',
  summary: 'An INTx line falls when its last function enables MSI or MSI-X, before its first message.',
  needs: [['msix.ctrl', 'msi.ctrl'], 'intx.line'],
  on: { 'intx.line': fell('intx.fall-on-msi') },
  late: { 'intx.fall-on-msi': (lapse, m, judge) => judge.breach(staysHigh(lapse, m, 'has enabled its messages')) },
};
