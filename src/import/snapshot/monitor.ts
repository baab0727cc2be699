// State that QEMU's monitor prints: `info lapic` (target/i386 x86_cpu_dump_local_apic_state), `info pic` (hw/intc/i8259_common.c
// pic_print_info, hw/intc/ioapic_common.c ioapic_print_redtbl) and, in old versions, `info ioapic`; as reads of the registers.

import type { Event } from '../../event.js';
import { pin, vcpu, vector, type Vcpu } from '../../ids.js';
import type { Format } from '../format.js';
import { entryLow } from '../kvm/ioapic-window.js';
import { snapshotFormat, Unreadable, type Common, type SnapshotReader } from './decoder.js';
import { stamped } from '../stamp.js';

const LAPIC = /^dumping local APIC state for CPU (\d{1,6})\b/;
const SPIV = /^SPIV\s+0x([0-9a-f]{8})\b/;
const BITS = /^(ISR|IRR)\s+(.*)$/;
const VECTORS = /^(?:\(none\)|(?:\d{1,3}(?:\(level\))? ?)+)\s*$/;
const PRIORITIES = /^APR 0x[0-9a-f]+ TPR 0x([0-9a-f]{2})\b/;
const PIC = /^pic([01]): irr=([0-9a-f]{2}) imr=([0-9a-f]{2}) isr=([0-9a-f]{2}) hprio=(\d) irq_base=([0-9a-f]{2}) rr_sel=\d elcr=([0-9a-f]{2})\b/;
const IOAPIC = /^ioapic(\d+): ver=/;
const ENTRY = /^ {2}pin (\d{1,3}) +0x([0-9a-f]{16})\b/;

const WORDS = 8;
const NOTHING: readonly Event[] = [];
const hex = (text: string | undefined): number => Number.parseInt(text ?? '', 16);

class MonitorReader implements SnapshotReader {
  /** Whose registers the lines are. */
  #cpu: Vcpu | undefined;
  /** Of several IOAPICs the first, whose pins are counted from 0, is followed. */
  #ioapic = '';

  begin(): void {
    this.#cpu = undefined;
    this.#ioapic = '';
  }

  read(text: string, common: Common): readonly Event[] | undefined {
    const [, cpu] = LAPIC.exec(text) ?? [];
    if (cpu !== undefined) {
      this.#cpu = vcpu(Number(cpu));
      return NOTHING;
    }
    const [, ioapic] = IOAPIC.exec(text) ?? [];
    if (ioapic !== undefined) {
      this.#ioapic = ioapic;
      return NOTHING;
    }
    if (text.startsWith('(qemu)')) this.begin();
    if (text.startsWith('pic')) return picReads(text, { ...common, name: 'info pic' });
    if (text.startsWith('  pin ')) return this.#entry(text, { ...common, name: 'info ioapic' });
    return this.#cpu === undefined ? undefined : lapicReads(text, this.#cpu, { ...common, name: 'info lapic' });
  }

  #entry(text: string, common: Common): readonly Event[] {
    const [, number, entry] = ENTRY.exec(text) ?? [];
    if (number === undefined || entry === undefined) throw new Unreadable('"  pin N" and an entry of 16 hexadecimal digits');
    if (this.#ioapic !== '0') return NOTHING;
    const { vec, ...low } = entryLow(hex(entry.slice(8)));
    const of = pin(Number(number));
    return [
      stamped(common, { kind: 'ioapic.rte.read', pin: of, vec: vector(vec), ...low }),
      stamped(common, { kind: 'ioapic.dst.read', pin: of, dst: hex(entry.slice(0, 2)) }),
    ];
  }
}

function picReads(text: string, common: Common): readonly Event[] | undefined {
  const [, number, irr, imr, isr, prio, base, elcr] = PIC.exec(text) ?? [];
  if (number === undefined) {
    if (/^pic[01]: /.test(text)) throw new Unreadable('irr, imr, isr, hprio, irq_base, rr_sel and elcr of an 8259');
    return undefined;
  }
  const chip = Number(number);
  const values = { irr: hex(irr), isr: hex(isr), imr: hex(imr), elcr: hex(elcr), prio: Number(prio), base: hex(base) };
  return (['irr', 'isr', 'imr', 'elcr', 'prio', 'base'] as const).map((reg) => stamped(common, { kind: 'pic.read', chip, reg, val: values[reg] }));
}

function lapicReads(text: string, cpu: Vcpu, common: Common): readonly Event[] | undefined {
  const [, spiv] = SPIV.exec(text) ?? [];
  if (spiv !== undefined) return [stamped(common, { kind: 'apic.read', cpu, reg: 'svr', val: hex(spiv) })];
  const [, tpr] = PRIORITIES.exec(text) ?? [];
  if (tpr !== undefined) return [stamped(common, { kind: 'apic.read', cpu, reg: 'tpr', val: hex(tpr) })];
  const [, reg, set] = BITS.exec(text) ?? [];
  if (reg === undefined || set === undefined) return undefined;
  const vectors = VECTORS.test(set) ? [...set.matchAll(/\d+/g)].map(Number) : [Infinity];
  if (vectors.some((each) => each >= 32 * WORDS)) throw new Unreadable(`the vectors that are set in ${reg}, as "48(level) 236", or (none)`);
  const words = Array.from({ length: WORDS }, (_, word) => vectors.reduce((sum, v) => (v >> 5 === word ? (sum | (1 << (v & 31))) >>> 0 : sum), 0));
  return words.map((val, word) => stamped(common, { kind: 'apic.read', cpu, reg: reg === 'ISR' ? 'isr' : 'irr', word, val }));
}

export const monitor: Format = snapshotFormat({
  name: 'qemu-monitor',
  recorder: "QEMU's monitor",
  telling: /^(?:dumping local APIC state for CPU \d|pic[01]: irr=|ioapic\d+: ver=)/m,
  reader: () => new MonitorReader(),
});
