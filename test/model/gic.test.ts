// The GIC over time: starved interrupts, resets that nobody records, what GICv2 keeps for each target, and the hand-over to a hypervisor.

import { describe, expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';
import { vcpu, intid } from '../../src/ids.js';
import { RULES } from '../../src/rules/index.js';
import { F, T, U } from '../../src/model/tri.js';

const START = 'meta.start state=reset\nmeta.chan chan=* cover=full\n';
const MS = 1_000_000;

function replay(text: string, start = START): { found: string[]; replay: Replay } {
  const run = new Replay({ rules: RULES });
  run.feed(parseIrq(start + text, 'test').events);
  return { found: run.findings().filter(({ severity }) => severity !== 'info').map(({ rule, severity }) => `${rule} ${severity}`), replay: run };
}

/** INTID 27 waits; SGI 0, of the same priority, is sent and taken over and over. */
const sgis = (count: number, apart: number, first = 0): string =>
  Array.from({ length: count }, (_, i) => {
    const at = first + i * apart;
    return `@${at} gic.pend id=0 val=1 cpu=0\n@${at + 1} gic.iar cpu=0 id=0 group=1\n@${at + 2} gic.eoir cpu=0 id=0 group=1\n`;
  }).join('');

const TIMER = 'gic.group id=27 val=1 cpu=0\ngic.group id=0 val=1 cpu=0\ngic.cfg id=27 trig=level cpu=0\ngic.en id=27 val=1 cpu=0\n';

describe('an interrupt that waits behind others of its priority', () => {
  test('is starved after dozens of them and a tenth of a second', () => {
    const text = `${TIMER}${sgis(1, MS)}@${MS} gic.in id=27 level=1 cpu=0\n${sgis(60, 5 * MS, 2 * MS)}`;
    expect(replay(text).found).toEqual(['gic/lost-level suspicious']);
  });

  test('is not while they come faster, or are few', () => {
    for (const [count, apart] of [[60, MS], [20, 20 * MS]] as const)
      expect(replay(`${TIMER}${sgis(1, MS)}@${MS} gic.in id=27 level=1 cpu=0\n${sgis(count, apart, 2 * MS)}`).found).toEqual([]);
  });

  test('is not behind a line that never falls, which is taken in between', () => {
    const stuck = TIMER.replaceAll('27', '26');
    const taken = (at: number): string => `@${at} gic.iar cpu=0 id=26 group=1\n@${at + 1} gic.eoir cpu=0 id=26 group=1\n`;
    const text = `${TIMER}${stuck}${sgis(1, MS)}@${MS} gic.in id=27 level=1 cpu=0\n@${MS} gic.in id=26 level=1 cpu=0\n`;
    const always = Array.from({ length: 60 }, (_, i) => `${taken((2 + 5 * i) * MS)}${sgis(1, 0, (4 + 5 * i) * MS)}`).join('');
    expect(replay(text + always).found).toEqual([]);
    expect(replay(text.replace('id=26 level=1', 'id=26 level=0') + sgis(60, 5 * MS, 2 * MS)).found).toEqual(['gic/lost-level suspicious']);
  });

  test('is passed over at once where the lowest INTID is known to come first', () => {
    const text = `meta.cfg gicTies=1\n${TIMER}gic.en id=40 val=1\ngic.group id=40 val=1\n${sgis(1, MS)}gic.in id=27 level=1 cpu=0\ngic.in id=40 level=1\ngic.iar cpu=0 id=40 group=1\n`;
    expect(replay(text).found).toEqual(['gic/lost-level violation']);
    expect(replay(text.replace('gicTies=1', 'gicTies=0')).found).toEqual([]);
  });
});

describe('a reset that nobody records', () => {
  const UNRECORDED = 'meta.chan chan=vm.reset cover=none\n';
  const BEFORE = '@0 gic.en id=40 val=1\n@1 gic.in id=40 level=1\n@2 gic.iar cpu=0 id=40\n';
  const AFTER = (at: number): string => `@${at} gic.dist val=1\n@${at + 1} gic.iar cpu=0 id=40\n`;

  test('may lie before a write of the distributor\'s control a millisecond later', () => {
    expect(replay(UNRECORDED + BEFORE + AFTER(0.4 * MS)).found).toContain('gic/double-activate violation');
    expect(replay(UNRECORDED + BEFORE + AFTER(MS)).found).toEqual([]);
  });

  test('is none where all are recorded', () => {
    expect(replay(BEFORE + AFTER(MS)).found).toContain('gic/double-activate violation');
  });
});

test('an interrupt is dropped before it is deactivated, though it still runs from before a deactivation by ICACTIVER', () => {
  const take = 'gic.prio id=40 val=0xa0\ngic.en id=40 val=1\ngic.in id=40 level=1\ngic.eoimode cpu=0 val=1\n@1 gic.iar cpu=0 id=40\n';
  expect(replay(`${take}gic.act id=40 val=0\ngic.prio id=40 val=0x40\n@2 gic.iar cpu=0 id=40\n@3 gic.eoir cpu=0 id=40\n@4 gic.dir cpu=0 id=40\n`).found).toEqual([]);
  expect(replay(`${take}gic.act id=40 val=0\ngic.prio id=40 val=0x40\n@2 gic.iar cpu=0 id=40\n@4 gic.dir cpu=0 id=40\n`).found).toEqual(['gic/dir-before-eoir suspicious']);
});

test('an SGI that is ended by its INTID alone, as Xen ends each, is a mistake without harm', () => {
  const taken = 'gic.pend id=3 val=1 cpu=0 srccpu=1\ngic.iar cpu=0 id=3 srccpu=1\n';
  expect(replay(`${taken}gic.eoir cpu=0 id=3 srccpu=0\n`).found).toEqual(['gic/sgi-source-mismatch suspicious']);
  expect(replay(`${taken}gic.eoir cpu=0 id=3 srccpu=2\n`).found).toEqual(['gic/sgi-source-mismatch violation']);
});

// IHI 0069, 4.8: an interrupt is signalled if its group priority is higher than the running one.
test('what has interrupted the unknown interrupt that runs does so again, unless the binary point is another', () => {
  const unknown = START.replace('reset', 'unknown');
  const text = (point: string): string =>
    `meta.cfg gicVersion=2 gicViews=0\ngic.group id=40 val=0\ngic.cfg id=40 trig=level\ngic.act id=40 val=0\ngic.prio id=40 val=0x40\ngic.en id=40 val=1\ngic.route id=40 targets=1\ngic.dist val=1\ngic.grpen cpu=0 val=1\ngic.pmr cpu=0 val=0xf0\ngic.bpr cpu=0 val=3 group=0\ngic.eoimode cpu=0 val=0\ngic.in id=40 level=1 targets=1\ngic.iar cpu=0 id=40\ngic.eoir cpu=0 id=40\n${point}gic.iar cpu=0 id=1023\n`;
  expect(replay(text(''), unknown).found).toEqual(['gic/lost-level violation']);
  expect(replay(text('gic.bpr cpu=0 val=3 group=0\n'), unknown).found).toEqual(['gic/lost-level violation']);
  expect(replay(text('gic.bpr cpu=0 val=5 group=0\n'), unknown).found).toEqual([]);
});

describe('GICv2 of QEMU', () => {
  test('an SPI of two targets may be taken by both', () => {
    const text = (targets: number): string =>
      `meta.cfg gicVersion=2\ngic.route id=40 targets=${targets}\ngic.en id=40 val=1\ngic.in id=40 level=1\ngic.iar cpu=0 id=40\ngic.iar cpu=1 id=40\n`;
    expect(replay(text(3)).found).toEqual([]);
    expect(replay(text(1)).found).toContain('gic/double-activate violation');
  });

  // hw/intc/arm_gic.c: GICD_ISACTIVERn of an SPI is for all CPUs, an end for the one that writes it.
  test('an SPI that a write made active may read so when it has been ended', () => {
    const text = (id: number): string => `meta.cfg gicVersion=2 gicCpus=1 gicViews=0\ngic.act id=${id} val=0 cpu=0\ngic.act id=${id} val=1 cpu=0\ngic.eoimode cpu=0 val=1\ngic.dir cpu=0 id=${id}\ngic.read id=${id} act=1 cpu=0\n`;
    expect(replay(text(40)).found).toEqual([]);
    expect(replay(text(40).replace('gicVersion=2', 'gicVersion=3')).found).toEqual(['gic/stuck-active violation']);
    expect(replay(text(27)).found).toEqual(['gic/stuck-active violation']);
  });

  test('it may have been taken in the group that it was of, whose acknowledges are not recorded', () => {
    const active = (was: number): number =>
      replay(`gic.iar cpu=0 id=41 group=0\ngic.group id=40 val=${was}\ngic.read id=40 act=0\ngic.group id=40 val=${1 - was}\n`, '').replay.machine.gic.active(intid(40), vcpu(0));
    expect([active(1), active(0)]).toEqual([U, F]);
  });

  test('an edge for no target is not latched', () => {
    const text = (targets: number): string => `meta.cfg gicVersion=2\ngic.cfg id=40 trig=edge\ngic.in id=40 level=1 targets=${targets}\ngic.read id=40 pend=0\n`;
    expect(replay(text(0)).found).toEqual([]);
    expect(replay(text(1)).found).toEqual(['gic/pending-mismatch violation']);
  });
});

describe('a hypervisor', () => {
  test('what was told of the GIC is of the physical one once it is seen', () => {
    const { machine } = replay('gic.en id=27 val=1 cpu=0\ngic.in id=27 level=1 cpu=0\ngic.iar cpu=0 id=27\ngic.physical\n').replay;
    expect(machine.pgic.active(intid(27), vcpu(0))).toBe(T);
    expect(machine.gic.active(intid(27), vcpu(0))).toBe(U);
  });

  test('the end of a list register with HW=1 deactivates the physical interrupt', () => {
    const text = 'pgic.eoimode cpu=0 val=1\npgic.iar cpu=0 id=27\npgic.eoir cpu=0 id=27\nvgic.flush cpu=0 lr=0 vid=27 st=P hw=1 pid=27\ngic.eoimode cpu=0 val=0\ngic.iar cpu=0 id=27\n';
    expect(replay(text).replay.machine.pgic.active(intid(27), vcpu(0))).toBe(T);
    expect(replay(`${text}gic.eoir cpu=0 id=27\n`).replay.machine.pgic.active(intid(27), vcpu(0))).toBe(F);
  });

  test('a list register that is read ended says nothing of a physical interrupt that may have been taken since', () => {
    const text = 'pgic.eoimode cpu=0 val=1\npgic.iar cpu=0 id=40\npgic.eoir cpu=0 id=40\nvgic.flush cpu=0 lr=0 vid=40 st=P hw=1 pid=40\ngic.eoimode cpu=0 val=0\ngic.iar cpu=0 id=40\ngic.eoir cpu=0 id=40\npgic.iar cpu=0 id=40\n';
    const read = 'vgic.fold cpu=0 lr=0 vid=40 st=I hw=1 pid=40 kept=1\n';
    expect(replay(`${text}${read}`, '').replay.machine.pgic.active(intid(40), vcpu(0))).toBe(T);
    expect(replay(`${text}pgic.dist val=0\n${read}`, '').replay.machine.pgic.active(intid(40), vcpu(0))).toBe(U);
  });

  test('what its distributor says of an interrupt in a list register is not what the guest finds', () => {
    expect(replay('vgic.flush cpu=0 lr=0 vid=40 st=P hw=0\ngic.en id=40 val=0\ngic.iar cpu=0 id=40\n').found).not.toContain('gic/activate-disabled violation');
  });
});

test('two Security states: nothing is said of priorities, groups and modes', () => {
  const text = 'gic.eoimode cpu=0 val=1\ngic.prio id=40 val=0xa0\ngic.pmr cpu=0 val=0x80\ngic.dist val=0\ngic.en id=40 val=1\ngic.in id=40 level=1\ngic.iar cpu=0 id=40\ngic.eoir cpu=0 id=40\ngic.dir cpu=0 id=40\ngic.dir cpu=0 id=40\n';
  expect(replay(`meta.cfg gicViews=1\n${text}`).found).toEqual([]);
  expect(replay(text).found.length).toBeGreaterThan(2);
});

describe('an interrupt whose group changes while it is latched', () => {
  const text = (before: 0 | 1): string =>
    `meta.cfg gicVersion=3\ngic.in id=73 level=1\ngic.iar cpu=0 id=1023 group=1\ngic.group id=72 val=${before}\ngic.cfg id=72 trig=edge\ngic.pend id=72 val=1\ngic.group id=72 val=1\ngic.read id=72 pend=0\n`;

  const RESETS = 'meta.start state=reset\nmeta.chan chan=vm.reset cover=full\n';

  test('may have been taken as one of the other group, whose acknowledges are not recorded', () => {
    expect(replay(text(0), RESETS).found).toEqual([]);
    expect(replay(text(1), RESETS).found).toEqual(['gic/pending-mismatch violation']);
  });
});

describe('a recorder that loses events', () => {
  const KNOWN = 'pgic.eoimode cpu=0 val=0\npgic.en id=40 val=1\npgic.iar cpu=0 id=40\npgic.eoir cpu=0 id=40\n';
  /** What the first recorder tells, then a loss of the second. */
  const after = (first: string, second: string): Replay => {
    const run = new Replay({ rules: RULES });
    const from = (file: string, text: string): string => text.replaceAll('\n', ` src="${file}:1 x"\n`);
    run.feed(parseIrq(`irq 1 stream=first stream=second\n${from('first', first)}${from('second', `${second}meta.lost\n`)}`, 'both').events);
    return run;
  };
  const active = (run: Replay) => run.machine.pgic.active(intid(40), vcpu(0));

  test('of which the other tells nothing keeps what that one tells of the physical GIC', () => {
    expect(active(after(KNOWN, 'gic.in id=27 level=1 cpu=0\n'))).toBe(F);
    expect(active(after(KNOWN, ''))).toBe(F);
  });

  test('forgets it where it tells of it, or says that it does', () => {
    expect(active(after(KNOWN, 'pgic.act id=41 val=0\n'))).toBe(U);
    expect(active(after(KNOWN, 'meta.chan chan=pgic.dir cover=full\n'))).toBe(U);
    expect(active(after(KNOWN, 'meta.chan chan=* cover=full\n'))).toBe(U);
  });

  test('forgets what it is alone to tell, and what nobody has told yet', () => {
    expect(active(after('', KNOWN))).toBe(U);
    expect(active(after('meta.start state=reset\n', ''))).toBe(U);
  });
});

describe('a forwarded interrupt whose list registers another recorder shows', () => {
  const PHYSICAL = 'pgic.dir pgic.iar pgic.eoir pgic.act pgic.in pgic.pend'.split(' ').map((chan) => `meta.chan chan=${chan} cover=full\n`).join('');
  const GUEST = 'vgic.flush gic.eoir gic.dir'.split(' ').map((chan) => `meta.chan chan=${chan} cover=full\n`).join('');
  const TAKEN = 'pgic.eoimode cpu=0 val=1\npgic.in id=27 level=1 cpu=0\npgic.iar cpu=0 id=27 group=1\npgic.eoir cpu=0 id=27\n';
  const ENDED = 'vgic.flush cpu=0 lr=0 vid=27 st=P hw=1 pid=27\ngic.iar cpu=0 id=27\ngic.eoir cpu=0 id=27\n';
  const AGAIN = 'pgic.iar cpu=0 id=27 group=1\n';
  const found = (first: string, second: string, last: string): string[] => {
    const run = new Replay({ rules: RULES });
    const from = (file: string, text: string): string => text.replaceAll('\n', ` src="${file}:1 x"\n`);
    run.feed(parseIrq(`irq 1 stream=first stream=second\n${from('first', first)}${from('second', second)}${from('first', last)}`, 'both').events);
    return run.findings().filter(({ severity }) => severity !== 'info').map(({ rule }) => rule);
  };

  test('may have been ended by the guest, and be acknowledged again', () => {
    expect(found(PHYSICAL + TAKEN, GUEST + ENDED, AGAIN)).toEqual([]);
    expect(found(PHYSICAL + GUEST + TAKEN + ENDED, '', AGAIN)).toEqual([]);
  });

  test('that no list register has held was not, unless another recorder shows one that did', () => {
    const held = `${PHYSICAL}meta.cfg nrLr=1\nmeta.chan chan=vgic.flush cover=full\nvgic.flush cpu=0 lr=0 vid=28 st=P hw=0\n${TAKEN}`;
    expect(found(held, '', AGAIN)).toEqual(['fwd/retrigger-while-active']);
    expect(found(held, 'vgic.flush cpu=0 lr=0 vid=27 st=P hw=1 pid=27\n', AGAIN)).toEqual([]);
  });

  test('was not, where the same recorder shows that nothing was handed to it', () => {
    expect(found(PHYSICAL + GUEST + TAKEN, '', AGAIN)).toEqual(['gic/double-activate']);
  });
});

test("a guest's GIC may have interrupts that the physical one lacks", () => {
  const { machine } = replay('meta.cfg gicLines=96\ngic.physical\n').replay;
  expect(machine.pgic.exists(intid(500))).toBe(F);
  expect(machine.gic.exists(intid(500))).toBe(U);
  expect(replay('meta.cfg gicLines=96\n').replay.machine.gic.exists(intid(500))).toBe(F);
});

test('acknowledges whose ends nobody records do not heap up', () => {
  const iars = Array.from({ length: 300 }, (_, i) => `gic.iar cpu=0 id=${32 + i} group=1\n`).join('');
  const { replay: run } = replay(iars, 'meta.start state=reset\n');
  const cpu = run.machine.gic.cpu(vcpu(0));
  expect(cpu.running.length).toBe(256);
  expect(cpu.bottomless).toBe(true);
});
