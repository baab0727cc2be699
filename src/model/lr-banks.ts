// The list registers of all vCPUs, by stream and vCPU, and what the guest's CPU interface lets through with them.

import type { EventOf } from '../event.js';
import type { Intid, Vcpu } from '../ids.js';
import type { Steps } from './component.js';
import { LrBank, type ListRegister } from './lr-bank.js';
import { known } from './tri.js';

/** A list register, and the vCPU whose it is. */
interface Held {
  readonly bank: LrBank;
  readonly slot: ListRegister;
}

export class LrBanks {
  /** By stream, then by vCPU. */
  readonly byStream = new Map<number, Map<Vcpu, LrBank>>();
  private complete = false;

  readonly steps: Steps = {
    'gic.pmr': (e) => void (this.of(e.stream, e.cpu).face.mask = e.val),
    'gic.grpen': (e) => this.enableGroup(e),
    'gic.bpr': (e) => this.of(e.stream, e.cpu).face.disturb(),
    'gic.load': (e) => this.of(e.stream, e.cpu).face.load(),
    'gic.rpr': (e) => this.of(e.stream, e.cpu).face.runs(e),
    'gic.iface': (e) => this.learn(e),
  };

  /** `complete`: all registers are empty. */
  begin(complete: boolean): void {
    this.byStream.clear();
    this.complete = complete;
  }

  of(stream: number, cpu: Vcpu): LrBank {
    let banks = this.byStream.get(stream);
    if (banks === undefined) this.byStream.set(stream, (banks = new Map()));
    let bank = banks.get(cpu);
    if (bank === undefined) banks.set(cpu, (bank = new LrBank(cpu, this.complete)));
    return bank;
  }

  in(stream: number): Iterable<LrBank> {
    return this.byStream.get(stream)?.values() ?? [];
  }

  /** Every list register in which the stream shows the interrupt. */
  holders(stream: number, vid: Intid): Held[] {
    return [...this.in(stream)].flatMap((bank) => [...bank.slots.values()].filter((slot) => slot.vid === vid).map((slot) => ({ bank, slot })));
  }

  private learn({ stream, cpu, pmr, grpen0, grpen1 }: EventOf<'gic.iface'>): void {
    const { face } = this.of(stream, cpu);
    face.mask = pmr ?? face.mask;
    face.groups = [grpen0 ?? face.groups[0], grpen1 ?? face.groups[1]];
  }

  private enableGroup({ stream, cpu, group, val }: EventOf<'gic.grpen'>): void {
    const { groups } = this.of(stream, cpu).face;
    if (group !== 1) groups[0] = known(val);
    if (group !== 0) groups[1] = known(val);
  }
}
