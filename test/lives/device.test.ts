// Where lives begin: a device's reason, its INTx line, its MSI-X entry. Sequences as QEMU logs them.

import { describe, expect, test } from 'vitest';
import { told, livesOf } from './told.js';

const FN = 'fn=0000:00:04.0';

describe('a function without MSI-X', () => {
  const TAKEN = `
@10 tid=1 virtio.notify ${FN} q=0
@11 tid=1 intx.assert ${FN}
@11 tid=1 intx.line line=20 level=1 by=0000:00:04.0
@12 tid=1 ioapic.in pin=20 level=1
@13 tid=1 ioapic.deliver pin=20 vec=37
@20 tid=2 intx.line line=20 level=0 by=0000:00:04.0
@21 tid=2 ioapic.in pin=20 level=0
@30 tid=2 ioapic.eoi vec=37
`;

  test('goes from its reason through its line to the pin and the end', () => {
    const [life, ...others] = livesOf(TAKEN);
    expect(others).toEqual([]);
    expect(told(life)).toBe('ended: raised asserted delivered lowered ended');
    expect(life?.marks).toEqual(['dev:0000:00:04.0', 'intx:20', 'pin:ioapic/20']);
  });

  test('that has another reason while its line is up merges into what holds it', () => {
    const again = TAKEN.replace('@20', `@15 tid=1 virtio.notify ${FN} q=1\n@20`);
    expect(livesOf(again).map(told)).toEqual(['ended: raised asserted delivered lowered ended', 'merged: raised']);
  });

  test('whose line nothing shows further is out of sight when it falls', () => {
    expect(livesOf('@1 tid=1 intx.line line=20 level=1\n@2 tid=1 intx.line line=20 level=0\n').map(told)).toEqual(['unseen: asserted lowered']);
  });

  test('shares its line: the second holder merges into the first', () => {
    const shared = TAKEN.replace('@20', '@14 tid=3 virtio.notify fn=0000:00:05.0\n@15 tid=3 intx.line line=20 level=1 by=0000:00:05.0\n@20');
    expect(livesOf(shared).map(told)).toEqual(['ended: raised asserted delivered lowered ended', 'merged: raised asserted']);
  });
});

describe('an MSI-X entry', () => {
  const NOTIFY = `@10 tid=1 virtio.notify ${FN} q=0\n`;

  test('sends what its function had a reason for', () => {
    const [life] = livesOf(`${NOTIFY}@11 tid=1 msix.msg ${FN} entry=1 addr=0xfee00000 data=65\n`);
    expect(told(life)).toBe('open: raised sent');
    expect(life?.marks).toEqual(['dev:0000:00:04.0', 'msix:0000:00:04.0/1']);
  });

  test('that is masked sends once for all, when another thread unmasks it', () => {
    const masked = `@10 tid=1 msix.fire ${FN} entry=1\n@20 tid=1 msix.fire ${FN} entry=1\n@30 tid=2 msix.msg ${FN} entry=1 addr=0xfee00000 data=65\n`;
    expect(livesOf(masked).map(told)).toEqual(['open: fired sent', 'merged: fired']);
  });

  test('has nothing to do with what another function raised in the same thread', () => {
    const other = `${NOTIFY}@11 tid=1 msix.msg fn=0000:00:05.0 entry=0 addr=0xfee00000 data=66\n`;
    expect(livesOf(other).map(told)).toEqual(['open: raised', 'open: sent']);
  });

  test('is given up by a loss', () => {
    expect(livesOf(`${NOTIFY}@11 tid=1 meta.lost\n@12 tid=1 msix.msg ${FN} entry=1 addr=0xfee00000 data=65\n`).map(told)).toEqual(['unseen: raised', 'open: sent']);
  });
});
