// Every format that can be read, in the order in which they are tried.

import { perfScript } from './ftrace/perf-script.js';
import { traceCmd } from './ftrace/trace-cmd.js';
import { tracefs } from './ftrace/tracefs.js';
import { ioctlLog } from './ioctl.js';
import { irq } from './irq.js';
import { ndjson } from './ndjson.js';
import { perfData } from './perf-data.js';
import { rawPages } from './raw-pages.js';
import type { AnyFormat } from './source.js';
import { traceDat } from './trace-dat.js';

/** What begins with a word of its own, the native forms, what has one telling line, then the texts that only many lines tell apart. */
export const FORMATS: readonly AnyFormat[] = [traceDat, perfData, ndjson, irq, ioctlLog, traceCmd, tracefs, perfScript, rawPages];
