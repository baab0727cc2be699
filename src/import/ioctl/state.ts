// A row of an ioctl log that tells the state of the chips (KVM_GET_IRQCHIP, KVM_GET_LAPIC), as reads of their registers: there is no second way
// to compare. Entries that a row leaves out have their reset values but perhaps for the mask. Documentation/virt/kvm/api.rst.

import type { Event } from '../../event.js';
import { pin, vcpu, vector } from '../../ids.js';
import type { Fields, Row } from './row.js';
import { intOf, isFields } from './row.js';
import type { Stamp } from './stamp.js';
import { stamped } from '../stamp.js';

const IOAPIC_PINS = 24;
const WORDS = 8;
/** Left out as it is after a reset, or because it is all zero: then it is not masked. */
const UNLISTED: Fields = { vec: 0, remote_irr: 0, level: 0 };

const bitOf = (value: unknown): 0 | 1 => (intOf(value) === 1 ? 1 : 0);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The registers that the row tells, in the stamp of an event at its beginning; `tid` is the thread that took it, -1 if unknown. */
export function stateReads(row: Row, stamp: Stamp, tid: number): Event[] {
  const common = stamp.at({ line: row.line, op: row.op, tid }, row.t0);
  const ioapic = row.get('ioapic');
  const chips = isFields(ioapic) ? [...ioapicReads(ioapic, common), ...picReads(row, common)] : [];
  const lapics = listOf(row.get('lapics')).filter(isFields);
  // A trace of one thread that runs several vCPUs may have told one's write of SVR of another.
  const [only, ...others] = lapics;
  const enable = only === undefined || others.length > 0 ? [] : enableRead(only, common);
  return [...chips, ...enable, ...lapics.flatMap((lapic) => lapicReads(lapic, common))];
}

type Common = ReturnType<Stamp['at']>;

function ioapicReads(ioapic: Fields, common: Common): Event[] {
  const entries = new Map(listOf(ioapic['redir']).filter(isFields).map((entry) => [intOf(entry['pin']), entry]));
  return Array.from({ length: IOAPIC_PINS }, (_, number) => {
    const entry = entries.get(number) ?? UNLISTED;
    const trig = bitOf(entry['level']) === 1 ? ('level' as const) : ('edge' as const);
    return stamped(common, { kind: 'ioapic.rte.read', pin: pin(number), rirr: bitOf(entry['remote_irr']), mask: entry === UNLISTED ? undefined : bitOf(entry['mask']), trig, vec: vector(intOf(entry['vec']) ?? 0) });
  });
}

function picReads(row: Row, common: Common): Event[] {
  return [row.get('pic0'), row.get('pic1')].flatMap((chip, number): Event[] => {
    if (!isFields(chip)) return [];
    return (['irr', 'isr', 'imr'] as const).flatMap((reg): Event[] => {
      const val = intOf(chip[reg]);
      return val === undefined ? [] : [stamped(common, { kind: 'pic.read', chip: number, reg, val })];
    });
  });
}

function enableRead(lapic: Fields, common: Common): Event[] {
  const [cpu, val] = [intOf(lapic['vcpu']), intOf(lapic['svr'])];
  return cpu === undefined || val === undefined ? [] : [stamped(common, { kind: 'apic.read', cpu: vcpu(cpu), reg: 'svr', word: undefined, val })];
}

/** Lists of vectors, as words of 32. */
function lapicReads(lapic: Fields, common: Common): Event[] {
  const cpu = intOf(lapic['vcpu']);
  if (cpu === undefined) return [];
  return (['irr', 'isr', 'tmr'] as const).flatMap((reg): Event[] => {
    const set = lapic[reg];
    if (!Array.isArray(set)) return [];
    const words = Array.from({ length: WORDS }, () => 0);
    for (const number of set.map(intOf)) if (number !== undefined && number < 32 * WORDS) words[number >> 5] = ((words[number >> 5] ?? 0) | (1 << (number & 31))) >>> 0;
    return words.map((val, word) => stamped(common, { kind: 'apic.read', cpu: vcpu(cpu), reg, word, val }));
  });
}
