// Every format that can be read, in the order in which they are tried.

import type { Format } from './format.js';
import { perfScript } from './ftrace/perf-script.js';
import { traceCmd } from './ftrace/trace-cmd.js';
import { tracefs } from './ftrace/tracefs.js';
import { ioctlLog } from './ioctl.js';
import { irq } from './irq.js';
import { ndjson } from './ndjson.js';
import { qemuLog } from './qemu/log.js';

/** The native forms first, then what has one telling line, then the texts that only many lines tell apart. */
export const FORMATS: readonly Format[] = [ndjson, irq, ioctlLog, qemuLog, traceCmd, tracefs, perfScript];
