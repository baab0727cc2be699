// KVM's own view of a guest's GIC: /sys/kernel/debug/kvm/PID-FD/vgic-state. Linux arch/arm64/kvm/vgic/vgic-debug.c (print_header,
// print_irq_state). It holds no lock from one interrupt to the next, and what sits in a list register is not in it yet.

import type { Event } from '../../event.js';
import { intid, vcpu } from '../../ids.js';
import type { Format } from '../format.js';
import { snapshotFormat, Unreadable, type Common, type SnapshotReader } from './decoder.js';
import { stamped } from '../stamp.js';

const VCPU = /^VCPU +(\d{1,6}) TYP /;
const ROW = /^ +(SGI|PPI|SPI|LPI) /;
/** Kernels before 5.1 know no group. */
const FIELDS = /^ +[SPL][GP]I +(\d{1,8}) +(-1|\d{1,6}) ([01]{6,7}) +\d+ +[0-9a-f]+ +[0-9a-f]+ +(\d{1,3}) +-?\d+ *$/;
/** An LPI that the guest has taken away since its number was looked up. */
const FREED = /^ +LPI +\d{1,8} freed *$/;
const NOTHING: readonly Event[] = [];

/** PLAEHC: pending latch, line level, active, enabled, hw, config. */
function stateOf(flags: string) {
  const bit = (at: number): 0 | 1 => (flags[at] === '1' ? 1 : 0);
  return { latch: bit(0), line: bit(1), active: bit(2), enabled: bit(3), hw: bit(4), trig: bit(5) === 1 ? ('level' as const) : ('edge' as const) };
}

/** G, where the kernel prints it. */
const group = (flags: string): 0 | 1 | undefined => (flags.length < 7 ? undefined : flags[6] === '1' ? 1 : 0);

class VgicStateReader implements SnapshotReader {
  /** vCPU whose SGIs and PPIs follow. */
  #cpu: number | undefined;
  #guest: string | undefined;
  #other = false;

  begin(rest: string): void {
    this.#cpu = undefined;
    this.#other = this.#guest !== undefined && rest !== '' && rest !== this.#guest;
    if (rest !== '') this.#guest ??= rest;
  }

  read(text: string, common: Common): readonly Event[] | undefined {
    const [, cpu] = VCPU.exec(text) ?? [];
    if (cpu !== undefined) {
      this.#cpu = Number(cpu);
      return NOTHING;
    }
    const [, type] = FREED.test(text) ? [] : (ROW.exec(text) ?? []);
    if (type === undefined) return FREED.test(text) ? NOTHING : undefined;
    if (this.#other) throw new Unreadable(`the state of one guest, ${this.#guest}`);
    return [this.#interrupt(text, type, { ...common, name: 'vgic-state' })];
  }

  #interrupt(text: string, type: string, common: Common): Event {
    const [, id, to, flags, prio] = FIELDS.exec(text) ?? [];
    if (id === undefined || to === undefined || flags === undefined || prio === undefined) throw new Unreadable('ID, TGT_ID, PLAEHC or PLAEHCG, HWID, TARGET, SRC, PRI and VCPU_ID of an interrupt');
    const isPrivate = type === 'SGI' || type === 'PPI';
    if (isPrivate && this.#cpu === undefined) throw new Unreadable('a head "VCPU N TYP ID" in front of its SGIs and PPIs');
    const cpu = isPrivate && this.#cpu !== undefined ? vcpu(this.#cpu) : undefined;
    return stamped(common, { kind: 'vgic.state', vid: intid(Number(id)), cpu, prio: Number(prio), group: group(flags), to: isPrivate || to === '-1' ? undefined : vcpu(Number(to)), ...stateOf(flags) });
  }
}

export const vgicState: Format = snapshotFormat({
  name: 'vgic-state',
  recorder: 'KVM vgic-state',
  telling: /^(?:vgic_model:\s|(?:VCPU|SPI|LPI) +\d+ TYP +ID )/m,
  reader: () => new VgicStateReader(),
});
