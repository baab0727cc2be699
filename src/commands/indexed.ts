// The states of a recording by way of an index: made where there is none or the recording has changed, and read from the nearest kept machine on.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import { Replay } from '../analyze.js';
import { codeOf } from '../import/chunks.js';
import { statOf } from '../import/folder.js';
import { ReadError } from '../import/read-error.js';
import { openDestination } from './destination.js';
import { IndexReader, IndexWriter, isIndex } from './index-file.js';
import { requireUnit, type Moment } from './moment.js';
import { Recording, requireFiles, type RecordingOptions } from './recording.js';
import { statesAt, type Shown, type States } from './states-at.js';
import { untilAborted } from './until-aborted.js';
import { UsageError } from './usage.js';
import { version } from './version.js';

interface Indexed extends RecordingOptions {
  readonly index: string;
  readonly files: readonly string[];
  readonly signal: AbortSignal;
}

/** What an index stands for: one of another program, recording or way to read it is of no use. */
function keyOf({ files, qemuEvents, offset = [], vm }: Indexed): string {
  const stamps = files.map((file) => {
    const found = statOf(file);
    return [resolve(file), found?.size, found?.mtimeMs];
  });
  const offsets = offset.map(({ file, offset: by }) => [file, by === 'auto' ? by : [String(by.ns), by.uncertainty]]);
  return JSON.stringify({ version: version(), v8: process.versions.v8, stamps, offsets, qemuEvents, vm });
}

/** False if the signal ended it: then there is no index. */
async function make(key: string, { index, files, signal, ...options }: Indexed): Promise<boolean> {
  const recording = await Recording.open(files, options);
  const replay = new Replay({ rules: [] });
  replay.machine.ctx.uncertainties = recording.uncertainties;
  const target = await openDestination(index, 'plain');
  try {
    const writer = new IndexWriter(replay.machine, (bytes) => target.write(bytes));
    await writer.begin();
    for await (const batch of untilAborted(recording.events(), signal)) {
      for (const event of batch) {
        if (writer.isFull) await writer.next();
        writer.add(event);
        replay.feed([event]);
      }
    }
    await writer.finish({ of: key, streams: recording.summaries().map(({ file, clock }) => ({ file, clock })) });
    if (signal.aborted) target.discard();
    else await target.commit();
  } catch (error) {
    target.discard();
    throw error;
  }
  return !signal.aborted;
}

/** Undefined if there is no such file; anything but an index is left alone. */
function open(index: string): { fd: number; size: number } | undefined {
  let fd: number;
  try {
    fd = openSync(index, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new ReadError(index, error, '--index');
  }
  const found = fstatSync(fd);
  if (!found.isFile()) closeSync(fd);
  if (found.isDirectory()) throw new ReadError(index, Object.assign(new Error(), { code: 'EISDIR' }), '--index');
  if (!found.isFile()) throw new UsageError(`--index ${index}: found no plain file, expected one that --index has made, or none`);
  const { size } = found;
  if (isIndex(readAt(fd, 0, 64))) return { fd, size };
  closeSync(fd);
  throw new UsageError(`--index ${index}: found a file that is no index, expected one that --index has made, or none`);
}

function readAt(fd: number, at: number, size: number): Buffer {
  const bytes = Buffer.alloc(size);
  return bytes.subarray(0, readSync(fd, bytes, 0, size, at));
}

/** Undefined if the index is none of this recording as it is now, and has to be made anew. */
async function read(key: string, { index }: Indexed, moments: readonly Moment[]): Promise<States | undefined> {
  const file = open(index);
  if (file === undefined) return undefined;
  try {
    const reader = new IndexReader((at, size) => readAt(file.fd, at, size), file.size);
    if (reader.of !== key) return undefined;
    requireUnit(moments, reader.streams);
    const states: Shown[] = [];
    for (const moment of moments) {
      const { machine, first, events } = reader.before(moment);
      states.push(...(await statesAt(new Replay({ rules: [], from: { machine, events: first } }), events, [moment])));
    }
    return { states, names: reader.streams.map(({ file }) => file) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`--index ${index}: found a damaged index (${error instanceof Error ? error.message : String(error)}); remove it, and it will be made anew`);
  } finally {
    closeSync(file.fd);
  }
}

/** Undefined if the signal came before the index was there. */
export async function indexedStates(given: Indexed, moments: readonly Moment[]): Promise<States | undefined> {
  requireFiles(given.files, '--index needs files');
  const key = keyOf(given);
  const known = await read(key, given, moments);
  if (known !== undefined) return known;
  return (await make(key, given)) ? read(key, given, moments) : undefined;
}
