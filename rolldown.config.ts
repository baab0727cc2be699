// Puts the modules of the command line together into a few: finding and loading the 450 that a check needs takes Node longer than most checks.
// They lie beside those that the compiler wrote, where what is found by `import.meta.url` is found. The library stays as the compiler wrote it.

import { defineConfig } from 'rolldown';

export default defineConfig({
  input: { cli: 'dist/cli.js', 'commands/judge-worker': 'dist/commands/judge-worker.js' },
  platform: 'node',
  external: /^[^./]/,
  output: { dir: 'dist', chunkFileNames: 'commands/[name]-[hash].js' },
});
