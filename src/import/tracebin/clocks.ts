// The clocks of trace_clock (kernel/trace/trace.c, trace_clocks): all but a few count ns. `uptime` counts jiffies, as clock ticks of user space,
// though trace-cmd report prints them as ns (trace_clock_jiffies).

const IN_USE = /\[([\w-]+)\]/;
const NANOSECONDS = new Set(['local', 'global', 'perf', 'mono', 'mono_raw', 'boot', 'tai']);

/** The clock in brackets, as the file trace_clock shows the one in use. */
export const clockInUse = (text: string): string | undefined => IN_USE.exec(text)?.[1];

/** True for a clock that counts cycles or events, and for one that is not known. */
export const countsTicks = (clock: string): boolean => !NANOSECONDS.has(clock);
