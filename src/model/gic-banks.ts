// Interrupts and CPU interfaces of a GIC, made as they are named: SGIs and PPIs for each CPU, SPIs and LPIs once. Arm IHI 0069, 2.2.

import { vcpu, type Intid, type Vcpu } from '../ids.js';
import { GicCpu } from './gic-cpu.js';
import { GicInterrupt } from './gic-interrupt.js';
import { FIRST_SPI } from './intids.js';
import type { Tri } from './tri.js';

/** CPUs that a GICv2 has at most. */
const MOST_CPUS = 8;

const keyOf = (id: number, cpu: Vcpu): number => (id < FIRST_SPI ? -1 - (cpu * FIRST_SPI + id) : id);

export class GicBanks {
  /** What has not been named is in the reset state. */
  readonly fromReset: boolean;
  /** Nothing is active. */
  readonly idle: boolean;
  private readonly modes: boolean;
  private readonly interrupts = new Map<number, GicInterrupt>();
  private readonly interfaces = new Map<Vcpu, GicCpu>();

  /** `modes`: what software must switch on is off. */
  constructor({ fromReset = false, modes = false, idle = fromReset }: { fromReset?: boolean; modes?: boolean; idle?: boolean } = {}) {
    this.fromReset = fromReset;
    this.modes = modes;
    this.idle = idle;
  }

  cpu(cpu: Vcpu): GicCpu {
    let found = this.interfaces.get(cpu);
    if (found === undefined) this.interfaces.set(cpu, (found = new GicCpu(cpu, this.fromReset, this.modes)));
    return found;
  }

  /** The interrupt, on `cpu` where each CPU has its own; undefined if it is not told which. */
  of(id: Intid, cpu: Vcpu | undefined): GicInterrupt | undefined {
    const banked = id < FIRST_SPI;
    if (banked && cpu === undefined) return undefined;
    const key = cpu === undefined ? id : keyOf(id, cpu);
    let found = this.interrupts.get(key);
    if (found === undefined) this.interrupts.set(key, (found = new GicInterrupt(id, banked ? cpu : undefined, this)));
    return found;
  }

  /** A latch of an SGI or PPI may have become so on any of that many CPUs. */
  spread(id: Intid, latch: Tri, cpus = MOST_CPUS): void {
    for (let cpu = 0; cpu < cpus; cpu++) {
      this.of(id, vcpu(cpu))?.mayBecome(latch);
    }
  }

  /** Has it been named? */
  has(id: number, cpu: Vcpu): boolean {
    return this.interrupts.has(keyOf(id, cpu));
  }

  /** Are those below `lines` surely all of one group? */
  areOfGroup(group: Tri, lines: number, cpu: Vcpu): boolean {
    for (let id = 0; id < lines; id++) if (this.interrupts.get(keyOf(id, cpu))?.group !== group) return false;
    return true;
  }

  all(): Iterable<GicInterrupt> {
    return this.interrupts.values();
  }

  cpus(): Iterable<GicCpu> {
    return this.interfaces.values();
  }

  get isEmpty(): boolean {
    return this.interrupts.size === 0 && this.interfaces.size === 0;
  }

  /** Nothing is known of it any more. */
  forget(id: Intid, cpu: Vcpu): void {
    this.interrupts.set(keyOf(id, cpu), new GicInterrupt(id, id < FIRST_SPI ? cpu : undefined, { fromReset: false, idle: false }));
  }

  /** Some CPU's has changed, and it is not told whose. */
  forgetBanksOf(id: Intid): void {
    const cpus = new Set([...this.interfaces.keys(), ...[...this.all()].flatMap((of) => (of.id === id && of.cpu !== undefined ? [of.cpu] : []))]);
    for (const cpu of cpus) this.forget(id, cpu);
  }
}
