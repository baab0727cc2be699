// The ledger of irqfds: what assigns, deassigns, closes and duplicates prove, from known and unknown starts and after losses.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';
import { gsi } from '../../src/ids.js';
import type { Irqfds } from '../../src/model/irqfd.js';
import { F, T, U } from '../../src/model/tri.js';

const FULL = 'meta.chan chan=* cover=full';
const UNKNOWN = `meta.start state=unknown\n${FULL}`;
const RESET = `meta.start state=reset\n${FULL}`;
/** A kernel trace with probes: descriptors are not followed. */
const PROBES = 'meta.start state=unknown';

function after(text: string, start = RESET): Irqfds {
  const replay = new Replay({ rules: [] });
  replay.feed(parseIrq(`${start}\n${text}\n`, 'text').events);
  return replay.machine.irqfds;
}

const fds = (text: string, start = RESET): number[] => after(text, start).bindingsOf(gsi(10)).map(({ fd }) => fd);

const PLAIN = 'kvm.irqfd.assign fd=7 gsi=10 flags=0 ret=0';
const RESAMPLE = 'kvm.irqfd.assign fd=7 gsi=10 flags=2 resample=8 ret=0';

describe('an assign', () => {
  test('binds where it returned 0, to one GSI or several eventfds to one', () => {
    expect(fds(`${PLAIN}\nkvm.irqfd.assign fd=9 gsi=10 flags=0 ret=0\nkvm.irqfd.assign fd=11 gsi=10 flags=0 ret=-16`)).toEqual([7, 9]);
    expect(after(RESAMPLE).bindingOfFd(7)?.resample).toBe(8);
    expect(after(PLAIN).bindingOfFd(7)?.resample).toBeUndefined();
  });

  test('of a bound eventfd leaves neither the old nor the new ledger certain', () => {
    const irqfds = after(`${PLAIN}\nkvm.irqfd.assign fd=7 gsi=11 flags=0 ret=0`);
    expect([irqfds.hasIrqfd(gsi(10)), irqfds.hasIrqfd(gsi(11)), irqfds.complete]).toEqual([U, T, false]);
  });

  test('of flags 2 is a resample irqfd even if its resamplefd is not named', () => {
    expect(after('kvm.irqfd.assign fd=7 gsi=10 flags=2 ret=0').hasResampler(gsi(10))).toBe(T);
    expect(after(PLAIN).hasResampler(gsi(10))).toBe(F);
  });
});

describe('a deassign', () => {
  test('removes the pair of eventfd and GSI, and nothing else', () => {
    expect(fds(`${PLAIN}\nkvm.irqfd.deassign fd=7 gsi=10 ret=0`)).toEqual([]);
    expect(fds(`${PLAIN}\nkvm.irqfd.deassign fd=7 gsi=11 ret=0`)).toEqual([7]);
    expect(fds(`${PLAIN}\nkvm.irqfd.deassign fd=9 gsi=10 ret=0`)).toEqual([7]);
    expect(fds(`${PLAIN}\nkvm.irqfd.deassign fd=7 gsi=10 ret=-9`)).toEqual([7]);
  });

  test('goes by the eventfd, not by the number', () => {
    expect(fds(`${PLAIN}\nfd.dup fd=7 ret=9\nkvm.irqfd.deassign fd=9 gsi=10 ret=0`)).toEqual([]);
  });

  test('by a number of unknown origin may have removed any irqfd of the GSI', () => {
    const irqfds = after(`${PLAIN}\nkvm.irqfd.deassign fd=9 gsi=10 ret=0`, UNKNOWN);
    expect([irqfds.bindingsOf(gsi(10)).length, irqfds.hasIrqfd(gsi(10))]).toEqual([0, U]);
  });

  test('by a number whose origin is known to be another has removed nothing', () => {
    expect(fds(`${PLAIN}\nfd.open fd=9\nkvm.irqfd.deassign fd=9 gsi=10 ret=0`, UNKNOWN)).toEqual([7]);
  });

  test('where descriptors are not followed leaves the GSI uncertain', () => {
    const irqfds = after(`${RESAMPLE}\nkvm.irqfd.deassign fd=7 gsi=10 ret=0`, PROBES);
    expect([irqfds.bindingsOf(gsi(10)).length, irqfds.hasResampler(gsi(10))]).toEqual([0, U]);
  });
});

describe('a close', () => {
  test('of the last descriptor unbinds, but a worker may still be at it', () => {
    const irqfds = after(`${RESAMPLE}\nfd.close fd=7`);
    expect([irqfds.bindingsOf(gsi(10)).length, irqfds.hasResampler(gsi(10)), irqfds.complete]).toEqual([0, U, false]);
  });

  test('is over when a deassign of the same thread has flushed the queue', () => {
    expect(after(`${RESAMPLE}\nfd.close fd=7\nkvm.irqfd.deassign fd=99 gsi=30 ret=0`).hasResampler(gsi(10))).toBe(F);
    const threads = `tid=1 ${RESAMPLE}\ntid=1 fd.close fd=7\ntid=2 kvm.irqfd.deassign fd=99 gsi=30 ret=0`;
    expect(after(threads).hasResampler(gsi(10))).toBe(U);
  });

  test('of one of two descriptors leaves it bound', () => {
    const irqfds = after(`${RESAMPLE}\nfd.dup fd=7 ret=9\nfd.close fd=7`);
    expect([irqfds.hasResampler(gsi(10)), irqfds.bindingOfFd(9)?.gsi, irqfds.bindingOfFd(7)]).toEqual([T, 10, undefined]);
  });

  test('of a descriptor from before the recording proves nothing: there may be another', () => {
    expect(after(`${RESAMPLE}\nfd.close fd=7\nkvm.irqfd.deassign fd=99 gsi=30 ret=0`, UNKNOWN).hasResampler(gsi(10))).toBe(U);
  });

  test('happens to a number that is opened, or duplicated to, while in use', () => {
    expect(after(`${PLAIN}\nfd.open fd=7`).bindingOfFd(7)).toBeUndefined();
    expect(after(`${PLAIN}\nfd.open fd=9\nfd.dup fd=9 ret=7`).bindingOfFd(7)).toBeUndefined();
  });

  test('told by its GSI is one that was told by its descriptor, where those are told', () => {
    expect(fds(`${PLAIN}\nkvm.irqfd.assign fd=9 gsi=10 flags=0 ret=0\nfd.close fd=7\nfd.close gsi=10`)).toEqual([9]);
  });

  test('told by its GSI is that of the one irqfd there, or of any of several', () => {
    expect(fds(`${PLAIN}\nfd.close gsi=10`, PROBES)).toEqual([]);
    expect(fds(`${PLAIN}\nkvm.irqfd.assign fd=9 gsi=10 flags=0 ret=0\nfd.close gsi=10`, PROBES)).toEqual([]);
  });
});

test('an irqfd is surely bound only if every way of its going is recorded in full', () => {
  for (const chan of ['fd.close', 'fd.dup', 'kvm.irqfd.deassign']) {
    expect(after(`meta.chan chan=${chan} cover=partial\n${RESAMPLE}`).hasResampler(gsi(10)), `without ${chan}`).toBe(U);
  }
});

describe('what is not in the ledger', () => {
  test('is not bound after a reset, if assigns are recorded in full', () => {
    expect([after('').hasIrqfd(gsi(10)), after('').complete]).toEqual([F, true]);
    expect([after('', UNKNOWN).hasIrqfd(gsi(10)), after('', UNKNOWN).complete]).toEqual([U, false]);
    expect(after(PLAIN, 'meta.start state=reset').hasIrqfd(gsi(11))).toBe(U);
  });

  test('is unknown after a loss, but for a ledger that another stream keeps', () => {
    const lost = after(`${PLAIN}\nmeta.lost n=1`);
    expect([lost.bindingOfFd(7), lost.hasIrqfd(gsi(10))]).toEqual([undefined, U]);
    const kinds = ['kvm.irqfd.assign', 'kvm.irqfd.deassign', 'fd.open', 'fd.dup', 'fd.close'];
    const replay = new Replay({ rules: [] });
    const { events } = parseIrq(`meta.start state=reset\n${kinds.map((kind) => `meta.chan chan=${kind} cover=full`).join('\n')}\n${PLAIN}\nmeta.lost n=1\n`, 'text');
    const loss = events.at(-1);
    if (loss !== undefined) loss.stream = 1;
    replay.feed(events);
    expect([replay.machine.irqfds.hasIrqfd(gsi(10)), replay.machine.irqfds.complete]).toEqual([T, true]);
  });

  test('belongs to the old VM after a close, while eventfds stay what they are', () => {
    const irqfds = after(`fd.open fd=7\nfd.dup fd=7 ret=9\n${PLAIN}\nvm.close\nmeta.start state=reset\nkvm.irqfd.assign fd=9 gsi=11 flags=0 ret=0`);
    expect([irqfds.bindingOfFd(7)?.gsi, irqfds.bindingsOf(gsi(10)).length]).toEqual([11, 0]);
  });
});
