// Layouts that cannot be read because they leave out or recode what an analysis needs: told by their first line, with the
// command that prints a readable one.

/** The kernel trace texts. */
export type Dialect = 'tracefs' | 'trace-cmd' | 'perf-script';

interface Layout {
  readonly dialect: Dialect;
  readonly pattern: RegExp;
  readonly expected: string;
}

const RAW = 'the events as text: run trace-cmd report without -R, or set the tracefs options raw, hex, bin and fields to 0 and record again';

/** Line forms, tried on a line that is no event line before any has been read. */
const LAYOUTS: readonly Layout[] = [
  { dialect: 'trace-cmd', pattern: /\[\d{3,}\]-?0x[0-9a-f]+ /, expected: RAW },
  { dialect: 'tracefs', pattern: /^\s*-?\d+ \d+ \d+ (?:type: \d+|\w+)/, expected: RAW },
  { dialect: 'tracefs', pattern: /^[0-9a-f]{8} [0-9a-f]{8} [0-9a-f]{16} /, expected: RAW },
  // The option bin: thread, CPU and time as bytes
  { dialect: 'tracefs', pattern: /\0.*type: \d+$/, expected: RAW },
  {
    dialect: 'tracefs',
    pattern: /^ *\S.* +-?\d+ +\d+ \d+ [0-9a-f]{8} [0-9a-f]{8} \[[0-9a-f]{8,16}\] \d+\.\d{3}ms \(\+/,
    expected: 'task, CPU, flags and time in front of each event: set the tracefs option verbose to 0 and record again',
  },
  {
    dialect: 'tracefs',
    pattern: /^(?:kvm_\w+|irq_handler_\w+|vgic_\w+|irqfd_\w+): /,
    expected: 'task, CPU and time in front of each event: set the tracefs option context-info to 1 and record again',
  },
  {
    dialect: 'perf-script',
    pattern: /^\s*\d+\.\d{3} (?:\( *(?:[\d.]+ ms)? *\): )?\S.* \w+:\w+\(/,
    expected: 'the output of perf script: perf trace leaves out the values',
  },
  {
    dialect: 'perf-script',
    pattern: /^\s*(?:.*\s)?(?:\[\d{3,}\] )?(?:\s*\d+\.\d{6,9}:)?\s*(?:kvm|irq|irqreplay|probe):\w+:/,
    expected: 'task, thread, CPU, time and event in each line: run perf script without -F, or with -F comm,tid,cpu,time,event,trace',
  },
];

/** Who prints such a line, and what the recording should be instead; undefined for a line that is of no known layout. */
export function refusedLayout(line: string): Pick<Layout, 'dialect' | 'expected'> | undefined {
  return LAYOUTS.find(({ pattern }) => pattern.test(line));
}

/** What the recording should be instead, if a tracepoint's body lists fields (`gsi=21 level=1`): their bases differ from the text's. */
export function refusedBody(body: string): string | undefined {
  return /^[a-z_]+=/.test(body) ? RAW : undefined;
}
