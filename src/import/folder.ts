// Folders: whether a path is one, and what lies in it.

import { readdirSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { TraceError } from './format.js';

/** Files of a folder that are looked at: a copy of tracefs holds some ten thousand. */
const MOST_FILES = 50_000;

/** Undefined for what is not there or may not be looked at: who opens it is told why. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

export const isFolder = (path: string): boolean => path !== '-' && statOf(path)?.isDirectory() === true;

/** Files with bytes in them, sorted; those of a live tracefs have none. */
export function filesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  if (names.length > MOST_FILES) throw new TraceError(folder, 1, `${names.length} files`, `at most ${MOST_FILES}`);
  return names.filter((name) => {
    const stat = statOf(join(folder, name));
    return stat?.isFile() === true && stat.size > 0;
  });
}

/** The file that a folder stands for, as `perf record --kcore` and `--threads` make one: its `data` (tools/perf/util/data.c, open_file_dup). */
export function fileOf(path: string): string {
  const data = join(path, 'data');
  return isFolder(path) && statOf(data)?.isFile() === true ? data : path;
}
