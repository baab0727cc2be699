// The named baseline: a loop that only finds newlines, in 1 MiB chunks.

import { openSync, readSync } from 'node:fs';

const file = openSync(process.argv[2], 'r');
const chunk = Buffer.allocUnsafe(1 << 20);
let lines = 0;
for (let n = readSync(file, chunk); n > 0; n = readSync(file, chunk)) {
  const bytes = chunk.subarray(0, n);
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++;
}
process.stdout.write(`${lines}\n`);
