// What requests of more threads than are followed have led to.

import { expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';
import { notFollowed } from '../../src/rules/route/not-followed.js';

test("where all threads' places are taken, a thread's new request replaces its old one", () => {
  const request = (tid: number, level: number): string => `on=0 tid=${tid} kvm.set_irq gsi=24 level=${level} source=0\n`;
  const message = 'on=0 tid=7 kvm.msi dst=0 vec=0x41 dm=0 logical=0 trig=edge taken=1 gsi=24\n';
  const done = (level: number): string => `on=0 tid=7 kvm.routed gsi=24 level=${level} ret=1 atomic=0\n`;
  const text =
    `meta.start state=unknown\non=0 tid=7 kvm.routes nr=1 ret=0 map=24:msi@0xfee00000/0x41\n${request(7, 1)}${message}${done(1)}` +
    `${Array.from({ length: 5000 }, (_, n) => request(n + 7, 1)).join('')}${request(7, 0)}${done(0)}`;
  const replay = new Replay({ rules: [notFollowed] });
  replay.feed(parseIrq(text, 'passages').events);
  expect(replay.findings()).toEqual([]);
});
