// List registers, forwarding and VFIO's INTx as a replay sees them: what each recorder shows, and what stays unknown.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { intid, vcpu } from '../../src/ids.js';
import { parseIrq } from '../../src/import/irq.js';
import { ANY, showSet } from '../../src/model/lr-bank.js';
import type { Machine } from '../../src/model/machine.js';
import { F, T, U } from '../../src/model/tri.js';
import { RULES } from '../../src/rules/index.js';

const ALL = 'meta.start state=reset\nmeta.chan chan=* cover=full\n';
const CPU = vcpu(0);

/** The machine after these events; `streams` gives the stream of some of them, by index. */
function after(text: string, start = ALL, streams: Readonly<Record<number, number>> = {}): Machine {
  const replay = new Replay({ rules: [] });
  replay.feed(parseIrq(start, 'start').events);
  const { events } = parseIrq(text, 'test');
  for (const [index, stream] of Object.entries(streams)) Object.assign(events[Number(index)] ?? {}, { stream });
  replay.feed(events);
  return replay.machine;
}

const stateOf = (machine: Machine, vid: number): string => {
  const [slot] = machine.vgic.bank(0, CPU).holding(intid(vid), ANY);
  return slot === undefined ? 'none' : showSet(slot.set);
};

describe('list registers', () => {
  const filled = 'vgic.flush cpu=0 lr=0 vid=40 st=P hw=0\ncpu.enter cpu=0\n';

  test('a watched guest leaves them alone until it shows otherwise', () => {
    expect(stateOf(after(filled), 40)).toBe('P');
    expect(stateOf(after(`${filled}gic.iar cpu=0 id=40\n`), 40)).toBe('A');
    expect(stateOf(after(`gic.eoimode cpu=0 val=0\n${filled}gic.iar cpu=0 id=40\ngic.eoir cpu=0 id=40\n`), 40)).toBe('I');
    expect(stateOf(after(`gic.eoimode cpu=0 val=1\n${filled}gic.iar cpu=0 id=40\ngic.eoir cpu=0 id=40\n`), 40)).toBe('A');
    expect(stateOf(after(`gic.eoimode cpu=0 val=1\n${filled}gic.iar cpu=0 id=40\ngic.eoir cpu=0 id=40\ngic.dir cpu=0 id=40\n`), 40)).toBe('I');
  });

  test('one that is not watched may have done anything', () => {
    expect(stateOf(after(filled, 'meta.start state=unknown\n'), 40)).toBe('I or P or A');
  });

  test('without its mode the end is uncertain, until a list register that was read back tells', () => {
    const ended = `${filled}gic.iar cpu=0 id=40\ngic.eoir cpu=0 id=40\n`;
    expect(stateOf(after(ended), 40)).toBe('I or A');
    expect(stateOf(after(`${ended}vgic.fold cpu=0 lr=0 vid=40 st=I\n${ended}`), 40)).toBe('I');
    expect(stateOf(after(`${ended}vgic.fold cpu=0 lr=0 vid=40 st=A\n${ended}`), 40)).toBe('A');
  });

  test('each vCPU has a mode of its own, which it may set anew', () => {
    const ended = `${filled}gic.iar cpu=0 id=40\ngic.eoir cpu=0 id=40\n`;
    expect(stateOf(after(`gic.eoimode cpu=0 val=0\ngic.eoimode cpu=1 val=1\n${ended}`), 40)).toBe('I');
    expect(stateOf(after(`gic.eoimode cpu=0 val=0\ngic.eoimode cpu=0 val=1\n${ended}`), 40)).toBe('A');
    expect(stateOf(after(`gic.eoimode cpu=0 val=0\ngic.eoimode cpu=0\n${ended}`), 40)).toBe('I or A');
    expect(stateOf(after(`gic.eoimode cpu=1 val=0\n${ended}`), 40)).toBe('I or A');
  });

  test('a DIR that is not recorded may end what is active', () => {
    const taken = `${filled}gic.iar cpu=0 id=40\n`;
    expect(stateOf(after(`gic.eoimode cpu=0 val=1\n${taken}`), 40)).toBe('A');
    expect(stateOf(after(`meta.chan chan=gic.dir cover=partial\ngic.eoimode cpu=0 val=1\n${taken}`), 40)).toBe('I or A');
    expect(stateOf(after(`meta.chan chan=gic.dir cover=partial\ngic.eoimode cpu=0 val=0\n${taken}`), 40)).toBe('A');
    expect(stateOf(after(`meta.chan chan=gic.dir cover=partial\ngic.eoimode cpu=0 val=1\nvgic.flush cpu=0 lr=0 vid=40 st=PA hw=0\n`), 40)).toBe('P or PA');
  });

  test('what was taken again since its end does not tell the mode', () => {
    const again = `${filled}gic.iar cpu=0 id=40\nvgic.flush cpu=0 lr=0 vid=40 st=PA hw=0\ngic.eoir cpu=0 id=40\ngic.iar cpu=0 id=40\nvgic.fold cpu=0 lr=0 vid=40 st=A\n`;
    expect(stateOf(after(`${again}${filled}gic.iar cpu=0 id=40\ngic.eoir cpu=0 id=40\n`), 40)).toBe('I or A');
  });

  test('what a list register shows of the mode, and the guest has told otherwise, leaves it unknown', () => {
    const ended = `${filled}gic.iar cpu=0 id=40\ngic.eoir cpu=0 id=40\n`;
    expect(stateOf(after(`gic.eoimode cpu=0 val=1\n${ended}vgic.fold cpu=0 lr=0 vid=40 st=I\n${ended}`), 40)).toBe('I or A');
  });

  test('each recorder has its own', () => {
    const machine = after('vgic.flush cpu=0 lr=0 vid=40 st=P hw=0\nvgic.flush cpu=0 lr=0 vid=41 st=P hw=0\n', ALL, { 1: 1 });
    expect(stateOf(machine, 40)).toBe('P');
    expect(machine.vgic.holders(0, intid(41))).toEqual([]);
    expect(machine.vgic.holders(1, intid(41))).toHaveLength(1);
  });

  test('after a loss nothing is known to be in them', () => {
    expect(stateOf(after(`${filled}meta.lost n=1\n`), 40)).toBe('none');
  });
});

describe('the physical interrupt behind a list register', () => {
  const given = 'pgic.iar cpu=0 id=27\nvgic.flush cpu=0 lr=0 vid=27 st=P hw=1 pid=27\ncpu.enter cpu=0\ngic.iar cpu=0 id=27\n';
  const active = (text: string, cpu = 0): number => after(text).pgic.active(intid(27), vcpu(cpu));

  test("goes with the guest's end, which has no line of its own", () => {
    expect(active(given)).toBe(T);
    expect(active(`gic.eoimode cpu=0 val=0\n${given}gic.eoir cpu=0 id=27\n`)).toBe(F);
    expect(active(`gic.eoimode cpu=0 val=1\n${given}gic.eoir cpu=0 id=27\n`)).toBe(T);
    expect(active(`gic.eoimode cpu=0 val=1\n${given}gic.eoir cpu=0 id=27\ngic.dir cpu=0 id=27\n`)).toBe(F);
    expect(active(`${given}gic.eoir cpu=0 id=27\n`)).toBe(U);
    expect(active(`${given}gic.eoir cpu=0 id=27\nvgic.fold cpu=0 lr=0 vid=27 st=I\n`)).toBe(F);
  });

  test('is written by the hypervisor, on one CPU', () => {
    expect(active(`${given}pgic.act cpu=0 id=27 val=0\n`)).toBe(F);
    expect(active(`${given}pgic.act cpu=1 id=27 val=1\n`, 1)).toBe(T);
    expect(active(`${given}pgic.act cpu=1 id=27 val=0\n`)).toBe(T);
    expect(active(`${given}pgic.act id=27 val=0\n`)).toBe(U);
  });

  test('is not touched by another recorder that shows no physical side', () => {
    const machine = after('pgic.iar cpu=0 id=27\nvgic.flush cpu=0 lr=0 vid=27 st=P hw=1 pid=27\ncpu.enter cpu=0\n', 'meta.start state=reset\n', { 1: 1, 2: 1 });
    expect(machine.pgic.active(intid(27), CPU)).toBe(T);
  });
});

describe("VFIO's INTx", () => {
  const handled = 'tid=5 on=0 vfio.irq dev=d\ntid=5 on=0 efd.signal gsi=4\n';

  test('the handler masks the function if it signals, and the signal tells the GSI', () => {
    expect(after('tid=5 on=0 vfio.irq dev=d\n').vfio.named('d')).toMatchObject({ masked: U, gsi: undefined });
    expect(after(handled).vfio.named('d')).toMatchObject({ masked: T, gsi: 4 });
  });

  test('another thread has its own signals', () => {
    expect(after('tid=5 on=0 vfio.irq dev=d\ntid=6 on=1 efd.signal gsi=9\n').vfio.named('d')).toMatchObject({ gsi: undefined });
  });

  test('an unmask leaves it unmasked only if the device does not ask', () => {
    expect(after(`${handled}vfio.unmask dev=d\n`).vfio.named('d')).toMatchObject({ masked: U });
    expect(after(`${handled}intx.deassert fn=d\nvfio.unmask dev=d\n`).vfio.named('d')).toMatchObject({ masked: F });
  });

  test('when the irqfd of the GSI goes, nobody knows whose it is', () => {
    expect(after(`${handled}kvm.irqfd.deassign fd=7 gsi=4 ret=0\n`).vfio.named('d')).toMatchObject({ gsi: undefined });
  });
});

describe('a list register with HW=1 over an inactive physical interrupt', () => {
  const ended = `pgic.act id=40 val=0
gic.eoimode cpu=0 val=0
vgic.map cpu=0 vid=27 pid=27
pgic.iar cpu=0 id=27
vgic.flush cpu=0 lr=0 vid=27 st=P hw=1 pid=27
gic.iar cpu=0 id=27
gic.eoir cpu=0 id=27
vgic.fold cpu=0 lr=0 vid=27 st=I kept=1
vgic.flush cpu=0 lr=0 vid=27 st=P hw=1 pid=27
gic.iar cpu=0 id=27
`;
  const found = (text: string): string[] => {
    const rules: string[] = [];
    new Replay({ rules: RULES, onFinding: ({ rule }) => rules.push(rule) }).feed(parseIrq(text, 'test').events);
    return rules;
  };

  test('shows where writes of its frame do, one of the active state would', () => {
    expect(found(`pgic.en cpu=0 id=27 val=1\n${ended}`)).toEqual(['vgic/lr-hw-phys-inactive']);
  });

  test('may have been made active by a write that is not recorded', () => {
    expect(found(ended)).toEqual([]);
    expect(found(`pgic.en id=40 val=1\n${ended}`)).toEqual([]);
  });
});
