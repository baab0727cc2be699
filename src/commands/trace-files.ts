// The tracefs tree as far as recording needs it (Documentation/trace/ftrace.rst). Its files take what is written, or refuse it.

import { appendFileSync, createReadStream, createWriteStream, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';

/** Paths count from the root of the tree. What the kernel refuses throws. */
export interface TraceFiles {
  exists(path: string): boolean;
  list(folder: string): string[];
  read(path: string): string;
  mkdir(path: string): void;
  rmdir(path: string): void;
  write(path: string, text: string): void;
  append(path: string, text: string): void;
  /** Copies a file of the tree to `target`, outside of it, in place of what it holds. */
  copy(path: string, target: string): Promise<void>;
}

export function traceFiles(root: string): TraceFiles {
  const at = (path: string): string => `${root}/${path}`;
  return {
    exists: (path) => existsSync(at(path)),
    list: (folder) => readdirSync(at(folder)),
    read: (path) => readFileSync(at(path), 'latin1'),
    mkdir: (path) => void mkdirSync(at(path)),
    rmdir: (path) => rmdirSync(at(path)),
    write: (path, text) => writeFileSync(at(path), text),
    append: (path, text) => appendFileSync(at(path), text),
    copy: (path, target) => pipeline(createReadStream(at(path)), createWriteStream(target)),
  };
}
