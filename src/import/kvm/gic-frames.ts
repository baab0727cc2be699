// Where a guest of KVM has the frames of its GIC. No line names their addresses: a frame is known by what it answers, or by what a write
// of it makes KVM do. Linux arch/arm64/kvm/vgic/vgic-mmio-v2.c, vgic-mmio-v3.c; Arm IHI 0048B, 4.1; IHI 0069, 12.8 to 12.12.

/** What lies in a frame of 64 KiB: the distributor, or of a vCPU's redistributor the first frame or that of its SGIs and PPIs. */
export type Frame = { readonly is: 'dist'; version: 2 | 3 | undefined } | { readonly is: 'redist' | 'private'; readonly cpu: number };

const FRAME = 0x1_0000;
/** GICD_TYPER. */
const TYPE = 0x4;
const IIDR = 0x8;
/** GICR_TYPER, 64 bits. GITS_TYPER is at the same place. */
const TYPER = 0x8;
const PIDR2 = 0xffe8;
/** GICD_IIDR: product 'K', implementer Arm. */
const isKvm = (iidr: number): boolean => ((iidr & 0xff00_0fff) >>> 0) === 0x4b00_043b;
const FIRST_SPI = 32;
const MAX_FRAMES = 1024;

/** A vCPU's number packed as an affinity: reset_mpidr of KVM has sixteen to a cluster. */
const affinityOf = (cpu: number): number => (cpu & 0xf) | (((cpu >> 4) & 0xff) << 8) | ((cpu >> 12) << 16);
/** What the registers of the frames tell of the machine. */
interface GicFacts {
  vcpu(cpu: number): void;
  /** INTIDs below this one exist. */
  lines(lines: number): void;
  version(version: 2 | 3): void;
}

export class GicFrames {
  readonly #frames = new Map<number, Frame>();
  readonly #affinities = new Map<number, number>();
  readonly #facts: GicFacts;
  /** GICD_TYPER may be read before the distributor is known for one. */
  #typer: { readonly gpa: number; readonly value: number } | undefined;
  #isVersion3 = false;
  /** Of GICv2: the vCPUs that there are, as far as GICD_TYPER has told. */
  vcpus: readonly number[] = [];

  constructor(facts: GicFacts) {
    this.#facts = facts;
  }

  forget(): void {
    this.#frames.clear();
    this.#affinities.clear();
    this.#typer = undefined;
    this.#isVersion3 = false;
    this.vcpus = [];
  }

  /** The frame of an address. */
  at(gpa: number): Frame | undefined {
    return this.#frames.get(Math.floor(gpa / FRAME));
  }

  /** The vCPU of an affinity, if its redistributor has told that it has this one: user space may give others. */
  ofAffinity(affinity: number): number | undefined {
    return this.#affinities.get(affinity);
  }

  offset(gpa: number): number {
    return gpa % FRAME;
  }

  /** Learns from a register that was read; `high` is the upper half of a read of 8 bytes. */
  answered(gpa: number, len: number, value: number, high: number): void {
    const offset = this.offset(gpa);
    if (offset === PIDR2 && (value & 0xf0) === 0x30) this.#learnVersion(gpa);
    else if (offset === IIDR && len === 4 && isKvm(value)) this.#learnDistributor(gpa);
    else if (offset === TYPER && len === 8) this.#learnRedistributor(gpa, value, high);
    else if (offset === TYPE && len === 4) this.#learnType(gpa, value);
  }

  /** A write of an enable or a pending bit has made KVM look at the interrupt `id`, one of those that it named. True if that tells something new. */
  queued(gpa: number, id: number): boolean {
    const frame = this.at(gpa);
    if (id >= FIRST_SPI) {
      this.#learnDistributor(gpa);
      return frame === undefined;
    }
    // Of GICv3 these are in another frame.
    if (frame?.is !== 'dist' || this.#isVersion3 || frame.version !== undefined) return false;
    frame.version = 2;
    this.#facts.version(2);
    return true;
  }

  #learnVersion(gpa: number): void {
    if (!this.#isVersion3) this.#facts.version(3);
    this.#isVersion3 = true;
    const frame = this.at(gpa);
    if (frame?.is === 'dist') frame.version = 3;
  }

  #learnDistributor(gpa: number): void {
    if (this.at(gpa) !== undefined) return;
    this.#put(gpa, { is: 'dist', version: this.#isVersion3 ? 3 : undefined });
    const typer = this.#typer;
    if (typer !== undefined && this.at(typer.gpa)?.is === 'dist') this.#learnType(typer.gpa, typer.value);
  }

  /** GICD_TYPER: ITLinesNumber; of GICv2 CPUNumber, too. */
  #learnType(gpa: number, value: number): void {
    const frame = this.at(gpa);
    this.#typer = frame === undefined ? { gpa, value } : undefined;
    if (frame?.is !== 'dist') return;
    this.#facts.lines(32 * ((value & 0x1f) + 1));
    if (frame.version === 3) return;
    this.vcpus = Array.from({ length: ((value >>> 5) & 7) + 1 }, (_, cpu) => cpu);
    for (const cpu of this.vcpus) this.#facts.vcpu(cpu);
  }

  /** Processor_Number and Affinity_Value must be of one vCPU. */
  #learnRedistributor(gpa: number, value: number, affinity: number): void {
    const cpu = (value >>> 8) & 0xffff;
    if (this.at(gpa) !== undefined || affinityOf(cpu) !== affinity) return;
    this.#learnVersion(gpa);
    for (const frame of this.#frames.values()) if (frame.is === 'dist') frame.version = 3;
    this.#facts.vcpu(cpu);
    this.#affinities.set(affinity, cpu);
    this.#put(gpa, { is: 'redist', cpu });
    this.#put(gpa + FRAME, { is: 'private', cpu });
  }

  #put(gpa: number, frame: Frame): void {
    if (this.#frames.size < MAX_FRAMES) this.#frames.set(Math.floor(gpa / FRAME), frame);
  }
}
