// Registers that GICv2's distributor, GICv3's and its redistributors share: one bit, two bits or a byte for each interrupt.
// Arm IHI 0048B, 4.3; IHI 0069, 12.9 and 12.11. Writes of zero bits to set and clear registers do nothing.

import { bitOf } from '../bit-of.js';
import { intid, type Intid, type Vcpu } from '../ids.js';
import type { GicName } from '../kinds.js';
import type { GicFields } from './gic-event.js';

/** Who tells what an access does. */
interface Teller {
  tell<N extends GicName>(name: N, fields: GicFields<N>): void;
}

/** An interrupt; `cpu` of SGIs and PPIs only. */
interface Named {
  readonly id: Intid;
  readonly cpu: Vcpu | undefined;
}

export interface RegisterAccess {
  readonly write: boolean;
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
  readonly value: number;
  /** Whose, for SGIs and PPIs; undefined where the recording does not tell. */
  readonly cpu: Vcpu | undefined;
  /** First and last INTID that the frame holds. */
  readonly from: number;
  readonly to: number;
  /** GICv2: SGIs are made pending by other registers, and are always on. */
  readonly fixedSgis: boolean;
  /** GICv3: interrupts whose priority their register does not tell. */
  readonly nmis?: { hides(of: Named): boolean };
}

const SGIS = 16;
const BANKED = 32;
const GROUP = 0x80;
const PRIORITY = 0x400;
const PRIORITY_END = 0x800;
const CONFIG = 0xc00;
const CONFIG_END = 0xd00;
/** Set, clear and state of one bit each, 0x80 bytes apart. */
const NAMES = ['group', 'en', 'en', 'pend', 'pend', 'act', 'act'] as const;
const CLEARS = 0x80;

/** False if it is another register. */
export function tellRegister(gic: Teller, access: RegisterAccess): boolean {
  const { offset } = access;
  if (offset >= GROUP && offset < PRIORITY) bits(gic, access);
  else if (offset >= PRIORITY && offset < PRIORITY_END) priorities(gic, access);
  else if (offset >= CONFIG && offset < CONFIG_END) triggers(gic, access);
  else return false;
  return true;
}

/** The interrupts that the access touches, each with its place in the value. */
function* interrupts(access: RegisterAccess, base: number, perByte: number): Generator<{ id: number; place: number; cpu: Vcpu | undefined }> {
  const first = (access.offset - base) * perByte;
  for (let place = 0; place < access.size * perByte; place++) {
    const id = first + place;
    if (id < access.from || id > access.to) continue;
    const cpu = id < BANKED ? access.cpu : undefined;
    // Which CPU's bits were read cannot be told: nothing to learn.
    if (id < BANKED && cpu === undefined && !access.write) continue;
    yield { id, place, cpu };
  }
}

function bits(gic: Teller, access: RegisterAccess): void {
  const index = Math.floor((access.offset - GROUP) / 0x80);
  const name = NAMES[index];
  if (name === undefined) return;
  const clears = index > 0 && (access.offset & CLEARS) !== 0;
  for (const { id, place, cpu } of interrupts(access, GROUP + index * 0x80, 8)) {
    const val = bitOf(access.value, place);
    if (access.fixedSgis && id < SGIS && (name === 'en' || (name === 'pend' && access.write))) continue;
    if (!access.write) gic.tell('read', { id: intid(id), cpu, [name]: val });
    else if (name === 'group') gic.tell('group', { id: intid(id), cpu, val });
    else if (val === 0) continue;
    else if (name === 'pend') gic.tell('pend', { id: intid(id), cpu, val: clears ? 0 : 1, own: id < SGIS ? 1 : undefined });
    else gic.tell(name, { id: intid(id), cpu, val: clears ? 0 : 1 });
  }
}

function priorities(gic: Teller, access: RegisterAccess): void {
  for (const { id, place, cpu } of interrupts(access, PRIORITY, 1)) {
    const val = (access.value >>> (8 * place)) & 0xff;
    const hidden = access.nmis?.hides({ id: intid(id), cpu }) === true;
    if (access.write) gic.tell('prio', { id: intid(id), cpu, val: hidden ? undefined : val });
    else if (!hidden) gic.tell('read', { id: intid(id), cpu, prio: val });
  }
}

function triggers(gic: Teller, access: RegisterAccess): void {
  for (const { id, place, cpu } of interrupts(access, CONFIG, 4)) {
    if (id < SGIS) continue;
    const trig = bitOf(access.value, 2 * place + 1) === 1 ? 'edge' : 'level';
    if (access.write) gic.tell('cfg', { id: intid(id), cpu, trig });
    else gic.tell('read', { id: intid(id), cpu, trig });
  }
}
