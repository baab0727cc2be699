// Text that goes into XML 1.0: escaped, and without the characters that XML cannot hold at all.

import { LONE_SURROGATE, printable } from './text.js';

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

// What is no character of XML 1.0 beyond the control characters and lone surrogates.
const NO_CHARACTER = /[\ufffe\uffff]/g;

/** For an attribute or a text node; line ends of our own are kept. */
export const xml = (text: string): string =>
  text
    .split('\n')
    .map((line) => printable(line).replace(LONE_SURROGATE, '\ufffd').replace(NO_CHARACTER, '\ufffd').replace(/[&<>"']/g, (letter) => NAMED[letter] ?? letter))
    .join('\n');
