// An event as a line of litmus text for a person: safe for a terminal, and no value fills the screen (a routing table, a note).

import type { Event } from '../event.js';
import { formatEvent } from '../import/irq-write.js';
import { clipped, printable } from './text.js';

/** A word in which a value is longer than 60 letters. */
const LONG_VALUE = /(=\S{60})\S+/g;

export const eventText = (event: Event): string => clipped(printable(formatEvent(event).replace(LONG_VALUE, '$1…')));
