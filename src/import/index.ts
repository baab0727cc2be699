// Every format that can be read, in the order in which they are tried.

import { perfScript } from './ftrace/perf-script.js';
import { traceCmd } from './ftrace/trace-cmd.js';
import { tracefs } from './ftrace/tracefs.js';
import { ioctlLog } from './ioctl.js';
import { irq } from './irq.js';
import { ndjson } from './ndjson.js';
import { parquet } from './parquet.js';
import { perfData } from './perf-data.js';
import { qemuLog } from './qemu/log.js';
import { parseSignatures } from './qemu/signature.js';
import { qemuSimple } from './qemu/simple.js';
import { rawPages } from './raw-pages.js';
import { monitor } from './snapshot/monitor.js';
import { vgicState } from './snapshot/vgic-state.js';
import type { AnyFormat } from './source.js';
import { traceDat } from './trace-dat.js';

/** What a recording does not hold of itself. */
/** What a file holds. */
export interface NamedText {
  readonly file: string;
  readonly text: string;
}

export interface FormatOptions {
  /** Text of the `trace-events-all` of the QEMU that made a `simple` recording. */
  readonly qemuEvents?: NamedText | undefined;
}

/** What begins with a word of its own, the native forms, what has one telling line, then the texts that only many lines tell apart. */
export function formatsFor({ qemuEvents }: FormatOptions = {}): readonly AnyFormat[] {
  const simple = qemuSimple(qemuEvents === undefined ? undefined : parseSignatures(qemuEvents.text));
  return [traceDat, perfData, parquet, simple, ndjson, irq, ioctlLog, monitor, vgicState, qemuLog, traceCmd, tracefs, perfScript, rawPages];
}

export const FORMATS = formatsFor();
