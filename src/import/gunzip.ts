// Unpacks gzip (RFC 1952) with a gunzip stream of Node's, which open.ts hands over.

import { brokenOff, codeOf, damaged, type Chunks } from './chunks.js';

/** Compressed bytes taken at once: no bomb unpacks to more than 64 MB of them (1000 to 1). */
const SLICE = 64 * 1024;
/** What came of a piece is lost if there is a wrong byte in it: at first they are small. */
const SMALLEST_SLICE = 1024;
const SHARE = 16;
/** A member of the file has ended well, and what follows is none. */
const NO_MEMBER = /header|compression method/;

/** What is used of Node's Gunzip. */
export interface GunzipStream {
  readonly readableEnded: boolean;
  on(event: 'data', take: (data: Buffer) => void): unknown;
  on(event: 'end', take: () => void): unknown;
  on(event: 'error', take: (error: Error) => void): unknown;
  write(bytes: Buffer, done: () => void): unknown;
  end(): unknown;
  destroy(): unknown;
}

/** Node's gunzip, fed piece by piece: what it gave out before an error is kept. */
class Inflater {
  readonly ready: Buffer[] = [];
  failure: Error | undefined;
  /** Bytes unpacked. */
  given = 0;
  readonly #stream: GunzipStream;
  #settle: () => void = () => undefined;

  constructor(stream: GunzipStream) {
    this.#stream = stream;
    stream.on('data', (data: Buffer) => {
      this.given += data.length;
      this.ready.push(data);
    });
    stream.on('end', () => this.#settle());
    stream.on('error', (error) => {
      this.failure = error;
      this.#settle();
    });
  }

  write(bytes: Buffer): Promise<void> {
    return this.#step((done) => this.#stream.write(bytes, done));
  }

  end(): Promise<void> {
    return this.#step(() => this.#stream.end());
  }

  /** Neither an error nor bytes behind the last member call a write's own callback. */
  #step(start: (done: () => void) => void): Promise<void> {
    return new Promise((done) => {
      this.#settle = done;
      if (this.failure === undefined && !this.#stream.readableEnded) start(done);
      else done();
    });
  }
}

/** Inflates on Node's thread pool while the last piece is decoded here. */
export async function* gunzip(path: string, chunks: Chunks, open: () => Promise<GunzipStream>): Chunks {
  const stream = await open();
  const inflater = new Inflater(stream);
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length && inflater.failure === undefined; ) {
        const slice = chunk.subarray(at, at + Math.min(SLICE, Math.max(SMALLEST_SLICE, bytes / SHARE)));
        const written = inflater.write(slice);
        yield* inflater.ready.splice(0);
        await written;
        at += slice.length;
        bytes += slice.length;
      }
    }
    await inflater.end();
    yield* inflater.ready.splice(0);
    if (codeOf(inflater.failure) === 'Z_BUF_ERROR') throw brokenOff(path, bytes, 'gzip');
    if (inflater.failure !== undefined) throw damaged(path, bytes, { method: 'gzip', error: inflater.failure, since: NO_MEMBER.test(inflater.failure.message) ? 0 : inflater.given });
  } finally {
    stream.destroy();
  }
}
