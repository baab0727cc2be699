// What the times of perf script count from: with --deltatime from the line before (tools/perf/builtin-script.c perf_sample__fprintf_start),
// in which order and how far apart events were is then not to be had. Its lines are sorted by time, so that times go back in no other form;
// the first is 0 with --deltatime and with --reltime only.

import { Text } from '../kvm/text.js';
import { LineReader } from './line.js';

/** Lines looked at: call chains may stand between those of events. */
const MAX_LINES = 2000;
/** As many times that do not go back are no differences: one order in 40,320. */
const ENOUGH = 8;
/** Part of differences that are less than the one before: a half, as a rule. Of a clock hardly any are, in files put together. */
const SHARE = 1 / 3;

/** `back` is the first line whose time is before that of the line before, where such lines tell that all times are differences. */
export interface Times {
  readonly back: { readonly line: number; readonly text: string } | undefined;
  /** They may be differences. */
  readonly unsure: boolean;
}

interface Stamp {
  readonly ns: number;
  readonly line: number;
  readonly text: string;
}

function stampsOf(head: Buffer): Stamp[] {
  const reader = new LineReader('blank');
  return head.toString('latin1').split('\n', MAX_LINES).flatMap((line, at) => {
    const text = new Text(Buffer.from(line, 'latin1'));
    return reader.read(text, 0, text.length) ? [{ ns: reader.whole * 1e9 + reader.part, line: at + 1, text: line.trim() }] : [];
  });
}

/** Of a text that begins so. */
export function timesOf(head: Buffer): Times {
  const stamps = stampsOf(head);
  const backwards = stamps.filter(({ ns }, at) => ns < (stamps[at - 1]?.ns ?? 0));
  const fromZero = stamps[0]?.ns === 0;
  const many = stamps.length >= ENOUGH;
  const isSure = backwards.length > 0 && (fromZero || (many && backwards.length >= stamps.length * SHARE));
  return { back: isSure ? backwards[0] : undefined, unsure: fromZero && !many && stamps.length > 1 };
}
