// What a log with x86_gsi_interrupt shows of INTx: every move of any wire, by the line that it sets, and all that software does to wires.

import type { Journal } from '../kvm/journal.js';

const WHOLE = ['intx.assert', 'intx.deassert', 'intx.line', 'pci.cmd', 'msi.ctrl', 'msix.ctrl', 'vm.reset'] as const;

export function coverLines(journal: Journal): void {
  journal.tell({ ...journal.stamp(), kind: 'meta.cfg', lineEcho: 1 });
  for (const chan of WHOLE) journal.tell({ ...journal.stamp(), kind: 'meta.chan', chan, cover: 'full' });
}
