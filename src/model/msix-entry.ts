// One row of an MSI-X table with its Pending bit. PCI Express Base 6.1.4.2 (structures), 6.1.4.5 (per-vector masking and Function Masking).

import type { Event, EventOf } from '../event.js';
import type { Entry } from '../ids.js';
import { decodeMessage, isRemappable, type Message } from './message.js';
import { F, T, U, and, join, known, same, type Tri } from './tri.js';

/** A dword of the row. */
export type Word = EventOf<'msix.write'>['field'];

/** Why the Pending bit is clear. */
export type Cleared = 'reset' | 'sent' | 'reason' | 'unuse' | 'read';

/** What is known of a row that no event has touched yet. */
interface Origin {
  /** The row is masked: reset did it, and no write can have gone unseen. */
  readonly masked: boolean;
  /** Nothing is pending or on its way. */
  readonly quiet: boolean;
  /** The reset, if it was recorded. */
  readonly by: Event | undefined;
}

/** What is known at the start, or after a reset, of a function that no event has touched yet. */
export interface FunctionOrigin extends Origin {
  /** Enable and Function Mask are clear. */
  readonly off: boolean;
  /** No vector is declared used. */
  readonly unused: boolean;
}

/** The mask bit of a Vector Control dword. */
export const maskBit = (vc: number): Tri => ((vc & 1) === 1 ? T : F);

/** Bits of an address in its page that are part of a message's: the smallest pages have 4 kB. */
const IN_PAGE = 0xffc;

export class MsixEntry {
  readonly fn: string;
  readonly number: Entry;
  /** Message Address, Upper Address and Data; undefined while unknown, as after reset. */
  addr: number | undefined;
  addrHi: number | undefined;
  data: number | undefined;
  mask: Tri;
  /** What last changed the mask bit. */
  maskBy: Event | undefined;
  /** The mask bit is set because of a reset and not of a write. */
  maskFromReset: boolean;
  pending: Tri;
  cleared: Cleared | undefined;
  pendingBy: Event | undefined;
  /** How many messages may still come, at most. */
  allowance: number;
  /** The message was changed while one could be under way: old, new and mixed contents are possible. */
  blurred = false;
  /** Software has accessed the row: the table is large enough. */
  inTable = false;
  /** It has sent or shown a Pending bit since MSI-X was enabled: the device uses it. */
  shown = false;
  /** A message to the address that it holds has been seen. */
  reached = false;
  /** As last settled: could it send? */
  liveAsSettled: Tri = F;
  fireBy: Event | undefined;
  sentBy: Event | undefined;
  /** What last changed the message. */
  writeBy: Event | undefined;
  /** Sequence number of the latest event that set, or first showed, any of its dwords. */
  knownSeq = -1;
  /** Writes that their threads still work on. */
  private underWay: Map<Word, { readonly by: Event; readonly changes: boolean }> | undefined;

  constructor(fn: string, number: Entry, { masked, quiet, by }: Origin) {
    this.fn = fn;
    this.number = number;
    this.mask = masked ? T : U;
    this.maskFromReset = masked;
    this.maskBy = by;
    this.pending = quiet ? F : U;
    this.cleared = quiet ? 'reset' : undefined;
    this.pendingBy = by;
    this.allowance = quiet ? 0 : Infinity;
  }

  /** Do threads still work on writes of the row? */
  get isUnderWay(): boolean {
    return this.underWay !== undefined && this.underWay.size > 0;
  }

  get entity(): string {
    return `msix:${this.fn}/${this.number}`;
  }

  get key(): string {
    return `${this.fn}/${this.number}`;
  }

  /** How sentences name it. */
  get title(): string {
    return `entry ${this.number} of ${this.fn}`;
  }

  word(field: Word): number | undefined {
    if (field === 'addr') return this.addr;
    if (field === 'addr_hi') return this.addrHi;
    if (field === 'data') return this.data;
    return this.mask === U ? undefined : this.mask;
  }

  /** A write is under way: both values are possible. */
  startWrite(field: Word, value: number | undefined, by: Event): void {
    this.knownSeq = by.seq;
    this.inTable = true;
    const changes = value === undefined || (field === 'vc' ? maskBit(value) : value) !== this.word(field);
    this.underWay ??= new Map();
    this.underWay.set(field, { by, changes });
    if (!changes) return;
    if (field === 'vc') this.mask = value === undefined ? U : join(this.mask, maskBit(value));
    else this.setWord(field, undefined);
  }

  /** The write has taken effect. */
  finishWrite(field: Word, value: number | undefined, by: Event): void {
    const write = this.underWay?.get(field);
    if (write === undefined || write.by !== by) return;
    this.underWay?.delete(field);
    if (field === 'vc') {
      this.mask = value === undefined ? U : maskBit(value);
      this.maskFromReset = false;
      if (write.changes) this.maskBy = by;
    } else {
      this.setWord(field, value);
      if (write.changes) this.writeBy = by;
    }
  }

  /** A register read shows what is there: against what was known, or what a reset cannot have left there. */
  read(field: Word, value: number, by: Event): 'contradicts' | 'confirms' | 'fits' {
    this.inTable = true;
    if (this.underWay?.has(field) === true) return 'fits';
    const was = this.word(field);
    const shown = field === 'vc' ? maskBit(value) : value;
    const afterReset = field === 'vc' ? T : 0;
    if (was === shown) return shown === afterReset ? 'fits' : 'confirms';
    this.knownSeq = by.seq;
    if (field === 'vc') {
      this.mask = maskBit(value);
      this.maskBy = by;
      this.maskFromReset = false;
    } else this.setWord(field, value);
    return was === undefined ? 'fits' : 'contradicts';
  }

  /** Something not recorded may have rewritten the row. */
  forgetTable(): void {
    this.addr = this.addrHi = this.data = undefined;
    this.reached = false;
    this.mask = U;
    this.maskFromReset = false;
    this.maskBy = this.writeBy = undefined;
    this.underWay = undefined;
  }

  /** Something not recorded may have fired, sent or withdrawn. */
  forgetPending(): void {
    this.pending = U;
    this.cleared = this.pendingBy = undefined;
    this.allowance = Infinity;
    this.shown = false;
  }

  setPending(by: Event): void {
    this.pending = T;
    this.cleared = undefined;
    this.pendingBy = by;
  }

  clearPending(why: Cleared, by: Event): void {
    this.pending = F;
    this.cleared = why;
    this.pendingBy = by;
  }

  /** It may or may not be pending. */
  doubtPending(): void {
    this.pending = U;
    this.cleared = this.pendingBy = undefined;
  }

  /** Is this the message that the row holds, word for word? Bits 1:0 of the address are no part of it. */
  holds({ addr, data, iommu }: { readonly addr: bigint; readonly data: number; readonly iommu?: 0 | 1 | undefined }): Tri {
    const low = this.sameAddress(addr, ~3);
    const exact = and(and(low, same(this.addrHi, Number(addr >> 32n))), same(this.data, data >>> 0));
    if (exact !== F) return exact;
    // An IOMMU moves pages.
    if (iommu === 1 && this.sameAddress(addr, IN_PAGE) !== F && same(this.data, data >>> 0) !== F) return U;
    // A remapping unit replaces a handle by the message it stands for.
    return this.addr !== undefined && isRemappable(this.addr) ? U : F;
  }

  private sameAddress(addr: bigint, mask: number): Tri {
    return this.addr === undefined ? U : known(((this.addr ^ Number(addr & 0xffff_ffffn)) & mask) === 0 ? 1 : 0);
  }

  /** What the message says to the interrupt controllers. */
  get message(): Message {
    const addr = this.addr === undefined || this.addrHi === undefined ? undefined : (BigInt(this.addrHi) << 32n) | BigInt(this.addr);
    return decodeMessage(addr, this.data);
  }

  private setWord(field: Exclude<Word, 'vc'>, value: number | undefined): void {
    if (field === 'data') {
      this.data = value;
      return;
    }
    if (value !== this.word(field)) this.reached = false;
    if (field === 'addr') this.addr = value;
    else this.addrHi = value;
  }
}
