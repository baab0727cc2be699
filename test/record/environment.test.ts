// A recipe's script runs as root: what the caller's environment happens to hold is no process of its own.

import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { recipeFor } from '../../src/record/recipe.js';
import { KERNEL_TOOLS, shellScript } from '../../src/record/shell.js';

const folder = mkdtempSync(join(tmpdir(), 'recipe-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Stand-ins for what records; the tracefs has no event at all. */
mkdirSync(join(folder, 'tracefs/events'), { recursive: true });
mkdirSync(join(folder, 'tracefs/instances'));
for (const tool of ['trace-cmd', 'perf', 'bpftrace', 'irqreplay']) {
  writeFileSync(join(folder, tool), `#!/bin/sh\n${tool === 'bpftrace' ? 'echo ready' : 'exit 0'}\n`);
  chmodSync(join(folder, tool), 0o755);
}

test.each(KERNEL_TOOLS)('a script for %s signals nobody whom a variable names', async (tool) => {
  const script = shellScript(recipeFor('x86-kvm', undefined, 'g'), { tool, buffer: 64, group: 'g' });
  const bystander = spawn('sleep', ['60']);
  const names = [...script.matchAll(/\$\{?([A-Z]+)/g)].map(([, name = '']) => name).filter((name) => name !== 'TRACEFS');
  const env = { ...Object.fromEntries(names.map((name) => [name, String(bystander.pid)])), PATH: `${folder}:${process.env['PATH']}`, TRACEFS: join(folder, 'tracefs') };
  spawnSync('sh', ['-c', script, 'script', 'true'], { cwd: folder, env });
  // sent behind what the script may have sent: the first signal is the one that ends it
  execFileSync('kill', ['-TERM', String(bystander.pid)]);
  expect(await once(bystander, 'exit')).toEqual([null, 'SIGTERM']);
});
