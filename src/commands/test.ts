// `irqreplay test`: replays every recording under some folders and compares what it shows with what is expected of it.

import { readdirSync, statSync, type Dirent } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { formatsFor } from '../import/index.js';
import { ReadError } from '../import/read-error.js';
import { counted, printableJson } from '../report/text.js';
import { judgementText, totalText } from '../report/judgements.js';
import type { TestFormat } from './formats.js';
import { adopt, type Judgement } from './judge.js';
import { painter, print } from './output.js';
import { readWhole } from './read-whole.js';
import { UsageError } from './usage.js';

interface TestArguments {
  readonly paths: readonly string[];
  readonly format: TestFormat;
  /** Only recordings whose path holds one of these. */
  readonly only: readonly string[];
  readonly bail: boolean;
  readonly update: boolean;
  readonly progress: boolean;
}

const HEAD = 64 * 1024;
/** Told by content, but for what is packed: gzip and zstd. */
const PACKED = /\.(?:gz|zst)$/;
/** Files that stand beside recordings. */
const BESIDE = /\.(?:md|expect|json|ts|mjs)$/;

/** Undefined for a file. */
function entriesOf(path: string): Dirent[] | undefined {
  try {
    return statSync(path).isDirectory() ? readdirSync(path, { recursive: true, withFileTypes: true }) : undefined;
  } catch (error) {
    throw new ReadError(path, error);
  }
}

function isRecording(file: string): boolean {
  if (BESIDE.test(file)) return false;
  if (PACKED.test(file)) return true;
  const head = readWhole(file).subarray(0, HEAD);
  return formatsFor().some((format) => format.detect(head));
}

/** Every file under the folders, sorted; a file that is named is taken whatever it is. */
function recordingsUnder(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const entries = entriesOf(path);
    if (entries === undefined) return [path];
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    return files.filter(isRecording).sort();
  });
}

/** Judges on all processors; `told` gets every judgement in the order of the files. Ends early if it says so. */
async function judgeAll(files: readonly string[], told: (judgement: Judgement) => 'go on' | 'stop'): Promise<void> {
  const done = new Map<number, Judgement>();
  let next = 0;
  let shown = 0;
  let stopped = false;
  const threads = Array.from({ length: Math.min(files.length, availableParallelism()) }, () => new Worker(new URL('judge-worker.js', import.meta.url)));
  const work = (thread: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      let at = 0;
      const go = (): void => {
        at = next++;
        if (at < files.length && !stopped) thread.postMessage(files[at], []);
        else resolve();
      };
      thread.on('message', (judgement: Judgement) => {
        done.set(at, judgement);
        for (let ready = done.get(shown); ready !== undefined && !stopped; ready = done.get(++shown)) stopped = told(ready) === 'stop';
        go();
      });
      thread.on('error', reject);
      go();
    });
  try {
    await Promise.all(threads.map(work));
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

const RENDERERS: Readonly<Record<TestFormat, (judgements: readonly Judgement[], files: number) => Promise<string>>> = {
  pretty: async (judgements, files) => totalText(judgements, files, painter()),
  json: async (judgements) => printableJson(`${JSON.stringify(judgements, null, 1)}\n`),
  junit: async (judgements) => (await import('../report/junit.js')).judgementsJunit(judgements),
  github: async (judgements) => (await import('../report/github.js')).judgementsGithub(judgements),
};

const isRight = ({ missing, surplus, error }: Judgement): boolean => missing.length + surplus.length === 0 && error === undefined;

export async function test({ paths, format, only, bail, update, progress }: TestArguments): Promise<number> {
  if (paths.length === 0) throw new UsageError('no folder given: name folders or recordings');
  const files = recordingsUnder(paths).filter((file) => only.length === 0 || only.some((part) => file.includes(part)));
  if (files.length === 0) throw new UsageError(`no recording under ${paths.join(', ')}${only.length === 0 ? '' : ` whose path holds ${only.join(' or ')}`}`);
  const paint = painter();
  const judgements: Judgement[] = [];
  const showBar = progress && process.stderr.isTTY;
  await judgeAll(files, (judgement) => {
    judgements.push(judgement);
    if (format === 'pretty' && !isRight(judgement)) print(judgementText(judgement, paint));
    if (showBar) process.stderr.write(`\r${judgements.length}/${files.length}\x1b[K`);
    return bail && !isRight(judgement) ? 'stop' : 'go on';
  });
  if (showBar) process.stderr.write('\r\x1b[K');
  print(await RENDERERS[format](judgements, files.length));
  const wrong = judgements.filter((judgement) => !isRight(judgement));
  if (!update) return wrong.length > 0 ? 1 : 0;
  const updatable = wrong.filter(({ file, error }) => error === undefined && !file.endsWith('.irq'));
  updatable.forEach(adopt);
  const byHand = wrong.length - updatable.length;
  const told = `${counted(updatable.length, 'sidecar')} written${byHand === 0 ? '' : `; ${byHand} not: what cannot be read, and litmus text, whose ! marks are written by hand`}\n`;
  // what a program reads holds nothing else
  if (format === 'pretty') print(told);
  else process.stderr.write(told);
  return wrong.length > updatable.length ? 1 : 0;
}
