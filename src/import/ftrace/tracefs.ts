// tracefs `trace`, `trace_pipe` and snapshots, latency format included (kernel/trace/trace.c, Documentation/trace/ftrace.rst).

import type { Format } from '../format.js';
import { TraceReader } from './reader.js';
import { sniff } from './sniff.js';

export const tracefs: Format = {
  name: 'tracefs',
  detect: (head) => sniff(head) === 'tracefs',
  open: (info, stream) => {
    // The header, if there is one, makes it a `trace`.
    info.recorder = 'tracefs trace_pipe';
    return new TraceReader(info, stream, 'dash');
  },
};
