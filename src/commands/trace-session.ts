// One recording through tracefs: an instance with buffers of its own and a group of probes of its own, both named after this process, so that
// nothing of anybody else's is changed and what a killed process left behind can be told.

import type { Recipe } from '../record/recipe.js';
import type { TraceFiles } from './trace-files.js';

const INSTANCE = /^irqreplay-(\d+)$/;
/** A probe as kprobe_events lists it, maxactive of a return probe included. */
const PROBE = /^[pr]\d*:(irqreplay_(\d+)\/\S+)/;

export const groupOf = (pid: number): string => `irqreplay_${pid}`;
const instanceOf = (pid: number): string => `instances/irqreplay-${pid}`;

function attempt(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

const probesOf = (files: TraceFiles): { name: string; pid: number }[] => {
  if (!files.exists('kprobe_events')) return [];
  const lines = files.read('kprobe_events').split('\n');
  return lines.flatMap((line) => {
    const [, name, pid] = PROBE.exec(line) ?? [];
    return name === undefined ? [] : [{ name, pid: Number(pid) }];
  });
};

/** Removes the instance first: while it listens to a probe, the probe stays. */
export function removeOf(files: TraceFiles, pid: number): void {
  const instance = instanceOf(pid);
  if (files.exists(instance)) {
    attempt(() => files.write(`${instance}/tracing_on`, '0'));
    attempt(() => files.write(`${instance}/events/enable`, '0'));
    attempt(() => files.rmdir(instance));
  }
  for (const probe of probesOf(files)) if (probe.pid === pid) attempt(() => files.append('kprobe_events', `-:${probe.name}\n`));
}

/** Removes what recordings of processes that are gone have left, and returns their numbers. */
export function removeLeftovers(files: TraceFiles, isAlive: (pid: number) => boolean): number[] {
  const instances = files.list('instances').flatMap((name) => INSTANCE.exec(name)?.[1] ?? []).map(Number);
  const dead = [...new Set([...instances, ...probesOf(files).map(({ pid }) => pid)])].filter((pid) => !isAlive(pid));
  for (const pid of dead) removeOf(files, pid);
  return dead;
}

export class TraceSession {
  readonly #files: TraceFiles;
  readonly #pid: number;
  readonly #instance: string;
  /** What of the recipe this kernel does not have or refuses. */
  readonly refused: string[] = [];

  constructor(files: TraceFiles, pid: number) {
    this.#files = files;
    this.#pid = pid;
    this.#instance = instanceOf(pid);
  }

  /** Sets everything up and begins to record; `buffer` in kB per CPU. What was set up before a failure is for `restore`. */
  start({ probes, tracepoints }: Recipe, buffer: number): void {
    const files = this.#files;
    files.mkdir(this.#instance);
    files.write(`${this.#instance}/tracing_on`, '0');
    files.write(`${this.#instance}/trace_clock`, 'mono');
    files.write(`${this.#instance}/buffer_size_kb`, String(buffer));
    // whose thread it was, should several VMs run
    if (files.exists(`${this.#instance}/options/record-tgid`)) files.write(`${this.#instance}/options/record-tgid`, '1');
    const taken = this.#define(probes);
    for (const { system, name, filter } of tracepoints) this.#try(`${system}/${name}`, () => this.#enable(`${system}/${name}`, filter));
    for (const event of new Set(taken.map(({ name }) => `${groupOf(this.#pid)}/${name}`))) this.#try(event, () => this.#enable(event));
    files.write(`${this.#instance}/tracing_on`, '1');
  }

  stop(): void {
    this.#files.write(`${this.#instance}/tracing_on`, '0');
  }

  save(target: string): Promise<void> {
    return this.#files.copy(`${this.#instance}/trace`, target);
  }

  restore(): void {
    removeOf(this.#files, this.#pid);
  }

  /** The probes that the kernel takes. */
  #define(probes: Recipe['probes']): Recipe['probes'] {
    if (this.#files.exists('kprobe_events')) return probes.filter(({ name, line }) => this.#try(name, () => this.#files.append('kprobe_events', `${line}\n`)));
    if (probes.length > 0) this.refused.push('any probe (there is no kprobe_events)');
    return [];
  }

  #enable(event: string, filter?: string): void {
    if (filter !== undefined) this.#files.write(`${this.#instance}/events/${event}/filter`, filter);
    this.#files.write(`${this.#instance}/events/${event}/enable`, '1');
  }

  #try(what: string, action: () => void): boolean {
    const done = attempt(action);
    if (!done) this.refused.push(what);
    return done;
  }
}
