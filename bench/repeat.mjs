// Writes a trace.dat of version 6 that holds the records of another one several times, one run after the other.
// usage: node bench/repeat.mjs FROM.v6.dat TIMES TO.dat   the data must be in the top buffer

import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

const [from, times, to] = process.argv.slice(2);
const bytes = readFileSync(from);
const PAGE = bytes.readUInt32LE(14);
const cpus = bytes.readUInt32LE(bytes.indexOf('options  \0') - 4);
const table = bytes.indexOf('flyrecord\0') + 'flyrecord\0'.length;
const parts = Array.from({ length: cpus }, (_, cpu) => {
  const offset = Number(bytes.readBigUInt64LE(table + cpu * 16));
  return bytes.subarray(offset, offset + Number(bytes.readBigUInt64LE(table + cpu * 16 + 8)));
});
const stamps = parts.flatMap((part) => Array.from({ length: part.length / PAGE }, (_, page) => part.readBigUInt64LE(page * PAGE)));
const first = stamps.reduce((a, b) => (b < a ? b : a));
const last = stamps.reduce((a, b) => (b > a ? b : a));
// What follows the last page's stamp lasts less than that.
const span = last - first + 1_000_000_000n;

const head = Buffer.alloc(Math.ceil((table + cpus * 16) / PAGE) * PAGE);
bytes.copy(head, 0, 0, table);
let offset = head.length;
parts.forEach((part, cpu) => {
  head.writeBigUInt64LE(BigInt(offset), table + cpu * 16);
  head.writeBigUInt64LE(BigInt(part.length * Number(times)), table + cpu * 16 + 8);
  offset += part.length * Number(times);
});

const out = openSync(to, 'w');
writeSync(out, head);
for (const part of parts) {
  for (let run = 0n; run < BigInt(times); run++) {
    const copy = Buffer.from(part);
    for (let at = 0; at < copy.length; at += PAGE) copy.writeBigUInt64LE(copy.readBigUInt64LE(at) + run * span, at);
    writeSync(out, copy);
  }
}
closeSync(out);
