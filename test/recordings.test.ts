// What each bundled recording must show, from what was done on purpose in the run (its log, its program), and nothing else above info:
// whole, in every text form, with its ioctl log and without, and from many moments on.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseOffset } from '../src/commands/offset.js';
import { parseExpectation } from '../src/expectation.js';
import type { ClockOffset } from '../src/order/input.js';
import { cutAt, cutAtByte, cutBefore, loud, momentOf, random, readTrace, replayTexts, TRACES } from './replay.js';

const CUTS = 50;
/** At how many moments one of two streams begins alone, or ends. */
const LATE = 8;

interface Expected {
  /** Findings above info in the trace alone, as `rule entity`, sorted; every form of the trace shows the same. */
  readonly trace?: readonly string[];
  /** In QEMU's log alone, where that differs. */
  readonly log?: readonly string[];
  /** With the ioctl log beside it. */
  readonly withLog?: readonly string[];
}

const vectors = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, i) => `lapic/illegal-vector vector:${from + i}`);

/** Deliberate faults of the runs; a run that is not listed is healthy. */
const EXPECTED: Readonly<Record<string, Expected>> = {
  // The acknowledge of SPI 36 at 28.489 ran no resampler: the line stayed up, VFIO's function masked.
  'arm-fault-skipped-resample': { trace: ['resample/never-fires gsi:4', 'vfio/unmask-never dev:0000:00:10.0'] },
  // GSIs without a route asserted by KVM_IRQ_LINE_STATUS: 30, 4095, 4096, 2147483647; each call returned -1.
  'kvm-a03-irq-line': { withLog: ['30', '4095', '4096', '2147483647'].map((gsi) => `route/unrouted-signal gsi:${gsi}`) },
  // KVM_SIGNAL_MSI with vectors 0 to 15.
  'kvm-a04-signal-msi': { trace: vectors(0, 15), withLog: vectors(0, 15) },
  'kvm-a05-irqfd-errors': { withLog: ['route/resample-on-msi irqfd:11', 'route/unrouted-signal gsi:77'] },
  // Signals while the route of GSI 24 was removed, and with an empty table; KVM_IRQ_LINE on GSI 9 while unrouted.
  'kvm-a07-route-changes': { withLog: ['route/replaced-live-route gsi:24', 'route/unrouted-signal gsi:9', 'route/unrouted-signal gsi:24'] },
  // Tables of 4,097 entries and with GSI 4096 refused; an irqfd on GSI 4096, the limit.
  'kvm-a08-routing-limits': { withLog: ['irqfd/bad-gsi gsi:4096', 'route/exhausted routes'] },
  'kvm-b12m-split-irqchip': { withLog: ['route/unrouted-signal gsi:4'] },
  // Entry 3 unmasked without being programmed: vector 0. Entry 1 rewritten while unmasked.
  'kvm-c01-msix-table': { trace: vectors(0, 0), withLog: [...vectors(0, 0), 'msix/modify-unmasked msix:msix0/1'] },
  // The row of entry 1 was rewritten and unmasked, its route was not.
  'kvm-stale-route': { withLog: ['route/stale-msi-route msix:msix0/1'] },
  'kvm-x1-local-clock': { trace: vectors(0, 0) },
  // KVM without the line that stores the mask, or a pin's request.
  // KVM without the line that switches an interrupt off, latches an edge, takes one off its vCPU's list, or that knows a change of level.
  'arm-kvm-fault-enable': { trace: ['vgic/config-mismatch intid:35'] },
  'arm-kvm-fault-latch': { trace: ['vgic/injection-ignored intid:33', 'vgic/injection-ignored intid:34'] },
  'arm-kvm-fault-not-delivered': { trace: ['vgic/not-delivered intid:37'] },
  'arm-kvm-fault-not-queued': { trace: ['vgic/not-queued intid:33', 'vgic/not-queued intid:37'] },
  'x86-kvm-fault-imr': { trace: ['pic/read-mismatch pic:master/5'] },
  'x86-kvm-fault-irqfd-update': { trace: ['route/misrouted gsi:25', 'route/misrouted gsi:27', 'route/misrouted gsi:29'] },
  'x86-kvm-fault-lost-edge': { trace: ['ioapic/lost-edge pin:ioapic/6'] },
  'x86-kvm-fault-slave-pin': { trace: ['route/misrouted gsi:12', 'route/not-followed gsi:12'] },
  // QEMU that takes no notice of Function Mask, mixes up eventfds or never ends a batch of routes.
  'x86-kvm-fault-vfio-commit': { trace: ['route/not-committed routes'] },
  'x86-kvm-fault-vfio-irqfd': { trace: ['vfio/irqfd-passed-by dev:0000:00:13.0'] },
  'x86-kvm-fault-vfio-mask': { trace: [0, 1, 2, 3, 4].map((row) => `vfio/mask-ignored msix:0000:00:04.0/${row}`) },
  'x86-kvm-fault-vfio-mode': { trace: ['vfio/irqfd-passed-by dev:0000:00:11.0', 'vfio/mode-mismatch dev:0000:00:11.0'] },
  // KVM_SET_GSI_ROUTING of an IOAPIC that nothing has programmed: a message with vector 0; and a pin that the program unmasks with it.
  'x86-kvm-vfio-reset': { trace: vectors(0, 0) },
  'x86-kvm-vfio-split': { trace: vectors(0, 0), log: [] },
  // Route of GSI 24 removed under its irqfd, GSI 9999 and 300 without a route, an MSI with vector 0.
  'x86-kvm-ioctl-edges': { trace: [...vectors(0, 0), ...['24', '300', '9999'].map((gsi) => `route/unrouted-signal gsi:${gsi}`)] },
  'x86-kvm-split-irqchip': { trace: vectors(0, 0) },
};

interface Beside {
  readonly file: string;
  readonly offset: ClockOffset;
}

/** The other log of the run, on another clock, as the sidecar of a form names it. */
function besideOf(form: string): Beside | undefined {
  const sidecar = `${TRACES}${form}.expect`;
  if (!existsSync(sidecar)) return undefined;
  const [text] = parseExpectation(readFileSync(sidecar, 'utf8'), sidecar).offsets;
  if (text === undefined) return undefined;
  const { file, offset } = parseOffset(text);
  if (offset === 'auto') throw new Error(`${sidecar}: the distance of the clocks is to be given`);
  return { file, offset };
}

const sorted = (findings: readonly string[]): string[] => [...new Set(findings)].sort();
const names = readdirSync(`${TRACES}recordings`).sort();

for (const name of names) {
  const dir = `recordings/${name}/`;
  const log = existsSync(`${TRACES}${dir}ioctl.jsonl`) && name !== 'kvm-x1-local-clock' ? readTrace(`${dir}ioctl.jsonl`) : undefined;
  const { trace = [], log: inLog = trace, withLog = [] } = EXPECTED[name] ?? {};
  const forms = readdirSync(TRACES + dir).filter((file) => !['ioctl.jsonl', 'state.jsonl'].includes(file) && !file.endsWith('.expect'));
  describe(name, () => {
    for (const form of forms) {
      const text = readTrace(dir + form);
      test(`${form} alone`, async () => {
        expect(sorted(loud((await replayTexts([text])).findings))).toEqual(sorted(form.startsWith('qemu.log') ? inLog : trace));
      });
      if (log !== undefined) {
        test(`${form} with the ioctl log`, async () => {
          expect(sorted(loud((await replayTexts([text, log])).findings))).toEqual(sorted(withLog));
        });
        test(`${form} and the ioctl log, one of which begins, or ends, at ${LATE} moments, show nothing new`, async () => {
          const next = random(name.length);
          // What the calls alone prove, a trace may leave open whose clock has fewer digits.
          const { findings: ofLog } = await replayTexts([log]);
          const allowed = new Set([...trace, ...withLog, ...loud(ofLog)].map((finding) => finding.replace(/@cpu\d+$/, '')));
          const moments = text.toString('latin1').split('\n').map(momentOf).filter((at) => at !== undefined);
          for (let i = 0; i < LATE; i++) {
            const moment = moments[Math.floor(next() * moments.length)] ?? 0;
            for (const streams of [[cutAt(text, moment), log], [text, cutAt(log, moment)], [cutBefore(text, moment), log], [text, cutBefore(log, moment)]]) {
              const { findings } = await replayTexts(streams.filter((stream) => stream.includes(10)));
              expect({ moment, new: loud(findings).filter((finding) => !allowed.has(finding.replace(/@cpu\d+$/, ''))) }).toEqual({ moment, new: [] });
            }
          }
        });
      }
      const beside = besideOf(dir + form);
      if (beside !== undefined) {
        const other = readTrace(dir + beside.file);
        const together = (streams: readonly Buffer[]) => replayTexts(streams, { offsets: new Map([[1, beside.offset]]) });
        test(`${form} with ${beside.file}, whole and from ${CUTS} moments on`, async () => {
          expect(sorted(loud((await together([text, other])).findings))).toEqual(sorted(trace));
          const moments = text.toString('latin1').split('\n').map(momentOf).filter((at) => at !== undefined);
          const next = random(form.length);
          for (let i = 0; i < CUTS; i++) {
            const moment = moments[Math.floor(next() * moments.length * 0.95)] ?? 0;
            const elsewhere = moment - Number(beside.offset.ns);
            for (const streams of [[cutAt(text, moment), cutAt(other, elsewhere)], ...(i < LATE ? [[cutAt(text, moment), other], [text, cutAt(other, elsewhere)], [cutBefore(text, moment), other], [text, cutBefore(other, elsewhere)]] : [])]) {
              if (streams.some((stream) => !stream.includes(10))) continue;
              const { findings } = await together(streams);
              expect({ moment, findings: loud(findings).filter((finding) => !trace.includes(finding)) }).toEqual({ moment, findings: [] });
            }
          }
        });
      }
      test(`${form} from ${CUTS} moments on shows nothing new`, async () => {
        const next = random(name.length + form.length);
        const allowed = new Set([...trace, ...withLog]);
        const small = text.length < 1_000_000;
        const moments = text.toString('latin1').split('\n').slice(0, small ? undefined : 0).map(momentOf).filter((at) => at !== undefined);
        for (let i = 0; i < CUTS; i++) {
          const moment = moments[Math.floor(next() * moments.length)];
          const cuts = moment === undefined ? [cutAtByte(text, Math.floor(next() * text.length))] : [text, ...(log === undefined ? [] : [log])].map((stream) => cutAt(stream, moment));
          const { findings } = await replayTexts(cuts.filter((stream) => stream.includes(10)));
          expect({ moment, new: loud(findings).filter((finding) => !allowed.has(finding.replace(/@cpu\d+$/, ''))) }).toEqual({ moment, new: [] });
        }
      });
    }
  });
}

test('two streams on different clocks are refused with a sentence', async () => {
  const dir = 'recordings/kvm-x1-local-clock/';
  await expect(replayTexts([readTrace(`${dir}raw.txt`), readTrace(`${dir}ioctl.jsonl`)])).rejects.toThrow(/expected the same clock/);
});

test('the stuck line of the edge run is a storm at 200 cycles, and silent at the default', async () => {
  const text = readTrace('recordings/x86-kvm-ioctl-edges/trace.txt.gz');
  const { findings } = await replayTexts([text], { config: 'stormN=200' });
  expect(findings.filter(({ rule }) => rule === 'ioapic/eoi-storm').map(({ entity }) => entity)).toEqual(['pin:ioapic/11']);
  const { findings: byDefault } = await replayTexts([text]);
  expect(byDefault.filter(({ rule }) => rule === 'ioapic/eoi-storm')).toEqual([]);
});
