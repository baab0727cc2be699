// What a host's recording tells of its VMs: which threads and processes belong to which pointer of KVM, which vCPUs they run.

/** A VM as its records show it; `vm` is absent for threads of which it is not known. */
interface VmMembers {
  readonly vm?: string;
  readonly processes: readonly number[];
  readonly threads: readonly { readonly tid: number; readonly vcpus: readonly number[] }[];
  readonly records: number;
}

/** What was told of two VMs or of two processes tells nothing. */
const SEVERAL = Number.NaN;
/** Threads and processes remembered. */
const MOST = 65_536;

/** `kvm=` of a VM; of one without probes, the negative of its process. */
type VmKey = number;

/** As it is shown. */
export const nameOf = (key: VmKey): string => (key < 0 ? `process ${-key}` : `0x${BigInt(key).toString(16)}`);

/** What is known of a thread. */
class Thread {
  records = 0;
  readonly vcpus = new Set<number>();
  tgid = -1;
}

function tell(map: Map<number, VmKey>, of: number, vm: VmKey): void {
  const before = map.get(of);
  if (before === undefined && map.size < MOST) map.set(of, vm);
  else if (before !== undefined && before !== vm) map.set(of, SEVERAL);
}

/** What all streams of one host tell. */
export class VmFacts {
  readonly #threads = new Map<number, Thread>();
  readonly #pointers = new Set<VmKey>();
  readonly #ofThread = new Map<number, VmKey>();
  readonly #ofProcess = new Map<number, VmKey>();
  readonly #ofIrq = new Map<number, VmKey>();
  #running: ReadonlySet<number> | undefined;

  /** A record of the thread; `tgid` is -1 where it does not tell its process. */
  recorded(tid: number, tgid: number): void {
    const thread = this.#threadOf(tid);
    thread.records++;
    if (tgid > 0) thread.tgid = thread.tgid < 0 || thread.tgid === tgid ? tgid : SEVERAL;
  }

  /** A VM of this pointer exists. */
  shown(kvm: number): void {
    if (this.#pointers.size < MOST) this.#pointers.add(kvm);
  }

  /** The thread made a call that only those of the VM's process make. */
  called(tid: number, tgid: number, kvm: number): void {
    if (tid <= 0) return;
    tell(this.#ofThread, tid, kvm);
    if (tgid > 0) tell(this.#ofProcess, tgid, kvm);
  }

  /** The host's interrupt is of one of the VM's devices. */
  interrupts(irq: number, kvm: number): void {
    tell(this.#ofIrq, irq, kvm);
  }

  runs(tid: number, vcpu: number): void {
    if (tid > 0) this.#threadOf(tid).vcpus.add(vcpu);
  }

  #threadOf(tid: number): Thread {
    const known = this.#threads.get(tid);
    if (known !== undefined) return known;
    const thread = new Thread();
    if (this.#threads.size < MOST) this.#threads.set(tid, thread);
    return thread;
  }

  /** A thread's VM; SEVERAL if it has more than one, undefined if none is known. To be asked when all has been read. */
  ofThread(tid: number): VmKey | undefined {
    const tgid = this.#threads.get(tid)?.tgid ?? -1;
    return this.#ofThread.get(tid) ?? this.#ofProcess.get(tgid) ?? (this.#unprobed.has(tgid) ? -tgid : undefined);
  }

  ofIrq(irq: number): VmKey | undefined {
    return this.#ofIrq.get(irq);
  }

  /** True if it is known which threads or process have it. */
  isPlaced(vm: VmKey): boolean {
    return [this.#ofThread, this.#ofProcess].some((map) => [...map.values()].includes(vm));
  }

  /** Processes with vCPUs that no probe told of. */
  get #unprobed(): ReadonlySet<number> {
    if (this.#running !== undefined) return this.#running;
    const running = [...this.#threads.values()].filter(({ tgid, vcpus }) => tgid > 0 && vcpus.size > 0 && !this.#ofProcess.has(tgid));
    return (this.#running = new Set(running.map(({ tgid }) => tgid)));
  }

  /** The VM of this name; of threads or processes with commas, that of which they are. */
  find(text: string): { readonly vm: VmKey | undefined; readonly threads: readonly number[] } | undefined {
    const pointer = [...this.#pointers].find((key) => nameOf(key) === text);
    if (pointer !== undefined) return { vm: pointer, threads: [] };
    const numbers = text.split(',').map(Number);
    const threads = [...this.#threads].filter(([tid, { tgid }]) => tid > 0 && (numbers.includes(tid) || numbers.includes(tgid))).map(([tid]) => tid);
    const isSeen = (number: number): boolean => threads.some((tid) => tid === number || this.#threads.get(tid)?.tgid === number);
    const vms = new Set(threads.map((tid) => this.ofThread(tid)).filter((vm) => vm !== undefined));
    if (!numbers.every(isSeen) || vms.size > 1 || vms.has(SEVERAL)) return undefined;
    return { vm: [...vms][0], threads };
  }

  summaries(): VmMembers[] {
    const all = [...this.#threads].filter(([tid]) => tid > 0).map(([tid, thread]) => ({ tid, thread, vm: this.ofThread(tid) }));
    const told = [...new Set(all.map(({ vm }) => vm).filter((vm): vm is VmKey => vm !== undefined && !Number.isNaN(vm)))];
    const rest = all.filter(({ vm, thread }) => !told.includes(vm ?? SEVERAL) && thread.vcpus.size > 0);
    const groups = [...told.map((key) => ({ key, members: all.filter(({ vm }) => vm === key) })), ...(rest.length === 0 ? [] : [{ key: undefined, members: rest }])];
    return groups.map(({ key, members }) => ({
      ...(key === undefined ? {} : { vm: nameOf(key) }),
      processes: [...new Set(members.map(({ thread }) => thread.tgid).filter((process) => process > 0))],
      threads: members.map(({ tid, thread }) => ({ tid, vcpus: [...thread.vcpus] })),
      records: members.reduce((sum, { thread }) => sum + thread.records, 0),
    }));
  }
}
