// Bits that a reset clears: what ends the knowledge that nothing has set them since.

import { expect, test } from 'vitest';
import { RESET, replay } from './msix-replay.js';

const READS = 'pci.cmd.read fn=a intx_disable=1\nmsi.ctrl.read fn=a enable=1\n';

test('each bit has one finding, until the next reset', () => {
  expect(replay(RESET, `pci.reset fn=a\n${READS}${READS}`).found).toEqual(['intx/reset-state 2', 'msi/reset-state 3']);
  expect(replay(RESET, `pci.reset fn=a\n${READS}pci.reset fn=a\n${READS}`).found).toHaveLength(4);
  expect(replay(RESET, `pci.reset fn=b\n${READS}`).found).toEqual([]);
});

test('a loss, a reset of the machine or a snapshot may have set them', () => {
  for (const ends of ['meta.lost', 'vm.reset', 'vm.restore']) expect(replay(RESET, `pci.reset fn=a\n${ends}\n${READS}`).found).toEqual([]);
});

test('a write of the other byte leaves nothing to judge, one that sets the other bit does', () => {
  expect(replay(RESET, `pci.reset fn=a\npci.cmd fn=a master=1\n${READS}`).found).toEqual(['msi/reset-state 4']);
  expect(replay(RESET, `pci.reset fn=a\nmsi.ctrl fn=a enable=1 mme=0\n${READS}`).found).toEqual(['intx/reset-state 3']);
});
