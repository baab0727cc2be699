// How the pages of a ring buffer are laid out, as `header_page` says (kernel/trace/ring_buffer.c, ring_buffer_print_page_header).

import { readFields } from './event-format.js';

export interface PageLayout {
  /** Bytes of a page, or of a sub-buffer of several pages. */
  readonly pageSize: number;
  /** Where the word lies that holds the length of the data and the signs of loss, and its bytes: a `long` of the kernel. */
  readonly commit: number;
  readonly commitSize: 4 | 8;
  /** Where the records begin. */
  readonly data: number;
}

/** Linux takes sub-buffers of up to 128 pages, of at most 64 KiB each. */
const MAX_PAGE = 8 * 1024 * 1024;

const DATA = 16;
const LENGTH = 0x07ff_ffff;
const SMALLEST_PAGE = 4096;
const LONG = 0;
const PADDING = 29;

/** Do the bytes begin with a page of a 64-bit kernel: stamp, commit word, and records that end exactly where it says? */
export function looksLikePages(head: Buffer): boolean {
  if (head.length < DATA + 8) return false;
  const low = head.readUInt32LE(8);
  const high = head.readUInt32LE(12);
  const end = DATA + (low & LENGTH);
  if ((high !== 0 && high !== 0xffff_ffff) || end === DATA || end > MAX_PAGE || end % 4 !== 0) return false;
  let at = DATA;
  while (at < end && at + 8 <= head.length) at += lengthOf(head, at, end);
  return at === end || (at < end && head.length >= SMALLEST_PAGE);
}

/** Bytes of the record at `at`; padding without a delta reaches to the end. */
function lengthOf(bytes: Buffer, at: number, end: number): number {
  const word = bytes.readUInt32LE(at);
  const type = word & 31;
  if (type === PADDING && word >>> 5 === 0) return end - at;
  if (type === LONG || type === PADDING) return 4 + bytes.readUInt32LE(at + 4);
  return type < PADDING ? 4 + type * 4 : 8;
}

/** Undefined if the text describes no page. */
export function readPageLayout(text: string): PageLayout | undefined {
  const fields = readFields(text);
  const commit = fields.get('commit');
  const data = fields.get('data');
  if (commit === undefined || data === undefined || (commit.size !== 4 && commit.size !== 8)) return undefined;
  const pageSize = data.offset + data.size;
  if (pageSize > MAX_PAGE || data.size < 8 || data.offset < commit.offset + commit.size || commit.offset < 8) return undefined;
  return { pageSize, commit: commit.offset, commitSize: commit.size, data: data.offset };
}
