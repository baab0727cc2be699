// MSI-X beyond what the rule pages show: unknown start, losses, coverage, threads, learning from reads, unseen resets, and a device's real log.

import { expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { entry as entryOf } from '../../src/ids.js';
import { parseIrq } from '../../src/import/irq.js';
import type { Machine } from '../../src/model/machine.js';
import type { MsixEntry } from '../../src/model/msix-entry.js';
import { F, T, U } from '../../src/model/tri.js';
import { RULES } from '../../src/rules/index.js';
import { loud, readTrace, replayTexts } from '../replay.js';

const FULL = 'meta.chan chan=* cover=full\n';
const RESET = `meta.start state=reset\n${FULL}`;
const UNKNOWN = `meta.start state=unknown\n${FULL}`;
/** As RESET, but nobody records resets. */
const UNSEEN_RESETS = `${RESET}meta.chan chan=pci.reset cover=partial\nmeta.chan chan=vm.reset cover=partial\n`;

interface Outcome {
  readonly machine: Machine;
  /** `rule line`, the line counted from 1 without the start, then its severity unless a violation. */
  readonly found: readonly string[];
}

const MARKS = { violation: '', suspicious: ' ?', info: ' i' } as const;

function replay(start: string, text: string): Outcome {
  const found: string[] = [];
  const run = new Replay({ rules: RULES, onFinding: ({ rule, at, severity }) => found.push(`${rule} ${at.at}${MARKS[severity]}`) });
  run.feed(parseIrq(start, 'start').events);
  run.feed(parseIrq(text, 'test').events);
  return { machine: run.machine, found };
}

const row = ({ machine }: Outcome, number = 0): MsixEntry => machine.msix.entry('a', entryOf(number));
const ON = 'msix.ctrl fn=a enable=1 fmask=0\n';
const UNMASK = 'msix.write fn=a entry=0 field=vc val=0\n';
const MASK = 'msix.write fn=a entry=0 field=vc val=1\n';
const FIRE = 'msix.fire fn=a entry=0\n';
const MESSAGE = 'msix.msg fn=a entry=0 addr=0xfee00000 data=0x41\n';
const PBA = (val: string): string => `msix.pba.read fn=a base=0 val=${val}\n`;

test('at reset a row is masked and quiet; of a start in the middle nothing is known', () => {
  const reset = row(replay(RESET, ON));
  expect([reset.mask, reset.pending, reset.allowance]).toEqual([T, F, 0]);
  const unknown = row(replay(UNKNOWN, ON));
  expect([unknown.mask, unknown.pending, unknown.allowance]).toEqual([U, U, Infinity]);
});

test('what reset left is not relied on where writes may go unseen', () => {
  const unseen = 'meta.chan chan=msix.write cover=partial\nmeta.chan chan=msix.ctrl cover=partial\n';
  expect(replay(RESET, MESSAGE).found).toEqual(['msix/message-when-disabled 1']);
  expect(replay(RESET, `${ON}${MESSAGE}`).found).toEqual(['msix/delivered-while-masked 2']);
  expect(replay(RESET, unseen + MESSAGE).found).toEqual([]);
  expect(replay(RESET, unseen + ON + MESSAGE).found).toEqual([]);
});

test('a loss takes everything back, unless another stream shows all writes', () => {
  const text = `${ON}msix.write fn=a entry=0 field=data val=0x41\n${UNMASK}${MASK}${FIRE}`;
  const lost = row(replay(RESET, `${text}meta.lost n=1\n`));
  expect([lost.mask, lost.data, lost.pending]).toEqual([U, undefined, U]);
  const run = new Replay({ rules: RULES });
  const declared = 'meta.chan chan=msix.write cover=full\nmeta.chan chan=msix.ctrl cover=full\n';
  const events = parseIrq(`${RESET}${declared}${text}meta.lost n=1\n`, 'test').events;
  for (const event of events) if (event.kind === 'meta.lost') event.stream = 1;
  run.feed(events);
  const kept = run.machine.msix.entry('a', entryOf(0));
  expect([kept.mask, kept.data, kept.pending, run.machine.msix.of('a').enabled]).toEqual([T, 0x41, U, T]);
});

test('a loss cancels what was owed, and what an observation had left open', () => {
  expect(replay(RESET, `${ON}${UNMASK}${FIRE}meta.end\n`).found).toEqual(['msix/lost-message 4']);
  expect(replay(RESET, `${ON}${UNMASK}${FIRE}meta.lost n=1\nmeta.end\n`).found).toEqual([]);
  const open = `${ON}${MASK}msix.write fn=a entry=1 field=vc val=0\n${FIRE}${PBA('0')}`;
  const proof = 'msix.fire fn=a entry=1\nmsix.msg fn=a entry=1 addr=0xfee00000 data=0x42\n';
  expect(replay(UNSEEN_RESETS, open + proof).found).toEqual(['msix/lost-pending 7']);
  expect(replay(UNSEEN_RESETS, `${open}meta.lost n=1\n${proof}`).found).toEqual([]);
});

test('a kind seen once counts as recorded, but only for a function that shows its fires', () => {
  const seen = 'meta.start state=reset\nmsix.write fn=z entry=0 field=vc val=1\nmsix.fire fn=b entry=0\nmsix.reason.clear fn=b entry=0\n';
  const twice = `${ON}${UNMASK}${MESSAGE}${MESSAGE}`;
  expect(replay(seen, twice).found).toEqual([]);
  expect(replay(seen, `${ON}${UNMASK}${FIRE}${MESSAGE}${MESSAGE}`).found).toEqual(['msix/message-without-fire 5']);
});

test('a device whose use of vectors is not told must show a vector in use before a missing bit counts', () => {
  const vague = `${RESET}meta.chan chan=msix.use cover=partial\n`;
  expect(replay(vague, `${ON}${MASK}${FIRE}${PBA('0')}`).found).toEqual([]);
  expect(replay(vague, `${ON}${UNMASK}${FIRE}${MESSAGE}${MASK}${FIRE}${PBA('0')}`).found).toEqual(['msix/lost-pending 7']);
  // A device may let go of its vectors while MSI-X is off.
  const again = `${ON}${UNMASK}${FIRE}${MESSAGE}msix.ctrl fn=a enable=0 fmask=0\n${ON}${MASK}${FIRE}${PBA('0')}`;
  expect(replay(vague, again).found).toEqual([]);
});

test('a write takes effect when its thread shows something else', () => {
  const text = `${ON}tid=7 msix.write fn=a entry=0 field=vc val=0\ntid=7 msix.write fn=a entry=0 field=vc val=1\n`;
  expect(row(replay(RESET, text)).mask).toBe(U);
  expect(row(replay(RESET, `${text}tid=8 cpu.enter cpu=1\n`)).mask).toBe(U);
  expect(row(replay(RESET, `${text}tid=7 cpu.enter cpu=0\n`)).mask).toBe(T);
});

test('eight-byte writes cover two dwords, short ones leave the dword unknown', () => {
  const wide = row(replay(RESET, 'msix.write fn=a entry=0 field=addr val=0x1fee01000 len=8\nmsix.write fn=a entry=0 field=data val=0x42 len=8\n'));
  expect([wide.addr, wide.addrHi, wide.data, wide.mask]).toEqual([0xfee0_1000, 1, 0x42, F]);
  const short = row(replay(RESET, 'msix.write fn=a entry=0 field=data val=0x42\nmsix.write fn=a entry=0 field=data val=0x1 len=1\n'));
  expect(short.data).toBeUndefined();
  // Vector Control is followed by the next row's address.
  const across = replay(RESET, 'msix.write fn=a entry=0 field=vc val=0xfee0300000000000 len=8\n');
  expect([row(across, 0).mask, row(across, 1).addr]).toEqual([F, 0xfee0_3000]);
});

test('reads teach, and one against the model is a reset that nobody recorded', () => {
  const learnt = row(replay(UNKNOWN, 'msix.read fn=a entry=0 field=data val=0x31\nmsix.read fn=a entry=0 field=vc val=1\n'));
  expect([learnt.data, learnt.mask]).toEqual([0x31, T]);
  const reset = replay(RESET, `${ON}${UNMASK}msix.write fn=a entry=1 field=vc val=0\nmsix.read fn=a entry=0 field=vc val=1\n`);
  expect([row(reset, 0).mask, row(reset, 1).mask, reset.machine.msix.of('a').enabled, reset.found]).toEqual([T, U, U, []]);
});

test('three boots in one log: rows are masked again without a write', () => {
  const boot = `msix.ctrl fn=a enable=1 fmask=1
msix.read fn=a entry=0 field=vc val=1
msix.write fn=a entry=0 field=addr val=0xfee0N000
msix.write fn=a entry=0 field=addr_hi val=0
msix.write fn=a entry=0 field=data val=0x3N
msix.write fn=a entry=0 field=vc val=0
msix.ctrl fn=a enable=1 fmask=0
msix.fire fn=a entry=0
msix.msg fn=a entry=0 addr=0xfee0N000 data=0x3N
`;
  expect(replay(UNSEEN_RESETS, ['1', '2', '3'].map((n) => boot.replaceAll('N', n)).join('')).found).toEqual([]);
});

test('a Pending bit that has gone proves a loss only once a reset is ruled out', () => {
  // MSI-X was enabled by line 2, the row fired at line 4, the bit reads 0 at line 5.
  const open = `msix.write fn=a entry=2 field=data val=0x42\n${ON}msix.write fn=a entry=1 field=vc val=0\n${FIRE}${PBA('0')}`;
  const found = (proof: string): readonly string[] => replay(UNSEEN_RESETS, open + proof).found;
  expect(found('')).toEqual([]);
  expect(found('meta.end\n')).toEqual([]);
  expect(found('msix.fire fn=a entry=1\nmsix.msg fn=a entry=1 addr=0xfee00000 data=0x42\n')).toEqual(['msix/lost-pending 7']);
  // Data written before the enable is still there: no reset since. The mask bit was written after it: one may lie between the two.
  expect(found('msix.read fn=a entry=2 field=data val=0x42\n')).toEqual(['msix/lost-pending 6']);
  expect(found('msix.read fn=a entry=1 field=vc val=0\n')).toEqual([]);
  expect(found('msix.read fn=a entry=2 field=data val=0\nmsix.fire fn=a entry=1\nmsix.msg fn=a entry=1 addr=0xfee00000 data=0x42\n')).toEqual([]);
  expect(found(`${ON}msix.fire fn=a entry=1\nmsix.msg fn=a entry=1 addr=0xfee00000 data=0x42\n`)).toEqual([]);
});

test('another bit that is still set rules a reset out as well', () => {
  const both = `msix.read fn=a entry=0 field=vc val=1\nmsix.read fn=a entry=1 field=vc val=1\n${PBA('3')}`;
  expect(replay(UNSEEN_RESETS + 'meta.start state=unknown\n', `${both}${PBA('2')}`).found).toEqual(['msix/lost-pending 4']);
  expect(replay(UNSEEN_RESETS + 'meta.start state=unknown\n', `${both}${PBA('0')}`).found).toEqual([]);
});

test('what a reset would have left is no proof that there was none, nor is what was first seen afterwards', () => {
  const open = `msix.write fn=a entry=2 field=data val=0\n${ON}msix.write fn=a entry=1 field=vc val=0\n${FIRE}${PBA('0')}`;
  expect(replay(UNSEEN_RESETS, `${open}msix.read fn=a entry=2 field=data val=0\n`).found).toEqual([]);
  expect(replay(UNSEEN_RESETS, `${open}${'msix.read fn=a entry=3 field=data val=0x42\n'.repeat(2)}`).found).toEqual([]);
});

test('two messages with an enable between them leave room for a reset', () => {
  const sent = 'msix.fire fn=a entry=1\nmsix.msg fn=a entry=1 addr=0xfee00000 data=0x42\n';
  const text = (between: string): string => `${ON}msix.write fn=a entry=1 field=vc val=0\n${sent}${FIRE}${between}${PBA('0')}${sent}`;
  expect(replay(UNSEEN_RESETS, text('')).found).toEqual(['msix/lost-pending 8']);
  expect(replay(UNSEEN_RESETS, text(ON)).found).toEqual([]);
});

test('what another CPU recorded within 50 µs may have come first', () => {
  const setup = '@0 on=0 msix.ctrl fn=a enable=1 fmask=0\n@10 on=0 msix.write fn=a entry=0 field=vc val=0\n';
  const later = '@9000000 on=0 msix.ctrl fn=b enable=0 fmask=0\n';
  const message = (at: number): string => `@${at} on=1 msix.msg fn=a entry=0 addr=0xfee00000 data=0x41\n`;
  const masked = `${setup}@100000 on=0 msix.write fn=a entry=0 field=vc val=1\n`;
  expect(replay(RESET, `${masked}${message(160_000)}${later}`).found).toEqual(['msix/delivered-while-masked 4']);
  expect(replay(RESET, `${masked}${message(120_000)}${later}`).found).toEqual([]);
  // The fire may have come before the mask, and its message at any time after.
  expect(replay(RESET, `${masked}@160000 on=1 msix.fire fn=a entry=0\n${message(300_000)}${later}`).found).toEqual(['msix/delivered-while-masked 5']);
  expect(replay(RESET, `${masked}@120000 on=1 msix.fire fn=a entry=0\n${message(300_000)}${later}`).found).toEqual([]);
  // The read may have come before the unmask.
  const pending = '@0 on=0 msix.ctrl fn=a enable=1 fmask=0\n@10 on=0 msix.fire fn=a entry=0\n@100000 on=0 msix.write fn=a entry=0 field=vc val=0\n';
  const read = (at: number): string => `@${at} on=1 msix.pba.read fn=a base=0 val=0\n`;
  expect(replay(RESET, `${pending}${read(160_000)}${later}`).found).toEqual(['msix/unmask-no-delivery 4']);
  expect(replay(RESET, `${pending}${read(120_000)}${later}`).found).toEqual([]);
});

test('of two writes under way the later one counts', () => {
  const text = `${ON}tid=7 msix.write fn=a entry=0 field=vc val=0\ntid=8 msix.write fn=a entry=0 field=vc val=1\n`;
  expect(row(replay(RESET, `${text}tid=7 cpu.enter cpu=0\n`)).mask).toBe(U);
  expect(row(replay(RESET, `${text}tid=7 cpu.enter cpu=0\ntid=8 cpu.enter cpu=1\n`)).mask).toBe(T);
});

test('a row masked since reset sends nothing, whether its fires are recorded or not', () => {
  expect(replay(`${RESET}meta.chan chan=msix.fire cover=partial\n`, ON + MESSAGE).found).toEqual(['msix/delivered-while-masked 2']);
});

test('a masked row that shows its bit has nothing more under way', () => {
  expect(replay(RESET, `${ON}${UNMASK}${FIRE}${MASK}${MESSAGE}`).found).toEqual([]);
  expect(replay(RESET, `${ON}${UNMASK}${FIRE}${MASK}${PBA('1')}${MESSAGE}`).found).toEqual(['msix/delivered-while-masked 6']);
});

test('one fault, one finding: a masked row that sends something else is masked; a qword that changes a live row is no race', () => {
  expect(replay(RESET, `${ON}msix.write fn=a entry=0 field=data val=0x41\n${FIRE}msix.msg fn=a entry=0 addr=0xfee00000 data=0x99\n`).found).toEqual(['msix/delivered-while-masked 4']);
  const live = `${ON}msix.write fn=a entry=0 field=data val=0x41\n${UNMASK}`;
  expect(replay(RESET, `${live}msix.write fn=a entry=0 field=data val=0x42 len=8\n`).found).toEqual(['msix/modify-unmasked 4 ?']);
  expect(replay(RESET, `${live}msix.write fn=a entry=0 field=data val=0x100000042 len=8\n`).found).toEqual(['msix/qword-mask-race 4 ?']);
});

test('a message named as one row\'s may be another\'s that holds the same and may send', () => {
  const rows = [2, 5].map((n) => `msix.write fn=a entry=${n} field=addr val=0xfee00000\nmsix.write fn=a entry=${n} field=addr_hi val=0\nmsix.write fn=a entry=${n} field=data val=0x41\n`).join('');
  const sent = 'msix.fire fn=a entry=5\nmsix.msg fn=a entry=2 addr=0xfee00000 data=0x41\n';
  expect(replay(RESET, `${ON}${rows}msix.write fn=a entry=5 field=vc val=0\n${sent}`).found).toEqual([]);
  expect(replay(RESET, ON + rows + sent).found).toEqual(['msix/delivered-while-masked 9']);
});

test('the end of a recording proves nothing late where resets go unseen', () => {
  const text = `${ON}${UNMASK}${FIRE}meta.end\n`;
  expect(replay(RESET, text).found).toEqual(['msix/lost-message 4']);
  expect(replay(UNSEEN_RESETS, text).found).toEqual([]);
});

test('clear bits of a dword say nothing of the next 32 entries', () => {
  const text = (val: string): string => `${ON}msix.write fn=a entry=40 field=vc val=1\nmsix.fire fn=a entry=40\n${PBA(val)}`;
  expect(row(replay(RESET, text('0')), 40).pending).toBe(T);
  // Bit 40 set, as a qword read shows it; then a qword read of bit 33 alone shows bit 40 clear.
  expect(row(replay(RESET, text('0x10000000000')), 40).pending).toBe(T);
  expect(replay(RESET, `${text('0x10000000000')}${PBA('0x200000000')}`).found).toContain('msix/lost-pending 5');
});

test('a message without an entry belongs to the one row that could have sent it', () => {
  const rows = `${ON}msix.write fn=a entry=2 field=data val=0x52\nmsix.write fn=a entry=2 field=vc val=0\nmsix.write fn=a entry=3 field=data val=0x53\n`;
  const message = (data: string): string => `msix.msg fn=a addr=0xfee00000 data=${data}\n`;
  expect(replay(RESET, `${rows}msix.fire fn=a entry=2\n${message('0x52')}`).found).toEqual([]);
  expect(replay(RESET, rows + message('0x53')).found).toEqual(['msix/delivered-while-masked 5']);
  expect(replay(RESET, rows + message('0x77')).found).toEqual(['msix/stale-message 5']);
  // Of a table that is not wholly known another row may have sent it; with its size told, and all rows seen, none is left.
  expect(replay(UNKNOWN, rows + message('0x77')).found).toEqual([]);
  const known = `meta.cfg fn=a msix_n=2\nmsix.read fn=a entry=0 field=vc val=1\nmsix.read fn=a entry=0 field=data val=1\nmsix.read fn=a entry=1 field=vc val=1\nmsix.read fn=a entry=1 field=data val=2\n${PBA('0')}`;
  expect(replay(UNKNOWN, known + message('0x77')).found).toEqual(['msix/stale-message 7']);
});

test('affinity moves of a guest whose fires nobody records: the read that flushes makes the next message decidable', () => {
  const partial = `${UNKNOWN}meta.chan chan=msix.fire cover=partial\n`;
  const move = (flush: string): string => `${ON}${UNMASK}msix.write fn=a entry=0 field=data val=0x31
msix.write fn=a entry=0 field=vc val=1
${flush}msix.write fn=a entry=0 field=data val=0x32
msix.write fn=a entry=0 field=vc val=0
msix.msg fn=a entry=0 addr=0xfee00000 data=0x31
`;
  expect(replay(partial, move('')).found).toEqual([]);
  expect(replay(partial, move('msix.read fn=a entry=0 field=vc val=1\n')).found).toEqual(['msix/stale-message 8']);
});

test('a row that could not send is found once, and then no longer relied on', () => {
  const twice = `${ON}${UNMASK}${MASK}${FIRE}${MESSAGE}${MESSAGE}${PBA('1')}${UNMASK}${MESSAGE}`;
  expect(replay(RESET, twice).found).toEqual(['msix/delivered-while-masked 5']);
});

test('an irqfd of a masked row is found in a log of calls that tells no threads, beside a trace that does', () => {
  const text = (gap: number): string => `@0 msix.ctrl fn=a enable=1 fmask=0
@10 msix.write fn=a entry=1 field=addr val=0xfee00000
@20 msix.write fn=a entry=1 field=addr_hi val=0
@30 msix.write fn=a entry=1 field=data val=0x62
@40 msix.write fn=a entry=1 field=vc val=0
@50 kvm.routes nr=1 ret=0 map=25:msi@0xfee00000/0x62
@60 tid=1244 kvm.irqfd.assign fd=9 gsi=25 flags=0 ret=0
@70 msix.write fn=a entry=1 field=vc val=1
@${70 + gap} efd.signal fd=9
@${80 + gap} tid=1244 kvm.msi dst=0 vec=0x62 dm=0 logical=0 trig=edge taken=1
`;
  expect(replay(RESET, text(20_000_000)).found).toEqual(['msix/irqfd-bypasses-mask 10 ?']);
  // Without every close recorded, the descriptor may name another eventfd by now.
  expect(replay(`${RESET}meta.chan chan=fd.close cover=partial\n`, text(20_000_000)).found).toEqual([]);
  // The VMM may still be handling the guest's write.
  expect(replay(RESET, text(5_000)).found).toEqual([]);
});

test('a user-space device, its log and the kernel trace: only what its guest did wrong is found', async () => {
  // The run rewrites entry 1 while unmasked (its note says so), sends two fires of a masked row as one, masks after a signal, and
  // unmasks entry 3, which was never programmed: vector 0.
  const texts = [readTrace('recordings/kvm-c01-msix-table/ioctl.jsonl'), readTrace('recordings/kvm-c01-msix-table/raw.txt')];
  const { findings } = await replayTexts(texts, { config: 'fn=msix0 use_tracking=0 msix_n=4' });
  const [modified, ...others] = findings.filter(({ rule }) => rule.startsWith('msix/'));
  expect([modified?.sentence, modified?.severity]).toEqual(['entry 1 of msix0 was rewritten while unmasked (data 0x62 to 0x72)', 'suspicious']);
  expect(others).toEqual([]);
  expect(loud(findings).filter((found) => found.startsWith('msix/'))).toEqual(['msix/modify-unmasked msix:msix0/1']);
});

test('device fires and messages of a healthy QEMU e1000e: masks, rewrites and the function mask in any order', () => {
  const log = readTrace('formats/irq/e1000e-msix.irq').toString('latin1');
  const { events } = parseIrq(log, 'e1000e-msix.irq');
  for (let from = 0; from < events.length; from += 7) {
    const found: string[] = [];
    const run = new Replay({ rules: RULES, onFinding: ({ rule }) => found.push(rule) });
    run.feed(parseIrq('meta.chan chan=msix.reason.clear cover=full\n', 'start').events);
    run.feed(events.slice(from));
    expect([from, found]).toEqual([from, []]);
  }
});
