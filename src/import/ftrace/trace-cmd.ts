// The text of `trace-cmd report`, 3.1 and 3.4, with -t, --raw-ts, --ts-diff, -l and instances (trace-cmd tracecmd/trace-read.c).

import type { Format } from '../format.js';
import { TraceReader } from './reader.js';
import { sniff } from './sniff.js';

export const traceCmd: Format = {
  name: 'trace-cmd',
  detect: (head) => sniff(head) === 'trace-cmd',
  open: (info, stream) => {
    info.recorder = 'trace-cmd report';
    return new TraceReader(info, stream, 'dash');
  },
};
