// What the kernel counted of one CPU's buffer: per_cpu/cpuN/stats (kernel/trace/trace.c, tracing_stats_read), as trace-cmd keeps it.

/** A clock that counts ns is printed as seconds, another one as the number it is. */
export interface Now {
  /** us, or ticks. */
  readonly time: number;
  readonly inNs: boolean;
}

export interface CpuStats {
  readonly cpu: number;
  /** Oldest events overwritten by new ones. */
  readonly overrun: number;
  /** New events dropped because the buffer was full. */
  readonly dropped: number;
  /** What time the buffer had then. */
  readonly now?: Now | undefined;
}

const CPU = /^CPU: (\d{1,5})$/m;
const OVERRUN = /^overrun: (\d{1,15})$/m;
const DROPPED = /^dropped events: (\d{1,15})$/m;
const NOW = /^now ts: +(\d{1,15})(?:\.(\d{6}))?$/m;

/** `cpu` where the text does not say; undefined if it is no such text. */
export function readStats(text: string, cpu?: number): CpuStats | undefined {
  const [, overrun] = OVERRUN.exec(text) ?? [];
  const number = cpu ?? Number(CPU.exec(text)?.[1] ?? Number.NaN);
  if (overrun === undefined || Number.isNaN(number)) return undefined;
  return { cpu: number, overrun: Number(overrun), dropped: Number(DROPPED.exec(text)?.[1] ?? 0), now: readNow(text) };
}

function readNow(text: string): Now | undefined {
  const [, whole, part] = NOW.exec(text) ?? [];
  if (whole === undefined) return undefined;
  return part === undefined ? { time: Number(whole), inNs: false } : { time: Number(whole) * 1e6 + Number(part), inNs: true };
}
