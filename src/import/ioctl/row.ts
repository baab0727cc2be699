// One line of an ioctl log: a JSON object per call, with CLOCK_MONOTONIC before it (`t0`) and after it (`t1`), and what the call returned.

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined if the text is no JSON object. */
export function parseFields(text: string): Fields | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isFields(value) ? value : undefined;
}

/** uapi/asm-generic/errno-base.h and errno.h, as far as KVM and eventfds return them. */
const ERRNO: ReadonlyMap<unknown, number> = new Map([
  ['EPERM', 1],
  ['ENOENT', 2],
  ['EINTR', 4],
  ['EIO', 5],
  ['ENXIO', 6],
  ['E2BIG', 7],
  ['EBADF', 9],
  ['EAGAIN', 11],
  ['ENOMEM', 12],
  ['EACCES', 13],
  ['EFAULT', 14],
  ['EBUSY', 16],
  ['EEXIST', 17],
  ['ENODEV', 19],
  ['EINVAL', 22],
  ['EMFILE', 24],
  ['ENOTTY', 25],
  ['ENOSPC', 28],
  ['EOPNOTSUPP', 95],
]);

const NUMBER = /^(?:0x[0-9a-fA-F]{1,16}|\d{1,20})$/;

/** Numbers stand as JSON numbers or, where they are addresses and register values, as hexadecimal text. */
export function bigOf(value: unknown): bigint | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === 'string' && NUMBER.test(value) ? BigInt(value) : undefined;
}

export function intOf(value: unknown): number | undefined {
  const number = Number(bigOf(value));
  return Number.isSafeInteger(number) ? number : undefined;
}

export class Row {
  readonly line: number;
  readonly op: string;
  readonly t0: number;
  /** Where the log has no time of the return, the call counts as an instant. */
  readonly t1: number;
  readonly tid: number;
  /** The first field that was needed and is not there; what was read instead must not be used. */
  missing: string | undefined;
  readonly #fields: Fields;
  readonly #args: Fields;

  constructor(fields: Fields, op: string, line: number) {
    this.#fields = fields;
    this.#args = isFields(fields['args']) ? fields['args'] : {};
    this.line = line;
    this.op = op;
    this.t0 = this.int('t0');
    this.t1 = Math.max(this.t0, this.maybe('t1') ?? this.t0);
    this.tid = this.maybe('tid') ?? -1;
  }

  int(name: string): number {
    return this.maybe(name) ?? this.#lacks(name, 0);
  }

  maybe(name: string): number | undefined {
    return intOf(this.get(name));
  }

  big(name: string): bigint {
    return bigOf(this.get(name)) ?? this.#lacks(name, 0n);
  }

  text(name: string): string {
    const value = this.get(name);
    return typeof value === 'string' ? value : this.#lacks(name, '');
  }

  list(name: string): readonly Fields[] {
    const value = this.get(name);
    return Array.isArray(value) && value.every(isFields) ? value : this.#lacks(name, []);
  }

  /** What the kernel returned: the log has -1 and the name of the errno. */
  get ret(): number {
    const ret = this.int('ret');
    const errno = ERRNO.get(this.get('errno'));
    return ret < 0 && errno !== undefined ? -errno : ret;
  }

  /** A field of the call's arguments or of the row itself. */
  get(name: string): unknown {
    return this.#args[name] ?? this.#fields[name];
  }

  #lacks<V>(name: string, standIn: V): V {
    this.missing ??= name;
    return standIn;
  }
}
