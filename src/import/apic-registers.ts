// Registers of a local APIC, by their offset in its page: an x2APIC's MSR is numbered by a sixteenth. Intel SDM vol. 3, local APIC register address map.

import type { EventOf } from '../event.js';

export const AT = {
  id: 0x20,
  version: 0x30,
  tpr: 0x80,
  ppr: 0xa0,
  eoi: 0xb0,
  ldr: 0xd0,
  dfr: 0xe0,
  svr: 0xf0,
  isr: 0x100,
  tmr: 0x180,
  irr: 0x200,
  irrEnd: 0x280,
  esr: 0x280,
  icr: 0x300,
  icrHigh: 0x310,
  /** Local vector table. */
  lvt: 0x320,
  lvtEnd: 0x380,
  /** Of the timer. */
  initialCount: 0x380,
  currentCount: 0x390,
  divide: 0x3e0,
  /** In x2APIC mode only. */
  selfIpi: 0x3f0,
} as const;

/** Kinds of event that writes are told by. */
export type Written = 'apic.ipi' | 'apic.dest' | 'apic.eoi' | 'apic.tpr' | 'apic.svr' | 'apic.lvt' | 'apic.timer';

/** What a write there is told by. */
export function writeTo(offset: number): Written | undefined {
  if (offset === AT.icr || offset === AT.selfIpi) return 'apic.ipi';
  if (offset === AT.ldr || offset === AT.dfr) return 'apic.dest';
  if (offset === AT.eoi) return 'apic.eoi';
  if (offset === AT.tpr) return 'apic.tpr';
  if (offset === AT.svr) return 'apic.svr';
  if (offset === AT.initialCount || offset === AT.divide) return 'apic.timer';
  return offset >= AT.lvt && offset < AT.lvtEnd ? 'apic.lvt' : undefined;
}

type Register = Pick<EventOf<'apic.read'>, 'reg' | 'word'>;

/** Registers of one word. */
const SINGLE: ReadonlyMap<number, EventOf<'apic.read'>['reg']> = new Map([
  [AT.version, 'version'],
  [AT.tpr, 'tpr'],
  [AT.ppr, 'ppr'],
  [AT.ldr, 'ldr'],
  [AT.dfr, 'dfr'],
  [AT.svr, 'svr'],
  [AT.esr, 'esr'],
  [AT.icr, 'icr'],
  [AT.initialCount, 'tmict'],
  [AT.currentCount, 'tmcct'],
  [AT.divide, 'tdcr'],
]);

/** What a read there is told as. */
export function readFrom(offset: number): Register | undefined {
  const single = SINGLE.get(offset);
  if (single !== undefined) return { reg: single };
  if (offset >= AT.lvt && offset < AT.lvtEnd) return { reg: 'lvt', word: (offset - AT.lvt) >> 4 };
  if (offset < AT.isr || offset >= AT.irrEnd) return undefined;
  return { reg: offset < AT.tmr ? 'isr' : offset < AT.irr ? 'tmr' : 'irr', word: (offset >> 4) & 7 };
}

/** Registers that each vCPU sets its own way: a read counts if it is sure whose it is, and where accesses of MSRs, which may have set them, have lines, too. */
const OWN: ReadonlySet<number> = new Set([AT.ldr, AT.dfr, AT.icr, AT.initialCount, AT.currentCount, AT.divide]);
export const isOwn = (offset: number): boolean => OWN.has(offset);
