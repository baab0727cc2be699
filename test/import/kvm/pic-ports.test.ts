// Bytes at the ports of the 8259 pair. 8259A data sheet: ICW1 has bit 4 set, OCW3 bit 3, OCW2 neither; ICW2 to ICW4 follow at the upper port.

import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/event.js';
import { Journal } from '../../../src/import/kvm/journal.js';
import { PicPorts } from '../../../src/import/kvm/pic-ports.js';

type Access = readonly ['w' | 'r', port: number, val: number];

function told(accesses: readonly Access[], isQemus = true): object[] {
  const journal = new Journal(0);
  const out: Event[] = [];
  journal.begin(out);
  const ports = new PicPorts(journal, { isQemus });
  for (const [what, port, val] of accesses) {
    if (what === 'w') ports.wrote(port, val);
    else ports.wasRead(port, val);
  }
  const common = new Set(['seq', 'ns', 'on', 'tid', 'stream', 'at', 'name']);
  return out.map((event) => Object.fromEntries(Object.entries(event).filter(([key]) => !common.has(key))));
}

const INIT: readonly Access[] = [['w', 0x20, 0x11], ['w', 0x21, 0x30], ['w', 0x21, 0x04], ['w', 0x21, 0x03]];

describe('an initialization', () => {
  test('of four words, then IMR', () => {
    expect(told([...INIT, ['w', 0x21, 0xfb]])).toEqual([
      { kind: 'pic.init', chip: 0, icw4: 1 },
      { kind: 'pic.mode', chip: 0, base: 0x30 },
      { kind: 'pic.mode', chip: 0, aeoi: 1, sfnm: 0 },
      { kind: 'pic.imr', chip: 0, val: 0xfb },
    ]);
  });

  test('asks for level triggering, which is told of QEMU alone', () => {
    const words: readonly Access[] = [['w', 0x20, 0x19]];
    expect(told(words, false)).toEqual([{ kind: 'pic.init', chip: 0, icw4: 1 }]);
    expect(told(words)).toEqual([{ kind: 'pic.init', chip: 0, icw4: 1, ltim: 1 }]);
  });

  test('without ICW4', () => {
    expect(told([['w', 0xa0, 0x10], ['w', 0xa1, 0x70], ['w', 0xa1, 0x02], ['w', 0xa1, 0xff]])).toEqual([
      { kind: 'pic.init', chip: 1, icw4: 0 },
      { kind: 'pic.mode', chip: 1, base: 0x70 },
      { kind: 'pic.imr', chip: 1, val: 0xff },
    ]);
  });

  test('of a single chip leaves ICW3 out, which KVM expects all the same', () => {
    const words: readonly Access[] = [['w', 0x20, 0x13], ['w', 0x21, 0x30], ['w', 0x21, 0x03], ['w', 0x21, 0xfb]];
    const masked = { kind: 'pic.imr', chip: 0, val: undefined };
    expect(told(words).slice(1)).toEqual([
      { kind: 'pic.mode', chip: 0, base: 0x30 },
      { kind: 'pic.mode', chip: 0, aeoi: 1, sfnm: 0 },
      { kind: 'pic.imr', chip: 0, val: 0xfb },
    ]);
    expect(told([['w', 0x20, 0x12], ['w', 0x21, 0x30], ['w', 0x21, 0xfb]]).at(-1)).toEqual({ kind: 'pic.imr', chip: 0, val: 0xfb });
    expect(told(words, false).slice(1)).toEqual([masked, masked, masked]);
  });

  test('that began before the recording: up to three words may belong to it', () => {
    expect(told([['w', 0x21, 1], ['w', 0x21, 2], ['w', 0x21, 3], ['w', 0x21, 4]])).toEqual([
      { kind: 'pic.imr', chip: 0, val: undefined },
      { kind: 'pic.imr', chip: 0, val: undefined },
      { kind: 'pic.imr', chip: 0, val: undefined },
      { kind: 'pic.imr', chip: 0, val: 4 },
    ]);
  });
});

test('OCW2: every combination of rotate, specific and EOI', () => {
  const command = (val: number): object | undefined => told([...INIT, ['w', 0x20, val]])[3];
  expect(command(0x00)).toEqual({ kind: 'pic.mode', chip: 0, raeoi: 0 });
  expect(command(0x80)).toEqual({ kind: 'pic.mode', chip: 0, raeoi: 1 });
  expect(command(0x20)).toEqual({ kind: 'pic.eoi', chip: 0, pin: 'ns', rotate: 0 });
  expect(command(0xa0)).toEqual({ kind: 'pic.eoi', chip: 0, pin: 'ns', rotate: 1 });
  expect(command(0x63)).toEqual({ kind: 'pic.eoi', chip: 0, pin: 3, rotate: 0 });
  expect(command(0xe3)).toEqual({ kind: 'pic.eoi', chip: 0, pin: 3, rotate: 1 });
  // L2 to L0 name the pin of lowest priority.
  expect(command(0xc7)).toEqual({ kind: 'pic.mode', chip: 0, prio: 0 });
  expect(command(0x40)).toBeUndefined();
});

describe('a read', () => {
  test('gives IRR after an initialization, then what OCW3 selects, and IMR at the upper port', () => {
    const reads: readonly Access[] = [['r', 0x21, 0xfb], ['r', 0x20, 1], ['w', 0x20, 0x0b], ['r', 0x20, 2], ['w', 0x20, 0x0a], ['r', 0x20, 3]];
    expect(told([...INIT, ['w', 0x20, 0x08], ['r', 0x21, 0xff], ...reads]).slice(4)).toEqual([
      { kind: 'pic.read', chip: 0, reg: 'imr', val: 0xfb },
      { kind: 'pic.read', chip: 0, reg: 'irr', val: 1 },
      { kind: 'pic.read', chip: 0, reg: 'isr', val: 2 },
      { kind: 'pic.read', chip: 0, reg: 'irr', val: 3 },
    ]);
  });

  test('after a poll command is its answer, once, at either port', () => {
    const poll: readonly Access[] = [['r', 0xa1, 0], ['w', 0xa0, 0x0c], ['r', 0xa1, 0x84], ['r', 0xa1, 0xff]];
    expect(told(poll).slice(1)).toEqual([
      { kind: 'pic.mode', chip: 1, smm: undefined, poll: 1 },
      { kind: 'pic.poll', chip: 1, val: 0x84 },
      { kind: 'pic.read', chip: 1, reg: 'imr', val: 0xff },
    ]);
    expect(told(poll, false)[2]).toEqual({ kind: 'pic.poll', chip: 1, val: undefined });
  });

  test('may be a poll at the start of a recording', () => {
    expect(told([['r', 0x20, 0x84], ['r', 0x20, 0x84]])).toEqual([{ kind: 'pic.poll', chip: 0, val: undefined }]);
  });
});

test('ELCR, and special mask mode', () => {
  expect(told([['w', 0x4d0, 0x20], ['w', 0x4d1, 0x0c], ['r', 0x4d1, 0x0c], ['w', 0xa0, 0x68], ['w', 0xa0, 0x48]])).toEqual([
    { kind: 'pic.elcr', chip: 0, val: 0x20 },
    { kind: 'pic.elcr', chip: 1, val: 0x0c },
    { kind: 'pic.read', chip: 1, reg: 'elcr', val: 0x0c },
    { kind: 'pic.mode', chip: 1, smm: 1 },
    { kind: 'pic.mode', chip: 1, smm: 0 },
  ]);
});
