// Lives on Arm: the plain guest's, with EOImode 0 and 1; the forwarded timer's over both sides; the level interrupt's through its list register.

import { describe, expect, test } from 'vitest';
import { livesOf, told } from './told.js';

test('a plain guest: line, acknowledge, EOIR', () => {
  const [life] = livesOf('@1 gic.in id=33 level=1\n@2 gic.iar cpu=0 id=33\n@3 gic.eoir cpu=0 id=33\n');
  expect(told(life)).toBe('ended: asserted taken ended');
  expect(life?.marks).toEqual(['intid:33']);
});

test('with EOImode 1 EOIR drops the priority and DIR ends', () => {
  expect(livesOf('gic.eoimode cpu=0 val=1\ngic.in id=33 level=1\ngic.iar cpu=0 id=33\ngic.eoir cpu=0 id=33\ngic.dir cpu=0 id=33\n').map(told)).toEqual(['ended: asserted taken dropped deactivated']);
});

test('a PPI is each CPU\'s own', () => {
  const lives = livesOf('gic.in id=27 level=1 cpu=0\ngic.in id=27 level=1 cpu=1\ngic.iar cpu=1 id=27\ngic.eoir cpu=1 id=27\n');
  expect(lives.map(told)).toEqual(['open: asserted', 'ended: asserted taken ended']);
  expect(lives.map(({ marks }) => marks)).toEqual([['intid:27@cpu0'], ['intid:27@cpu1']]);
});

test('one that is pending takes the next one in', () => {
  expect(livesOf('gic.pend id=40 val=1\ngic.pend id=40 val=1\ngic.iar cpu=0 id=40\ngic.eoir cpu=0 id=40\n').map(({ fate, merged }) => `${fate} ${merged}`)).toEqual(['ended 1', 'merged 0']);
});

// formats.md's order of one forwarded timer interrupt: physical side, host, list register, guest, fold
const FORWARDED = `
@0 pgic.in id=27 level=1 cpu=0
@48 pgic.iar cpu=0 id=27
@52 pgic.eoir cpu=0 id=27
@67 tid=9 gic.in id=27 level=1 cpu=0
@125 tid=9 vgic.flush cpu=0 lr=0 vid=27 st=P hw=1 pid=27
@152 gic.iar cpu=0 id=27
@218 gic.eoir cpu=0 id=27
@3640 tid=9 vgic.fold cpu=0
`;

test('a forwarded timer is one life over both sides', () => {
  const [life, guest] = livesOf(FORWARDED);
  expect(told(life)).toBe('ended: asserted taken dropped listed ended folded');
  expect(life?.marks).toEqual(['pintid:27@cpu0', 'intid:27@cpu0']);
  expect(told(guest)).toBe('merged: asserted');
});

test('a level interrupt: fold, acknowledge, de-assert, resample, unmask', () => {
  const text = `
tid=9 gic.in id=36 level=1
tid=9 vgic.flush cpu=0 lr=0 vid=36 st=P hw=0 eoi=1
gic.iar cpu=0 id=36
gic.eoir cpu=0 id=36
tid=9 vgic.fold cpu=0 lr=0 vid=36 st=I
tid=9 kvm.ack chip=0 pin=4
tid=9 kvm.set_irq gsi=4 level=0 source=1
tid=9 kvm.resample gsi=4
tid=9 vfio.unmask dev=a
`;
  expect(told(livesOf(text)[0])).toBe('ended: asserted listed taken ended folded acknowledged lowered resampled unmasked');
});

test('seen by the host alone, a fold that tells it is inactive ends it', () => {
  expect(told(livesOf('tid=9 gic.in id=36 level=1\ntid=9 vgic.flush cpu=0 lr=0 vid=36 st=P hw=0\ntid=9 vgic.fold cpu=0 lr=0 vid=36 st=I\n')[0])).toBe('ended: asserted listed folded');
});

describe('seen by KVM\'s probes, which do not tell what a list register reads', () => {
  const raise = 'tid=1 gic.in id=36 level=1\n';
  const list = (state: string): string => `tid=9 vgic.flush cpu=0 lr=0 vid=36 st=${state} hw=0\n`;
  const RUN = 'cpu.enter cpu=0\n';
  const FOLD = 'tid=9 vgic.fold cpu=0\n';

  test('an interrupt that is not listed again has been ended', () => {
    expect(livesOf(raise + list('P') + RUN + FOLD + RUN).map(told)).toEqual(['ended: asserted listed folded']);
  });

  test('one that is listed again is the same, until a new one came', () => {
    expect(livesOf(raise + list('P') + RUN + FOLD + list('A') + RUN + FOLD + list('P') + RUN).map(told)).toEqual(['open: asserted listed']);
    expect(livesOf(raise + list('P') + RUN + FOLD + raise + list('P') + RUN).map(told)).toEqual(['ended: asserted listed folded', 'open: asserted listed']);
  });

  test('what was read back before the guest ran has not been ended', () => {
    expect(livesOf(raise + list('P') + FOLD + RUN).map(told)).toEqual(['open: asserted listed']);
  });
});

describe('an irqfd, as KVM traces it on Arm', () => {
  // GSI n is SPI n + 32 in the table that KVM sets up; a message is an LPI
  test.each([['its own SPI', 'gic.in id=85 level=1', 'signalled asserted'], ['an LPI', 'gic.in id=8193 level=1', 'signalled asserted'], ['KVM\'s view of its LPI', 'vgic.irq vid=8193 latch=1', 'signalled asserted']])('goes on as %s', (_, event, hops) => {
    expect(livesOf(`tid=1 efd.signal gsi=53\ntid=1 ${event}\n`).map(told)).toEqual([`open: ${hops}`]);
  });

  test('has nothing to do with another SPI, another thread or a second LPI', () => {
    for (const other of ['tid=1 gic.in id=86 level=1', 'tid=2 gic.in id=85 level=1']) expect(livesOf(`tid=1 efd.signal gsi=53\n${other}\n`).map(told)).toEqual(['open: signalled', 'open: asserted']);
    expect(livesOf('tid=1 efd.signal gsi=53\ntid=1 gic.in id=8193 level=1\ntid=1 gic.in id=8194 level=1\n').map(told)).toEqual(['open: signalled asserted', 'open: asserted']);
  });
});
