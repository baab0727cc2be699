// The threads that write a log, as its stamps tell them: where bytes of stamps are missing, the rest may be the stamp of a thread that
// there is not, or of a time that has passed.

/** Threads whose numbers are compared with that of a new one. */
const MAX_THREADS = 64;
/** A thread takes its time, and writes as soon as it runs: so much later, in ns, others may have written. */
const LATE = 1e8;

/** Does one end in the other, or begin with it? */
const isPieceOf = (one: string, other: string): boolean => one.endsWith(other) || one.startsWith(other);

class Thread {
  readonly tid: number;
  /** Its latest stamp; not a number where lines do not say whose they are. */
  ns = Number.NaN;

  constructor(tid: number) {
    this.tid = tid;
  }
}

export class LogThreads {
  readonly #threads = new Map<number, Thread>();
  #thread = new Thread(Number.NaN);
  /** The latest stamp, in ns. */
  #ns = Number.NaN;
  /** The last of all so far. */
  #last = Number.NEGATIVE_INFINITY;
  /** The last of all in front of one that went back: what is later does not follow what stands behind that. */
  #passed = Number.POSITIVE_INFINITY;

  /** Can the line behind those before be of thread `tid` (-1: any), and of time `ns`? A new thread's number is no piece of another's, nor the other way round. */
  follows(tid: number, ns: number): boolean {
    const known = this.#thread.tid === tid ? this.#thread : this.#threads.get(tid);
    const thread = known ?? new Thread(tid);
    const isBack = ns < thread.ns || ns < this.#ns - LATE;
    const isAhead = ns > this.#passed;
    if (isBack) this.#passed = this.#last;
    if (isAhead) this.#passed = Number.POSITIVE_INFINITY;
    this.#thread = thread;
    this.#ns = ns;
    if (ns > this.#last) this.#last = ns;
    if (tid >= 0) thread.ns = ns;
    return !isBack && !isAhead && (known !== undefined || this.#isNew(thread));
  }

  #isNew(thread: Thread): boolean {
    const number = String(thread.tid);
    const others = [...this.#threads.keys()].map(String);
    if (others.length < MAX_THREADS) this.#threads.set(thread.tid, thread);
    return !others.some((other) => isPieceOf(number, other) || isPieceOf(other, number));
  }
}
