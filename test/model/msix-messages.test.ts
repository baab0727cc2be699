// Who sent a message, when, and through what: aliases, CPUs, irqfds, and the logs of real devices.

import { expect, test } from 'vitest';
import { Replay } from '../../src/analyze.js';
import { parseIrq } from '../../src/import/irq.js';
import { RULES } from '../../src/rules/index.js';
import { loud, readTrace, replayTexts } from '../replay.js';
import { FIRE, MASK, MESSAGE, ON, PBA, RESET, UNKNOWN, UNMASK, replay } from './msix-replay.js';

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

test('an unmask that is overtaken is only suspicious; a bit that has gone is proof', () => {
  const start = 'msix.ctrl fn=a enable=1 fmask=1\nmsix.write fn=a entry=0 field=vc val=0\nmsix.write fn=a entry=1 field=vc val=0\nmsix.fire fn=a entry=1\n';
  const other = `msix.ctrl fn=a enable=1 fmask=0\n${FIRE}${MESSAGE}`;
  expect(replay(RESET, start + other + PBA('2')).found).toEqual(['msix/unmask-no-delivery 8 ?']);
  expect(replay(RESET, start + other + PBA('0')).found).toEqual(['msix/unmask-no-delivery 8']);
});

test('a message sent while the unmask is still under way pays for it', () => {
  const start = `${ON}msix.write fn=a entry=0 field=addr val=0xfee00000\nmsix.write fn=a entry=0 field=addr_hi val=0\nmsix.write fn=a entry=0 field=data val=0x41\n${FIRE}`;
  const unmask = 'tid=7 msix.write fn=a entry=0 field=vc val=0\n';
  const sent = ['tid=8 msix.msg fn=a entry=0 addr=0xfee00000 data=0x41\n', 'tid=8 msix.msg fn=a addr=0xfee00000 data=0x41\n', 'tid=8 kvm.msi dst=0 vec=0x41 dm=0 logical=0 trig=edge taken=1\n'];
  for (const message of sent) expect([message, replay(RESET, `${start}${unmask}${message}tid=7 msix.pba.read fn=a base=0 val=0\n`).found]).toEqual([message, []]);
  expect(replay(RESET, `${start}${unmask}tid=7 msix.pba.read fn=a base=0 val=0\n`).found).toEqual(['msix/unmask-no-delivery 7']);
  // Read by another thread meanwhile: the device may have cleared the bit, with or without the message in the recording yet.
  for (const message of ['', ...sent]) expect([message, replay(RESET, `${start}${unmask}${message}tid=8 msix.pba.read fn=a base=0 val=0\n`).found]).toEqual([message, []]);
  // Masked again by another thread before the unmask was known to be over.
  const again = 'tid=8 msix.write fn=a entry=0 field=vc val=1\ntid=8 msix.pba.read fn=a base=0 val=0\n';
  expect(replay(RESET, `${start}${unmask}${sent[0]}${again}`).found).toEqual([]);
  // Two fires while masked, and the message of one that was live before them: the bit still stands.
  const late = `${ON}${UNMASK}${FIRE}${MASK}${FIRE}${MESSAGE}`;
  expect(replay(RESET, `${late}${PBA('0')}`).found).toEqual(['msix/lost-pending 7']);
});

test('contents are not relied on where writes may go unseen, even if a read has shown them', () => {
  const text = `${ON}msix.read fn=a entry=0 field=data val=0x31\nmsix.read fn=a entry=0 field=vc val=0\n${FIRE}${MESSAGE}`;
  expect(replay(RESET, text).found).toEqual(['msix/reset-state 3', 'msix/stale-message 5']);
  expect(replay(`${RESET}meta.chan chan=msix.write cover=partial\n`, text).found).toEqual([]);
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

test('a device model that writes its messages owes one to an interrupt controller only', () => {
  const sync = `${RESET}meta.cfg sync=1\nmeta.cfg fn=a use_tracking=0\n`;
  const at = (low: string, high = '0'): string => `msix.write fn=a entry=0 field=addr val=${low}\nmsix.write fn=a entry=0 field=addr_hi val=${high}\n`;
  const lost = (before: string, after = ''): readonly string[] => replay(sync, `${ON}${before}${UNMASK}${after}${FIRE}${MASK}`).found.map((found) => found.replace(/ .*/, ''));
  for (const low of ['0xfee00000', '0xfee0000c', '0xfee01000', '0xfeeff000']) expect(lost(at(low))).toEqual(['msix/lost-message']);
  // Memory, an address across two dwords, a register of a local APIC, one beyond the window, and no address that is known.
  for (const low of ['0x10000', '0xfee00002', '0xfee000b0', '0xfef00000']) expect(lost(at(low))).toEqual([]);
  expect(lost(at('0xfee00000', '1'))).toEqual([]);
  expect(lost('')).toEqual([]);
  // What the row holds has been seen to arrive, or another's message in the same page: the doorbell of an Arm machine.
  const sent = `${FIRE}msix.msg fn=a entry=0 addr=0x8090040 data=0x41\n`;
  expect(lost('', sent)).toEqual(['msix/lost-message']);
  expect(lost('', `${sent}${at('0x10000')}`)).not.toContain('msix/lost-message');
  const another = `${ON}${UNMASK}${FIRE}msix.msg fn=a entry=0 addr=0x8090040 data=0x41\n`.replaceAll('fn=a', 'fn=b');
  expect(lost(`${another}${at('0x8090040')}`)).toEqual(['msix/lost-message']);
  expect(lost(at('0x8090040'))).toEqual([]);
});
