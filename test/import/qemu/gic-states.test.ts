// How many Security states use a QEMU GIC, as its registers show.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../../src/analyze.js';
import { RULES } from '../../../src/rules/index.js';
import { dist2, meaning, told } from './gic-lines.js';

const dist = (offset: number, data: number): string => `gicv3_dist_write GICv3 distributor write: offset 0x${offset.toString(16)} data 0x${data.toString(16)} size 4 secure 0`;

/** How many Security states the lines show to be in use: `gicViews` in turn. */
const views = (...lines: readonly string[]): (0 | 1)[] => meaning(lines).flatMap((event) => (event.kind === 'meta.cfg' && event.gicViews !== undefined ? [event.gicViews] : []));

/** The rules that the lines break. */
function rulesOf(...lines: readonly string[]): string[] {
  const replay = new Replay({ rules: RULES });
  replay.feed(meaning(lines));
  return replay.findings().map(({ rule }) => rule);
}

describe('Security states', () => {
  const typer = (data: string, secure: 0 | 1): string => `gicv3_dist_read GICv3 distributor read: offset 0x4 data 0x${data} size 4 secure ${secure}`;
  const control = (data: string, secure: 0 | 1): string => `gicv3_dist_read GICv3 distributor read: offset 0x0 data 0x${data} size 4 secure ${secure}`;

  test('one where GICD_CTLR.DS is set, two where it is clear, or an access is Secure', () => {
    expect(views(control('53', 0), control('53', 0))).toEqual([0]);
    expect(views(control('13', 0))).toEqual([1]);
    // Registers of the CPU interface stay banked.
    expect(views(control('53', 1))).toEqual([1]);
    expect(views(dist(0x104, 1))).toEqual([]);
  });

  test('one where GICD_TYPER has no Security Extensions, else two', () => {
    expect(views(dist2('read', 0x4, 0x8))).toEqual([0]);
    expect(views(dist2('read', 0x4, 0x408))).toEqual([1]);
    expect(views(typer('37a0007', 0), typer('37a0007', 0))).toEqual([0]);
    expect(views(typer('37a0407', 0))).toEqual([1]);
    expect(views(typer('37a0007', 1))).toEqual([1]);
    // Read-only.
    expect(views(dist(0x4, 0))).toEqual([]);
  });

  test('a GICD_CTLR.DS that is set later changes what GICD_TYPER has told', () => {
    const enables = (...lines: readonly string[]): unknown[] => told(...lines).filter((event) => Reflect.get(event, 'kind') === 'gic.dist').map((event) => Reflect.get(event, 'val'));
    const set = 'gicv3_dist_write GICv3 distributor write: offset 0x0 data 0x41 size 4 secure 1';
    expect(views(typer('37a0407', 1), set, typer('37a0007', 0))).toEqual([1]);
    expect(views(typer('37a0407', 0), control('53', 0))).toEqual([1, 0]);
    expect(views(control('13', 0), typer('37a0007', 0))).toEqual([1, 0]);
    // Groups 0 and 1 are told apart once it is set, which a Non-secure write does not do.
    expect(enables(typer('37a0407', 1), set)).toEqual([1, 0]);
    expect(enables(typer('37a0407', 0), set.replace('secure 1', 'secure 0'))).toEqual([undefined, undefined]);
    expect(enables(typer('37a0007', 0), dist(0, 1))).toEqual([1, 0]);
  });

  test('a trigger mode that reads otherwise than it was written is found where GICD_TYPER alone tells that there is one', () => {
    const mode = dist(0xc08, 0x0002_0000);
    const read = 'gicv3_dist_read GICv3 distributor read: offset 0xc08 data 0x20000 size 4 secure 0';
    const wrong = read.replace('0x20000', '0xa0000');
    expect(rulesOf(typer('37a0007', 0), mode, wrong)).toEqual(['gic/config-mismatch']);
    expect(rulesOf(typer('37a0007', 0), mode, read)).toEqual([]);
    expect(rulesOf(typer('37a0407', 0), mode, wrong)).toEqual([]);
    expect(rulesOf(mode, wrong)).toEqual([]);
  });

  test('accesses of frames are told with theirs once there are two, and all find everything where GICD_CTLR.DS is set', () => {
    const enable = (secure: 0 | 1): string => `gicv3_dist_write GICv3 distributor write: offset 0x104 data 0x1 size 4 secure ${secure}`;
    const secure = (...lines: readonly string[]): unknown[] => meaning(lines).flatMap((event) => (event.kind === 'gic.en' ? [event.secure] : []));
    expect(secure(enable(0), control('53', 0), enable(0))).toEqual([undefined, undefined]);
    expect(secure(enable(1), enable(0), control('13', 0), enable(0))).toEqual([1, 0, 0]);
    expect(secure(control('53', 1), enable(0))).toEqual([1]);
    const sgi = 'gicv3_redist_send_sgi GICv3 redistributor 0x0 pending SGI 1';
    expect(told(enable(1), sgi)).toContainEqual({ kind: 'gic.pend', id: 1, val: 1, cpu: 0 });
  });
});
