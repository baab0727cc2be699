// What a command or an acknowledge did to a pin of an 8259 last.

import type { Event } from '../event.js';

export interface PinHistory {
  inputBy: Event | undefined;
  takenBy: Event | undefined;
  endedBy: Event | undefined;
}

export const noHistory = (): PinHistory => ({ inputBy: undefined, takenBy: undefined, endedBy: undefined });
