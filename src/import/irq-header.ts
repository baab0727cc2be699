// The first line of litmus text, which may be absent: `irq 1 [clock=ns base=N] [stream=FILE [recorder=TEXT]] ...`, in any order but for a recorder.

import { TraceError } from './format.js';
import { baseOf, isClock, type Header } from './header.js';
import { tokenize, type Place, type Token } from './irq-token.js';

const FIRST = /^\s*irq(?:\s+[^\s#=]+)?(?:\s+(?:clock|base|stream|recorder)=.*)?\s*(?:#.*)?$/;

type Stream = Header['streams'][number];

export const isHeader = (line: string): boolean => FIRST.test(line);

function expected({ key }: Token): string {
  if (key === 'clock') return 'clock= with seconds, integer, ns or none';
  return key === 'base' ? 'base= with the absolute time of @0 in ns' : 'clock=, base=, stream= and its recorder=';
}

/** The next word of the header; undefined if it is none. */
function addWord(header: Header, { key, value = '', quoted }: Token): Header | undefined {
  if (quoted) return undefined;
  const { streams } = header;
  const last: Stream | undefined = streams.at(-1);
  if (key === 'clock') return isClock(value) ? { ...header, clock: value } : undefined;
  if (key === 'stream') return value === '' ? undefined : { ...header, streams: [...streams, { file: value, recorder: '' }] };
  if (key === 'recorder') return last === undefined ? undefined : { ...header, streams: [...streams.slice(0, -1), { ...last, recorder: value }] };
  const base = key === 'base' ? baseOf(value) : undefined;
  return base === undefined ? undefined : { ...header, base };
}

export function readHeader(text: string, place: Place): Header {
  const [, version, ...words] = tokenize(text, place);
  if (version !== undefined && version.text !== '1') throw new TraceError(place.file, place.line, text.trim(), 'irq 1, the only version there is');
  let header: Header = { base: 0n, clock: 'none', streams: [] };
  for (const word of words) {
    const next = addWord(header, word);
    if (next === undefined) throw new TraceError(place.file, place.line, word.text, expected(word));
    header = next;
  }
  return header;
}
