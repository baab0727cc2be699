// The text of `perf script`, default fields, --ns and pid/tid (tools/perf/builtin-script.c).

import type { Format } from '../format.js';
import { timesOf } from './deltas.js';
import { TraceReader } from './reader.js';
import { sniff } from './sniff.js';

/** perf script leaves out samples taken while a guest ran, without a word. */
const HIDDEN = ['apic.accept', 'kvm.msi', 'efd.signal', 'vfio.irq'];

export const perfScript: Format = {
  name: 'perf-script',
  detect: (head) => sniff(head) === 'perf-script',
  open: (info, stream) => {
    info.recorder = 'perf script';
    return new TraceReader(info, stream, 'blank', { hidden: HIDDEN, timesOf });
  },
};
