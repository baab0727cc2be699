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
