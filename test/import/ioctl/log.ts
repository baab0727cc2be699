// Pieces of ioctl logs, recorded and hand-made, and what they are read as.

import { readFileSync } from 'node:fs';
import type { Event, EventOf } from '../../../src/event.js';
import { ioctlLog } from '../../../src/import/ioctl.js';
import type { Kind } from '../../../src/kinds.js';
import { decode } from '../decode.js';

export const log = (name: string): string => readFileSync(new URL(`../../../traces/formats/ioctl/${name}.ioctl.jsonl`, import.meta.url), 'utf8');
const START = '{"seq":0,"t0":1000,"op":"scenario","name":"x","text":"hand-made"}\n';
export const rows = (...lines: string[]): string => START + lines.join('\n') + '\n';
/** What the rows say beyond the opening channels and the scenario's note. */
export const beyond = (events: readonly Event[]): Event[] => events.slice(events.findIndex(({ kind }) => kind === 'meta.note') + 1);
export const said = (text: string): Event[] => beyond(decode(ioctlLog, text).events);
export const ofKind = <K extends Kind>(events: readonly Event[], kind: K): EventOf<K>[] =>
  events.filter((event): event is EventOf<K> => event.kind === kind);

export const create = (ret: number): string => `{"t0":2000,"t1":2001,"op":"KVM_CREATE_VM","args":{},"ret":${ret},"errno":""}`;
export const signal = (t0: number, t1: number): string => `{"t0":${t0},"t1":${t1},"op":"eventfd_write","args":{"fd":8},"ret":8,"errno":""}`;
export const access = (region: string, off: string): string =>
  `{"t0":2000,"op":"msix_mmio","vcpu":0,"region":"${region}","write":1,"off":"${off}","len":4,"val":"0x1"}`;
