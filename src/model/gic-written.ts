// The latest writes of the registers that say what becomes of an interrupt. What reads otherwise was written unseen.

import type { GicEvent } from './gic-event.js';

export class WrittenConfig {
  en: GicEvent<'en'> | undefined;
  /** Undefined behind a write whose value cannot be told, too. */
  prio: GicEvent<'prio'> | undefined;
  trig: GicEvent<'cfg'> | undefined;
  group: GicEvent<'group'> | undefined;

  clear(): void {
    this.en = this.prio = this.trig = this.group = undefined;
  }

  readBack({ en, prio, trig, group }: GicEvent<'read'>): void {
    if (en !== undefined && this.en?.val !== en) this.en = undefined;
    if (prio !== undefined && this.prio?.val !== prio) this.prio = undefined;
    if (trig !== undefined && this.trig?.trig !== trig) this.trig = undefined;
    if (group !== undefined && this.group?.val !== group) this.group = undefined;
  }
}
