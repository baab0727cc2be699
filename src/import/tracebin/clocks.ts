// The clocks of trace_clock (kernel/trace/trace.c, trace_clocks): all but a few count ns.

const NANOSECONDS = new Set(['local', 'global', 'uptime', 'perf', 'mono', 'mono_raw', 'boot', 'tai']);

/** True for a clock that counts cycles or events, and for one that is not known. */
export const countsTicks = (clock: string): boolean => !NANOSECONDS.has(clock);
