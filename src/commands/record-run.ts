// `irqreplay record --run -- COMMAND`: records the command's run through tracefs, puts back what it changed, and checks what was recorded.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, rmSync, statSync } from 'node:fs';
import { release } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '../import/read-error.js';
import { printable } from '../report/text.js';
import { pretty } from '../report/pretty.js';
import { recipeFor, type Recipe } from '../record/recipe.js';
import { exitCode } from './exit-code.js';
import { painter, print, WriteError } from './output.js';
import { kernelOf, type RecordArguments } from './record.js';
import { checkRecording } from './run.js';
import { traceFiles, type TraceFiles } from './trace-files.js';
import { groupOf, removeLeftovers, TraceSession } from './trace-session.js';
import { UsageError } from './usage.js';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const MAX_FINDINGS = 20;

const say = (text: string): void => void process.stderr.write(`irqreplay: ${printable(text)}\n`);

/** A process of another user may not be signalled, but it is there. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Signals to this process while it records: none ends it before it has put back what it changed. The command is told of them. */
class Signals {
  #child: ChildProcess | undefined;
  #came: NodeJS.Signals | undefined;
  readonly #pass = (signal: NodeJS.Signals): void => {
    this.#came = signal;
    this.#child?.kill(signal);
  };

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#pass);
  }

  /** Runs the command, with its output on standard error, unless a signal has come before; says how it ended. */
  async run([name = '', ...words]: readonly string[]): Promise<string> {
    if (this.#came !== undefined) return `was not run, for ${this.#came}`;
    const child = spawn(name, words, { stdio: ['inherit', 2, 'inherit'] });
    this.#child = child;
    try {
      const [code, signal]: unknown[] = await once(child, 'exit');
      return signal === null ? `ended with ${String(code)}` : `was ended by ${String(signal)}`;
    } catch (error) {
      throw new UsageError(`cannot run ${name}: ${reasonOf(error)}`);
    }
  }

  end(): void {
    for (const signal of SIGNALS) process.off(signal, this.#pass);
  }
}

function openTracefs(root: string): TraceFiles {
  const files = traceFiles(root);
  if (!files.exists('instances')) throw new UsageError(`${root} is no tracefs that may be used: mount -t tracefs nodev ${root}, as root`);
  return files;
}

function begin(session: TraceSession, recipe: Recipe, buffer: number): void {
  try {
    session.start(recipe, buffer);
  } catch (error) {
    throw new UsageError(`cannot record through tracefs: ${reasonOf(error)}`);
  }
  if (session.refused.length > 0) say(`not recorded, this kernel does not have them or refuses them: ${session.refused.join(', ')}`);
}

/** Puts back what was changed if this process cannot; in a session of its own, so that no signal to this one's group ends it. Gives what lets it go. */
function guard(tracefs: string): () => void {
  const guardian = spawn(process.execPath, [fileURLToPath(new URL('record-guard.js', import.meta.url)), resolve(tracefs), String(process.pid)], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  return () => void guardian.stdin.end();
}

/** A file that cannot be made is told before the command has run for nothing. */
function claim(output: string): void {
  try {
    closeSync(openSync(output, 'wx'));
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (isThere) throw new UsageError(`${output} is there already: name another file (--output)`);
    throw new WriteError(output, error, '--output');
  }
}

async function save(session: TraceSession, output: string): Promise<void> {
  try {
    await session.save(output);
  } catch (error) {
    throw new WriteError(output, error, '--output');
  }
}

/** Whatever happens, what was changed is put back. */
async function recordTo(output: string, session: TraceSession, recipe: Recipe, { command, buffer, tracefs }: RecordArguments): Promise<void> {
  const signals = new Signals();
  const letGo = guard(tracefs);
  try {
    begin(session, recipe, buffer);
    say(`${command[0]} ${await signals.run(command)}`);
    session.stop();
    await save(session, output);
  } finally {
    session.restore();
    signals.end();
    letGo();
  }
}

export async function recordRun(args: RecordArguments): Promise<number> {
  const { target, tool, kernel, tracefs, output, command } = args;
  if (target === 'qemu' || (tool !== undefined && tool !== 'tracefs')) throw new UsageError('--run records through tracefs: give no other --tool, and a target with a kernel');
  if (command.length === 0) throw new UsageError('no command to run: irqreplay record --run -- COMMAND');
  claim(output);
  try {
    const files = openTracefs(tracefs);
    const left = removeLeftovers(files, isAlive);
    if (left.length > 0) say(`removed what recordings of processes that are gone had left: ${left.join(', ')}`);
    const recipe = recipeFor(target, kernelOf(kernel ?? release()), groupOf(process.pid));
    await recordTo(output, new TraceSession(files, process.pid), recipe, args);
  } catch (error) {
    // What was written before the disk was full may be all that there is.
    if (statSync(output, { throwIfNoEntry: false })?.size === 0) rmSync(output);
    throw error;
  }
  const analysis = await checkRecording([output]);
  print(pretty(analysis, { severity: 'suspicious', maxFindings: MAX_FINDINGS, paint: painter() }));
  return exitCode(analysis, 'violation', false);
}
