// Where an event of a native form comes from: its `src` text, `file:line name`, and what the stream's counters note of it.

import type { Event } from '../event.js';
import { noteLoss, type Decoder, type FileFormat, type FolderFormat, type Format, type LazyFormat, type StreamInfo } from './format.js';

/** Gives the stream number of a file that a native recording names as an event's source. */
export type Origin = (file: string, recorder: string) => number;

/** A format whose events may name other files as their source. */
export interface OriginFormat extends Format {
  open(info: StreamInfo, stream: number, origin?: Origin): Decoder;
}

/** Whatever is in the list of formats. */
export type AnyFormat = OriginFormat | FileFormat | LazyFormat | FolderFormat;

interface SourceText {
  readonly file: string;
  readonly line: number;
  readonly name: string;
}

export const SOURCE_EXPECTED = 'a source as file:line name';

// The first `:<digits> ` ends the file: an event's name may hold one (`CPU:1 [LOST 2 EVENTS]`), a file's hardly does.
const SOURCE = /^(.+?):(\d{1,15}) (.*)$/s;

export function readSource(text: string): SourceText | undefined {
  const [, file, line, name] = SOURCE.exec(text) ?? [];
  if (file === undefined || line === undefined || name === undefined) return undefined;
  return { file, line: Number(line), name };
}

/** `files` names the streams; undefined for an event whose stream has no name there. */
export function writeSource(event: Event, files: readonly string[]): string | undefined {
  const file = files[event.stream];
  return file === undefined ? undefined : `${file}:${event.at} ${event.name}`;
}

/** Counts the event; a loss that was recorded as an event is one of this stream's losses. */
export function noteEvent(info: StreamInfo, event: Event): void {
  info.counts.set(event.name, (info.counts.get(event.name) ?? 0) + 1);
  if (event.kind !== 'meta.lost') return;
  noteLoss(info, event.n === undefined ? { line: event.at, what: event.name } : { line: event.at, n: event.n, what: event.name });
}
